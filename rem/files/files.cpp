// SPDX-License-Identifier: Apache-2.0
// Files as a whole, and what operators read of them.
#include <nlohmann/json.hpp>

#include <nscl/base/bytes.h>
#include <nscl/security/audit.h>

#include "file_answer.h"

namespace nscl::rem {
namespace {

constexpr std::string_view operators_path = "/m2m-admin/files";
constexpr std::size_t most_listed = 10'000;

nlohmann::json json_of(const store::ManagedFile& file) {
  nlohmann::json out{{"name", file.name}, {"type", to_xml_text(file.type)}, {"size", file.size}, {"sha256", hex_encode(file.sha256)}, {"created", format_date_time(file.created)},
                     {"signed", !file.signature.empty()}};
  const std::pair<const char*, const std::string*> texts[] = {{"version", &file.version}, {"oui", &file.oui}, {"productClass", &file.product_class}, {"device", &file.device}};
  for (const auto& [name, text] : texts) {
    if (!text->empty()) out[name] = to_xml_text(*text);
  }
  return out;
}

store::WriteJob record_reading(const net::WebRequest& request, const security::Requestor& requestor, const std::string& name, Time now) {
  return [&request, &requestor, &name, now](store::Transaction& transaction) -> Result<void> {
    security::AuditEntry entry;
    entry.event = "file.read";
    entry.principal = requestor.principal;
    entry.entity = requestor.entity;
    entry.source = request.peer;
    entry.operation = "RETRIEVE";
    entry.note = name;
    entry.status = name_of(Status::ok);
    security::append_audit(transaction, entry, now);
    return {};
  };
}

}  // namespace

Files::Files(FilesOptions options, store::Store& store, security::Audit& audit, Secret key, const Clock& clock)
    : state_(std::make_shared<State>(std::move(options), store, audit, std::move(key), clock)) {}

Files::~Files() { state_->workers->stop(); }

bool Files::is_for_operators(const net::WebRequest& request) {
  const auto path = request.target.substr(0, request.target.find('?'));
  return path.starts_with(operators_path) && (path.size() == operators_path.size() || path[operators_path.size()] == '/');
}

net::Task<net::WebResponse> Files::answer_operator(const net::WebRequest& request, security::RequestorPtr requestor) {
  if (request.method != net::Method::get && request.method != net::Method::head) {
    auto refusal = plain(405, "files can be read here, and nothing else");
    refusal.fields.emplace_back("Allow", "GET, HEAD");
    co_return refusal;
  }
  if (request.target == operators_path) {
    std::vector<store::ManagedFile> files;
    state_->store.read([&](store::View& view) { files = view.management().files({}, most_listed); });
    auto list = nlohmann::json::array();
    for (const auto& file : files) list.push_back(json_of(file));
    net::WebResponse response;
    response.content_type = "application/json";
    response.body = std::make_shared<const std::string>(nlohmann::json{{"files", std::move(list)}}.dump());
    response.fields.emplace_back("Cache-Control", "no-store");
    co_return response;
  }
  const std::string name(request.target.substr(operators_path.size() + 1));
  std::optional<store::ManagedFile> file;
  state_->store.read([&](store::View& view) { file = view.management().file(name); });
  if (!is_file_name(name) || !file) co_return plain(404, "there is no such file");
  auto slot = state_->take_slot();
  if (!slot) co_return plain(503, "too many files go over the network");
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto job = record_reading(request, *requestor, name, state_->now());
  const boost::asio::use_awaitable_t<net::Executor> waiting;
  const auto recorded = co_await store::async_write(state_->store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), waiting);
  if (!recorded) co_return plain(http_code_of(recorded.error().status), recorded.error().detail);
  Moved nobody_counts;
  co_return co_await answer_file(request, *state_, *file, std::move(slot), std::move(nobody_counts));
}

}  // namespace nscl::rem
