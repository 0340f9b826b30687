// SPDX-License-Identifier: Apache-2.0
// DeliveryFixture: what it is made of, how its time goes on, and the documents of its requests.
#include "delivery_fixture.h"

#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <nscl/model/messages.h>
#include <nscl/net/awaiting.h>
#include <nscl/resources/all.h>

namespace nscl::delivery {

using model::Verb;

net::Task<OutgoingResult> Outside::send(OutgoingRequest request, boost::asio::io_context& context) {
  const auto when = std::chrono::floor<std::chrono::seconds>(clock_.now() - start_of_test);
  sent.push_back({request, request.content ? *request.content : std::string{}, when});
  co_await boost::asio::post(context.get_executor(), net::as_result);   // nobody answers before he was asked
  if (!answer) co_return answer_with(Status::ok);
  auto result = answer(request);
  co_return result;
}

IncomingAnswer answer_with(Status status, std::string document) {
  IncomingAnswer answer;
  answer.status = status;
  answer.code = http_code_of(status);
  if (document.empty()) return answer;
  answer.content_type = codec::media_type(codec::Format::xml);
  answer.content = std::move(document);
  return answer;
}

tl::unexpected<TransportFailure> unreachable() { return tl::unexpected(TransportFailure{TransportFailure::Kind::unreachable, "nobody listens"}); }

OutgoingResult ScriptedPeer::answer(const OutgoingRequest& request) {
  const bool is_poc = request.uri.find("/m2mPocs") != std::string::npos;
  auto& is_known = is_poc ? knows_poc : knows_us;
  if (is_away) return unreachable();
  if (request.uri == peer_base) return answer_with(Status::ok, "<sclBase><searchStrings><searchString>of/b</searchString></searchStrings></sclBase>");
  if (request.verb != Verb::create && !is_known) return answer_with(Status::not_found);
  is_known = request.verb != Verb::remove;
  if (is_poc || !is_known) return answer_with(Status::ok);
  const auto body = "<scl sclId=\"own\"><link>http://here.example:8080/m2m</link><expirationTime>" + iso(clock.now() + life) + "</expirationTime></scl>";
  return answer_with(request.verb == Verb::create ? Status::created : Status::ok, body);
}

DeliveryFixture::DeliveryFixture()
    : registry_(resources::all()), from_(std::make_shared<const security::Requestor>(security::Requestor{"admin", "", true})) {
  auto name = (std::filesystem::temp_directory_path() / "nscl-delivery-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
  directory_ = name;
  store::Options options;
  options.directory = directory_ / "data";
  store_ = std::make_unique<PatientStore>(store::open_sqlite(options, registry_, clock_));
  pipeline_ = std::make_unique<core::Pipeline>(registry_, *store_, clock_, std::make_shared<const core::Policy>());
  if (!pipeline_->prepare_tree()) throw std::runtime_error("no tree");
  const auto admin = [](store::Transaction& transaction) -> Result<void> {   // subscribers are judged by what the store knows of them
    transaction.put_principal({.name = "admin", .entity = "", .verifier = "", .is_operator = true});
    return {};
  };
  if (!store_->write_and_wait(admin)) throw std::runtime_error("no principal");
  fan_out_ = std::make_unique<FanOut>(*pipeline_, registry_, *store_, clock_);
  context_ = std::make_unique<boost::asio::io_context>(1);
  work_.emplace(context_->get_executor());
  use({});
}

// The order of the server: the writer ends while its completions find their context, delivery's timers go before that,
// and the coroutines that still wait in it last.
DeliveryFixture::~DeliveryFixture() {
  delivery_->stop();
  store_->stop();
  pipeline_->set_outbound(nullptr);
  delivery_.reset();
  work_.reset();
  context_.reset();
  fan_out_.reset();
  pipeline_.reset();
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void DeliveryFixture::use(Options options) {
  if (delivery_) {
    delivery_->stop();
    settle();
  }
  pipeline_->set_outbound(nullptr);
  delivery_.reset();
  delivery_ = std::make_unique<Delivery>(registry_, *store_, clock_, *pipeline_, outside_, *fan_out_, *context_, std::move(options));
  pipeline_->set_outbound(delivery_.get());
  delivery_->start();
  settle();
}

void DeliveryFixture::set_base_uri(std::string uri) {
  core::Policy policy;
  policy.base_uri = std::move(uri);
  pipeline_->set_policy(std::make_shared<const core::Policy>(policy));
}

// ---- time

// The pump sleeps by a clock of its own; a lane that is due, and nobody's, makes it look.
void DeliveryFixture::advance(Time::duration by) {
  clock_.advance(by);
  pipeline_->sweep(*context_);
  delivery_->expire();
  store::WriteJob wake = [this](store::Transaction& transaction) -> Result<void> {
    transaction.put_lane({.name = "test/wake", .due = clock_.now()});
    return {};
  };
  store_->write(std::move(wake), *context_, [](const Result<void>&) {});
  settle();
}

// Jobs are answered in their order, and several of them by one handler: a round in which the writer did this one job, and
// nothing ran but the handler of it, leaves nothing behind.
void DeliveryFixture::settle() {
  for (int quiet_rounds = 0; quiet_rounds < 2;) {
    const auto jobs = store_->figures().jobs;
    bool is_answered = false;
    store::WriteJob nothing = [](store::Transaction&) -> Result<void> { return {}; };
    store_->write(std::move(nothing), *context_, [&](const Result<void>&) { is_answered = true; });
    std::size_t handlers = 0;
    while (!is_answered) handlers += context_->run_one();
    handlers += context_->poll();
    const bool is_quiet = handlers == 1 && store_->figures().jobs == jobs + 1;
    quiet_rounds = is_quiet ? quiet_rounds + 1 : 0;
  }
}

// ---- requests

core::RequestIndication DeliveryFixture::request(Verb verb, std::string to) const {
  core::RequestIndication made;
  made.verb = verb;
  made.to = std::move(to);
  made.dialect = dialect_;
  made.host = "here.example:8080";
  made.from = from_;
  made.content_type = codec::media_type(codec::Format::xml);
  return made;
}

core::RequestIndication DeliveryFixture::request_elsewhere(Verb verb, std::string uri) const {
  auto made = request(verb, {});
  made.route.emplace();
  made.route->uri = std::move(uri);
  return made;
}

std::shared_ptr<std::optional<core::ResponseConfirm>> DeliveryFixture::begin(core::RequestIndication made, std::string body) {
  const auto answer = std::make_shared<std::optional<core::ResponseConfirm>>();
  const auto buffer = std::make_shared<const std::string>(std::move(body));
  made.content = *buffer;
  const auto take = [answer, buffer](const std::exception_ptr& error, core::ResponseConfirm confirm) {
    if (error) std::rethrow_exception(error);
    *answer = std::move(confirm);
  };
  boost::asio::co_spawn(*context_, pipeline_->handle(std::move(made), *context_), take);
  return answer;
}

core::ResponseConfirm DeliveryFixture::send(core::RequestIndication made, std::string body) {
  const auto answer = begin(std::move(made), std::move(body));
  while (!*answer) context_->run_one();
  return **answer;
}

core::ResponseConfirm DeliveryFixture::make(std::string collection, std::string body) {
  auto answer = send(request(Verb::create, std::move(collection)), std::move(body));
  EXPECT_EQ(answer.status, Status::created) << (answer.content ? *answer.content : "");
  settle();
  return answer;
}

void DeliveryFixture::change(std::string path, std::string body) {
  const auto answer = send(request(Verb::update, std::move(path)), std::move(body));
  EXPECT_EQ(answer.status, Status::ok) << (answer.content ? *answer.content : "");
  settle();
}

void DeliveryFixture::remove(std::string path) {
  EXPECT_EQ(send(request(Verb::remove, std::move(path))).status, Status::ok);
  settle();
}

void DeliveryFixture::touch_container(const std::string& id, const std::string& text) {
  change("containers/" + id, "<container><searchStrings><searchString>" + text + "</searchString></searchStrings></container>");
}

void DeliveryFixture::subscribe(const std::string& resource, const std::string& id, const std::string& contact, const std::string& before) {
  make(resource + "/subscriptions", "<subscription id=\"" + id + "\">" + before + "<contact>" + contact + "</contact></subscription>");
}

void DeliveryFixture::make_scl(const std::string& id, const std::string& status, const std::string& before_kind, std::string contact) {
  const auto base = "http://" + id + ".example/m2m";
  make("scls", "<scl sclId=\"" + id + "\"><link>" + base + "</link>" + before_kind + "<mgmtProtocolType>OMA_DM</mgmtProtocolType></scl>");
  if (status.empty()) return;
  if (contact.empty()) contact = base;
  make("scls/" + id + "/m2mPocs", "<m2mPoc id=\"p\"><contactInfo><contactURI>" + contact + "</contactURI></contactInfo><onlineStatus>" + status + "</onlineStatus></m2mPoc>");
}

void DeliveryFixture::set_reach(const std::string& scl, const std::string& status) {
  const auto info = "<contactInfo><contactURI>http://" + scl + ".example/m2m</contactURI></contactInfo>";
  change("scls/" + scl + "/m2mPocs/p", "<m2mPoc>" + info + "<onlineStatus>" + status + "</onlineStatus></m2mPoc>");
}

// ---- what came of it

void DeliveryFixture::answer_all(Status status, unsigned retry_after) {
  outside_.answer = [status, retry_after](const OutgoingRequest&) -> OutgoingResult {
    auto answer = answer_with(status);
    answer.retry_after = retry_after;
    return answer;
  };
}

void DeliveryFixture::expect_next_after(std::chrono::seconds pause, const std::string& uri) {
  const auto before = sent_to(uri).size();
  advance(pause - 1s);
  EXPECT_EQ(sent_to(uri).size(), before) << "a second before " << pause.count();
  advance(1s);
  EXPECT_EQ(sent_to(uri).size(), before + 1) << "after " << pause.count();
}

std::vector<Outside::Sent> DeliveryFixture::sent_to(std::string_view uri) const {
  std::vector<Outside::Sent> found;
  for (const auto& one : outside_.sent) {
    if (one.request.uri == uri) found.push_back(one);
  }
  return found;
}

DeliveryFixture::Seconds DeliveryFixture::times_at(std::string_view uri) const {
  Seconds times;
  for (const auto& one : sent_to(uri)) times.push_back(one.when.count());
  return times;
}

Told DeliveryFixture::told(std::string_view document) {
  Told told;
  const model::ResourceType* candidates[] = {&model::messages::notify(), &model::messages::response_notify()};
  const auto decoded = codec::decode(codec::Format::xml, document, candidates);
  EXPECT_TRUE(decoded) << document;
  if (!decoded) return told;
  told.status = decoded->attributes.find("statusCode")->text();
  const auto* representation = decoded->attributes.find("representation");
  if (representation) told.text = representation->find("$t")->get<Bytes>()->data;
  return told;
}

DeliveryFixture::Texts DeliveryFixture::statuses_at(std::string_view uri) const {
  Texts statuses;
  for (const auto& one : sent_to(uri)) statuses.push_back(told(one.content).status);
  return statuses;
}

DeliveryFixture::Texts DeliveryFixture::steps(const std::string& base) {
  Texts all;
  for (const auto& one : outside_.sent) {
    const auto verb = one.request.verb;
    const auto* name = verb == Verb::create ? "CREATE " : verb == Verb::update ? "UPDATE " : verb == Verb::remove ? "DELETE " : "RETRIEVE ";
    all.push_back(name + (one.request.uri.starts_with(base) ? one.request.uri.substr(base.size()) : one.request.uri));
  }
  outside_.sent.clear();
  return all;
}

std::string iso(Time time) { return format_date_time(std::chrono::floor<std::chrono::seconds>(time)); }

std::string text_between(std::string_view text, std::string_view before, std::string_view after) {
  const auto begin = text.find(before);
  if (begin == text.npos) return {};
  const auto rest = text.substr(begin + before.size());
  return std::string(rest.substr(0, rest.find(after)));
}

}  // namespace nscl::delivery
