// SPDX-License-Identifier: Apache-2.0
#include "group_fixture.h"

#include <cstdlib>

#include <boost/asio/co_spawn.hpp>

#include <nscl/base/path.h>
#include <nscl/model/messages.h>
#include <nscl/net/awaiting.h>
#include <nscl/resources/all.h>

namespace nscl::delivery {

using model::Verb;

net::Task<core::ResponseConfirm> Others::relay(core::RequestIndication request, core::Route route, boost::asio::io_context& context) {
  const std::string uri = route.uri.empty() ? route.scl_id + ":" + route.path : route.uri;
  const auto now = std::chrono::steady_clock::now();
  most_in_progress = std::max(most_in_progress, ++in_progress);
  const auto place = asked.size();
  asked.emplace_back();
  asked[place].request = request;
  asked[place].when = now;
  const auto pause = std::make_shared<net::Timer>(context.get_executor(), uri == stuck ? std::chrono::steady_clock::time_point::max() : now);
  if (uri == stuck) free = [pause] { pause->cancel(); };
  co_await pause->async_wait(net::awaited);
  --in_progress;
  asked[place].content = request.content;
  const auto found = answers.find(uri);
  if (found == answers.end()) co_return text_answer(Status::not_found);
  core::ResponseConfirm answer = found->second;
  co_return answer;
}

net::Task<core::ResponseConfirm> Others::fan_out(core::RequestIndication request, core::Target target, boost::asio::io_context& context) {
  co_return co_await fan_out_->run(std::move(request), std::move(target), context);
}

GroupFixture::GroupFixture()
    : from_(std::make_shared<const security::Requestor>(security::Requestor{"admin", "", true})), registry_(resources::all()) {
  auto name = (std::filesystem::temp_directory_path() / "nscl-groups-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
  directory_ = name;
  store::Options options;
  options.directory = directory_ / "data";
  store_ = store::open_sqlite(options, registry_, system_clock());
  pipeline_ = std::make_unique<core::Pipeline>(registry_, *store_, system_clock(), std::make_shared<const core::Policy>());
  pipeline_->set_outbound(&others_);
  if (!pipeline_->prepare_tree()) throw std::runtime_error("no tree");
  context_ = std::make_unique<boost::asio::io_context>(1);
  work_.emplace(context_->get_executor());
  use({});
}

GroupFixture::~GroupFixture() {
  store_->stop();
  others_.free = nullptr;
  work_.reset();
  context_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void GroupFixture::use(FanOutOptions options) {
  fan_out_ = std::make_unique<FanOut>(*pipeline_, registry_, *store_, system_clock(), std::move(options));
  others_.fan_out_ = fan_out_.get();
}

core::RequestIndication GroupFixture::request(Verb verb, std::string path, std::string query) const {
  core::RequestIndication made;
  made.verb = verb;
  made.to = std::move(path);
  made.dialect = dialect_;
  made.host = "here.example:8080";
  made.from = from_;
  made.format = made.answer_format = format_;
  made.content_type = codec::media_type(format_);
  made.raw_query = query;
  for (std::string_view rest = query; !rest.empty();) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto one = rest.substr(0, end);
    const auto equals = one.find('=');
    made.query.emplace_back(*query_decode(one.substr(0, equals)), *query_decode(one.substr(equals + 1)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return made;
}

void GroupFixture::run_until(const std::function<bool()>& done) {
  while (!done()) context_->run_one();
}

core::ResponseConfirm GroupFixture::send(core::RequestIndication made, std::string body) {
  const auto buffer = std::make_unique<std::string>(std::move(body));   // goes with the answer, as a connection's does
  made.content = *buffer;
  std::optional<core::ResponseConfirm> answer;
  const auto take = [&answer](const std::exception_ptr& error, core::ResponseConfirm confirm) {
    if (error) std::rethrow_exception(error);
    answer = std::move(confirm);
  };
  boost::asio::co_spawn(*context_, pipeline_->handle(std::move(made), *context_), take);
  run_until([&] { return answer.has_value(); });
  std::fill(buffer->begin(), buffer->end(), '!');
  return *std::move(answer);
}

void GroupFixture::make_container(const std::string& id, const std::string& more) {
  const auto made = create("containers", "<container id=\"" + id + "\">" + more + "</container>");
  ASSERT_EQ(made.status, Status::created) << *made.content;
}

void GroupFixture::make_group(const std::string& id, const std::vector<std::string>& members, const std::string& type, const std::string& more) {
  std::string list;
  for (const auto& member : members) list += "<reference>" + member + "</reference>";
  const auto made = create("groups", "<group id=\"" + id + "\">" + "<memberType>" + type + "</memberType><members>" + list + "</members>" + more + "</group>");
  ASSERT_EQ(made.status, Status::created) << *made.content;
}

core::ResponseConfirm GroupFixture::append(std::string path, std::string text) {
  auto made = request(Verb::create, std::move(path));
  made.content_type = "text/plain";
  made.has_format = false;
  return send(std::move(made), std::move(text));
}

std::vector<MemberStatus> GroupFixture::read(const core::ResponseConfirm& answer, codec::Format format) {
  std::vector<MemberStatus> members;
  const model::ResourceType* candidates[] = {&model::messages::members_content_responses()};
  EXPECT_TRUE(answer.content);
  if (!answer.content) return members;
  EXPECT_EQ(answer.content_type, codec::media_type(format));
  const auto document = codec::decode(format, *answer.content, candidates);
  EXPECT_TRUE(document) << document.error().detail << *answer.content;
  if (!document) return members;
  const auto* list = document->attributes.find("status");
  for (const auto& entry : list ? list->list() : model::List{}) {
    const auto text = [&](std::string_view name) { return std::string(entry.find(name) ? entry.find(name)->text() : std::string_view{}); };
    MemberStatus member{text("id"), text("statusCode"), text("eTag"), text("resourceURI"), {}, {}, {}};
    if (const auto* time = entry.find("lastModifiedTime")) member.modified = format_date_time(*time->get<Time>());
    if (const auto* body = entry.find("resultBody")) {
      member.body_type = body->find("contentType")->text();
      member.body = body->find("$t")->get<Bytes>()->data;
    }
    members.push_back(member);
  }
  return members;
}

core::ResponseConfirm text_answer(Status status, std::string text) {
  core::ResponseConfirm answer;
  answer.status = status;
  if (text.empty()) return answer;
  answer.content_type = "text/plain";
  answer.content = std::make_shared<const std::string>(std::move(text));
  return answer;
}

std::vector<std::string> statuses_of(const std::vector<MemberStatus>& members) {
  std::vector<std::string> statuses;
  for (const auto& member : members) statuses.push_back(member.status);
  return statuses;
}

}  // namespace nscl::delivery
