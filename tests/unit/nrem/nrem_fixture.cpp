// SPDX-License-Identifier: Apache-2.0
#include "nrem_fixture.h"

#include <cstdlib>

#include <nscl/core/authorise.h>
#include <nscl/resources/all.h>

#include "mappings.h"

namespace nscl::rem {

using model::Verb;

void Listener::changed(store::Transaction&, const core::Change& change) {
  constexpr const char* words[] = {"created ", "updated ", "deleted "};
  auto text = words[static_cast<std::size_t>(change.kind)] + change.resource.path;
  if (const auto status = core::text_of(change.resource, "execStatus"); !status.empty()) text += " " + std::string(status);
  changes.push_back(std::move(text));
}

void Listener::respond(store::Transaction&, const core::RequestIndication& request, const core::ResponseConfirm& confirm) {
  answers.push_back({request.delivery.contact_uri, request.delivery.correlation_id, confirm});
}

net::Task<core::ResponseConfirm> Listener::relay(core::RequestIndication, core::Route, boost::asio::io_context&) { co_return core::ResponseConfirm{}; }
net::Task<core::ResponseConfirm> Listener::fan_out(core::RequestIndication, core::Target, boost::asio::io_context&) { co_return core::ResponseConfirm{}; }

NremFixture::NremFixture()
    : registry_(resources::all()), table_(std::make_shared<const MappingTable>(app::load_mappings({}, registry_).value())), from_(std::make_shared<const security::Requestor>(security::Requestor{"admin", "", true})),
      context_(std::make_unique<boost::asio::io_context>(1)) {
  auto name = (std::filesystem::temp_directory_path() / "nscl-nrem-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
  directory_ = name;
  restart();
}

NremFixture::~NremFixture() {
  stop_store();
  pipeline_->set_delegate(nullptr);
  nrem_.reset();
  context_.reset();
  pipeline_.reset();
  store_.reset();
  std::filesystem::remove_all(directory_);
}

// A snapshot lasts until the context has run, and the store waits for it to end.
void NremFixture::stop_store() {
  context_->restart();
  context_->poll();
  store_->stop();
}

void NremFixture::restart(NremOptions options) {
  if (store_) stop_store();
  nrem_.reset();
  context_ = std::make_unique<boost::asio::io_context>(1);
  pipeline_.reset();
  store_.reset();
  store::Options where;
  where.directory = directory_ / "data";
  store_ = store::open_sqlite(where, registry_, clock_);
  pipeline_ = std::make_unique<core::Pipeline>(registry_, *store_, clock_, std::make_shared<const core::Policy>());
  if (!pipeline_->prepare_tree()) throw std::runtime_error("no tree");
  nrem_ = std::make_unique<Nrem>(registry_, *store_, clock_, *pipeline_, listener_, table_, *context_, options);
  pipeline_->set_outbound(&listener_);
  pipeline_->set_delegate(nrem_.get());
}

core::ResponseConfirm NremFixture::send(Verb verb, std::string to, std::string body) {
  core::RequestIndication request;
  request.verb = verb;
  request.to = std::move(to);
  request.from = from_;
  request.content_type = "application/xml";
  request.content = body;
  return run(pipeline_->handle(std::move(request), *context_));
}

void NremFixture::make(std::string collection, std::string body) {
  const auto answer = send(Verb::create, std::move(collection), std::move(body));
  ASSERT_EQ(answer.status, Status::created) << (answer.content ? *answer.content : "");
}

void NremFixture::make_gateway() {
  make("scls", "<scl sclId=\"gw\"><link>http://gw.example/m2m</link><expirationTime>2099-01-01T00:00:00Z</expirationTime><mgmtProtocolType>BBF_TR069</mgmtProtocolType></scl>");
  change([&](store::Transaction& transaction) {
    store::ManagedDevice device;
    device.id = device_;
    device.state = store::ManagedState::adopted;
    device.managed = "scls/gw";
    DeviceFacts facts;   // it was asked already what it is and has
    facts.root = "Device.";
    facts.methods = {"GetRPCMethods", "GetParameterNames", "GetParameterValues", "SetParameterValues", "Reboot", "Download"};
    device.facts = to_json(facts);
    transaction.manage().put_device(device);
  });
}

void NremFixture::make_command(const std::string& id, const std::string& type, const std::string& arguments) {
  const std::string usual = type == "DOWNLOAD" ? "<execReqArg><name>FileType</name><value>2 Web Content</value></execReqArg><execReqArg><name>URL</name>"
                                                 "<value>http://files.example/x</value></execReqArg>" : "";
  const auto& given = arguments.empty() ? usual : arguments;
  const auto args = given.empty() ? "" : "<execReqArgs>" + given + "</execReqArgs>";
  make("scls/gw/mgmtObjs", "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"" + id + "\"><cmdType>" + type + "</cmdType>" + args + "</m:mgmtCmd>");
}

Welcome NremFixture::begin_with(Contact contact) {
  auto welcome = run(nrem_->begin(std::move(contact), *context_));
  if (!welcome) throw std::runtime_error(welcome.error().detail);
  return *welcome;
}

Welcome NremFixture::begin(std::vector<std::string> events, bool is_boot, bool is_bootstrap) {
  Contact contact;
  contact.device = device_;
  contact.is_boot = is_boot;
  contact.is_bootstrap = is_bootstrap;
  for (auto& code : events) {
    store::ManagementEvent event;
    event.code = std::move(code);
    contact.events.push_back(std::move(event));
  }
  return begin_with(std::move(contact));
}

void NremFixture::finish(const Assignment& assignment, Report report) {
  const auto done = run(nrem_->finish(device_, assignment.operation, std::move(report), *context_));
  ASSERT_TRUE(done) << done.error().detail;
}

void NremFixture::complete(std::string key, Report report, std::string kind) {
  Completion completion;
  completion.device = device_;
  completion.key = std::move(key);
  completion.kind = std::move(kind);
  completion.report = std::move(report);
  const auto done = run(nrem_->complete(std::move(completion), *context_));
  ASSERT_TRUE(done) << done.error().detail;
}

void NremFixture::end_session(std::optional<std::uint64_t> operation) {
  nrem_->end(device_, operation);
  change([](store::Transaction&) {});   // behind what end() posted
}

void NremFixture::keep() {
  nrem_->keep(*context_);
  change([](store::Transaction&) {});
}

void NremFixture::change(const std::function<void(store::Transaction&)>& job) {
  const auto done = store_->write_and_wait([&](store::Transaction& transaction) -> Result<void> { return job(transaction), Result<void>{}; });
  ASSERT_TRUE(done) << done.error().detail;
}

std::vector<store::Operation> NremFixture::pending() {
  std::vector<store::Operation> out;
  look([&](store::View& view) { out = view.management().pending(device_, 1000); });
  return out;
}

std::string text_between(std::string_view text, std::string_view before, std::string_view after) {
  const auto begin = text.find(before);
  if (begin == text.npos) return {};
  const auto from = begin + before.size();
  return std::string(text.substr(from, text.find(after, from) - from));
}

std::string item(const std::string& document, const std::string& name) {
  return text_between(document, "<execResultItem><name>" + name + "</name><value>", "</value>");
}

}  // namespace nscl::rem
