// SPDX-License-Identifier: Apache-2.0
#include "genie_client.h"

#include <nscl/base/path.h>
#include <nscl/security/basic.h>


namespace nscl::rem {
namespace {

using Json = nlohmann::json;

std::string query_text(const Json& json) { return json.dump(-1, ' ', true, Json::error_handler_t::replace); }

/// Ids hold '%', which is escaped once more.
std::string target_of(const GenieQuery& query) {
  auto out = "/" + query.collection + "?query=" + percent_encode(query_text(query.where), unreserved);
  for (const auto& path : query.projection) out += (&path == &query.projection.front() ? "&projection=" : "%2C") + percent_encode(path, unreserved);
  if (query.limit > 0) out += "&sort=" + percent_encode(query_text(Json{{"_id", 1}}), unreserved) + "&limit=" + std::to_string(query.limit);
  return out;
}

/// A list of documents, if the answer is one.
Result<Json> documents_of(const net::WebResult& answer) {
  if (!answer) return failure(Status::service_unavailable, "the external ACS does not answer: " + answer.error().detail);
  if (answer->status == 401 || answer->status == 403) return failure(Status::bad_gateway, "the external ACS does not take these credentials");
  if (answer->status != 200) return failure(Status::bad_gateway, "the external ACS answered " + std::to_string(answer->status));
  auto json = Json::parse(answer->body, nullptr, false);
  if (!json.is_array()) return failure(Status::bad_gateway, "the external ACS answered something that is no list");
  return json;
}

}  // namespace

GenieClient::GenieClient(boost::asio::io_context& context, net::WebClientOptions web, GenieAcsOptions options)
    : options_(std::move(options)), web_(context, std::move(web)) {}

net::WebCall GenieClient::call_to(net::Method method, std::string path) const {
  net::WebCall call;
  call.method = method;
  call.uri = options_.uri + path;
  call.time = options_.answer_time;
  if (!options_.user.empty()) call.fields.emplace_back("Authorization", security::basic_answer(options_.user, options_.password));
  return call;
}

net::Task<Result<Json>> GenieClient::find(GenieQuery query) {
  auto call = call_to(net::Method::get, target_of(query));
  const auto answer = co_await web_.call(std::move(call));
  co_return documents_of(answer);
}

net::Task<net::WebResult> GenieClient::submit(std::string device, Json task) {
  auto call = call_to(net::Method::post, "/devices/" + percent_encode(device, unreserved) + "/tasks?timeout=" + std::to_string(options_.call_time.count()) + "&connection_request");
  call.fields.emplace_back("Content-Type", "application/json");
  call.body = std::make_shared<const std::string>(query_text(task));
  call.is_once = true;
  co_return co_await web_.call(std::move(call));
}

net::Task<net::WebResult> GenieClient::remove(std::string task) {
  auto call = call_to(net::Method::remove, "/tasks/" + percent_encode(task, unreserved));
  co_return co_await web_.call(std::move(call));
}

net::Task<net::WebResult> GenieClient::put_file(std::string name, std::vector<std::pair<std::string, std::string>> fields,
                                                std::shared_ptr<const std::string> octets) {
  auto call = call_to(net::Method::put, "/files/" + percent_encode(name, unreserved));
  call.fields.emplace_back("Content-Type", "application/octet-stream");
  for (auto& field : fields) call.fields.push_back(std::move(field));
  call.body = std::move(octets);
  co_return co_await web_.call(std::move(call));
}

}  // namespace nscl::rem
