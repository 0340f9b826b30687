// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/tr069/session.h>

#include <algorithm>
#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/base/secret.h>

#include "contact.h"

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t most_completed_keys = 64;
constexpr std::chrono::seconds busy_time{60};
constexpr std::string_view first_version_with_timeout = "1.3";

/// What the CPE may ask of an ACS.
GetRPCMethodsResponse own_methods() {
  GetRPCMethodsResponse response;
  for (const auto name : {Inform::name, GetRPCMethods::name, TransferComplete::name, AutonomousTransferComplete::name, DUStateChangeComplete::name,
                          AutonomousDUStateChangeComplete::name, RequestDownload::name})
    response.methods.emplace_back(name);
  return response;
}

bool is_response(std::string_view rpc) { return rpc.ends_with("Response") || rpc == Fault::name; }

/// Errors of the reader quote what they met, which may be a piece of a password.
std::string without_quotations(std::string_view why) {
  std::string out;
  bool is_quoted = false;
  for (const char c : why) {
    if (c == '"') is_quoted = !is_quoted;
    if (!is_quoted || c == '"') out += c;
  }
  return out;
}

/// Only signs of life: the device expects no work.
bool is_heartbeat(const std::vector<EventStruct>& events) {
  return !events.empty() && std::ranges::all_of(events, [](const EventStruct& event) { return event.event() == Event::heartbeat; });
}

Reply text(unsigned status, std::string_view why) {
  Reply reply;
  reply.status = status;
  reply.body = std::string(why) + "\n";
  return reply;
}

/// The device is unknown, and such are refused; to one that came without a password 401 says nothing.
Reply denied() {
  auto reply = text(401, "this device is not known here");
  reply.is_challenge = true;
  return reply;
}

}  // namespace

Session::Session(Work& work, const Performing& performing, const SessionLimits& limits, std::string device)
    : work_(work), performing_(performing), limits_(limits), device_(std::move(device)) {}

// ---- the beginning

net::Task<Reply> Session::begin(Envelope envelope, Inform inform, std::string address, boost::asio::io_context& context, Clock::time_point now) {
  const Header header = std::move(envelope.header);
  name_space_ = header.name_space;
  began_ = now;
  state_ = State::over;   // unless all goes well
  const auto version = version_of(header);
  if (version.empty()) co_return answer(header, make_fault(8006));
  events_ = inform.events;
  is_heartbeat_ = is_heartbeat(events_);
  Contact contact = contact_of(inform, header, address);
  if (performing_.model) model_ = performing_.model(contact.facts);
  contact.ends_reboot = ends_reboot(model_, events_);
  parameter_key_ = contact.facts.parameter_key;
  const auto welcome = co_await work_.begin(std::move(contact), context);
  if (!welcome) {
    if (welcome.error().status == Status::not_found) co_return denied();
    if (welcome.error().status == Status::forbidden) co_return answer(header, make_fault(8001));
    co_return unavailable();
  }
  facts_ = welcome->facts;
  if (performing_.model) model_ = performing_.model(facts_);   // more may be known than it told
  state_ = State::informed;
  Header own;
  own.id = header.id;
  own.name_space = name_space_;
  if (!header.supported_versions.empty()) own.use_version = version;
  if (!header.supported_versions.empty() && version >= first_version_with_timeout) own.session_timeout = static_cast<std::uint32_t>(limits_.idle.count());
  const Message welcomed = InformResponse{};
  if (observer_) observer_->said(own, welcomed);
  Reply reply;
  reply.body = write_message(own, welcomed);
  co_return reply;
}

// ---- later messages

net::Task<Reply> Session::take(Envelope envelope, std::string_view body, bool is_new_connection, boost::asio::io_context& context,
                               Clock::time_point now) {
  auto digest = sha256(body);
  const bool is_answer = is_response(envelope.rpc);
  if (is_answer && is_repetition(envelope.header, digest, is_new_connection)) {
    remark(true, 0, "the same " + envelope.rpc + " again");
    co_return again();
  }
  if (is_over()) co_return text(400, "the session is over; it begins with an Inform");
  auto message = read_message(envelope);
  if (observer_ && message) observer_->heard(envelope.header, *message);
  if (observer_ && !message) note_unreadable(body.size(), additional_info(message.error(), envelope.rpc));
  Header header = std::move(envelope.header);
  if (is_answer) {
    if (!message) message = Message(std::move(message.error()));   // as if the CPE had said so: its answer is of no use
    co_return co_await take_response(std::move(header), *std::move(message), std::move(digest), context, now);
  }
  was_interrupted_ = outstanding_.has_value();
  if (!message) co_return answer(header, Message(std::move(message.error())));
  co_return co_await take_request(std::move(header), *std::move(message), context);
}

/// The CPE asks or tells; what is outstanding stays so.
net::Task<Reply> Session::take_request(Header header, Message message, boost::asio::io_context& context) {
  if (std::holds_alternative<GetRPCMethods>(message)) co_return answer(header, own_methods());
  if (std::holds_alternative<RequestDownload>(message)) co_return answer(header, RequestDownloadResponse{});
  auto told = told_end(device_, message);
  if (!told) co_return answer(header, make_fault(8000));
  if (!told->completion.key.empty() && completed_keys_.size() < most_completed_keys) completed_keys_.push_back(told->completion.key);
  const auto done = co_await work_.complete(std::move(told->completion), context);
  if (!done && done.error().status == Status::service_unavailable) co_return unavailable();   // it is told again in the next session
  co_return answer(header, told->response);
}

net::Task<Reply> Session::take_response(Header header, Message message, std::string digest, boost::asio::io_context& context, Clock::time_point now) {
  if (!outstanding_) co_return lose("a response to nothing");
  if (!performing_.answers(message, *outstanding_)) co_return lose("a response to another request");
  if (header.id != id_) log::info("acs.wrong_id", {{"device", device_}, {"rpc", name_of(message)}, {"id", header.id}});
  last_response_ = std::move(digest);
  outstanding_.reset();
  std::optional<Performance::Step> step = performance_->answered(message);
  co_return co_await advance(std::move(step), context, now);
}

net::Task<Reply> Session::take_nothing(bool is_new_connection, boost::asio::io_context& context, Clock::time_point now) {
  if (is_over()) co_return end();
  remark(true, 0, "nothing");
  std::optional<Performance::Step> step;
  if (outstanding_) {
    const bool may_be_lost = was_interrupted_ || is_new_connection;
    if (may_be_lost && !was_repeated_) {
      was_repeated_ = true;
      was_interrupted_ = false;
      co_return again();
    }
    log::info("acs.unanswered", {{"device", device_}, {"rpc", name_of(*outstanding_)}});
    remark(true, 0, "no answer to " + std::string(name_of(*outstanding_)), true);
    outstanding_.reset();
    step = performance_->unanswered();
  }
  co_return co_await advance(std::move(step), context, now);
}

/// The CPE did not get what followed its response, and sends it again. Without an ID of ours in it only another connection tells it from
/// the same response to the next request.
bool Session::is_repetition(const Header& header, std::string_view digest, bool is_new_connection) const {
  if (last_response_.empty() || digest != last_response_) return false;
  if (is_over()) return true;
  if (!outstanding_ || header.id == id_) return false;
  return is_new_connection || (!header.id.empty() && header.id == previous_id_);
}

// ---- operations

/// Goes on with `step`, and with the operations after it, up to the next RPC or the end.
net::Task<Reply> Session::advance(std::optional<Performance::Step> step, boost::asio::io_context& context, Clock::time_point now) {
  for (;;) {
    if (!step) {
      if (!may_go_on(now)) co_return end();
      auto begun = co_await next(context);
      if (!begun) co_return unavailable();
      if (!*begun) co_return end();
      step = **std::move(begun);
    }
    if (auto* const request = std::get_if<Message>(&*step)) {
      if (!may_go_on(now)) co_return end();
      co_return send(std::move(*request));
    }
    Report report = std::get<Report>(std::move(*step));
    step.reset();
    const auto done = co_await finish(std::move(report), context);
    if (!done) co_return unavailable();
  }
}

net::Task<Result<std::optional<Performance::Step>>> Session::next(boost::asio::io_context& context) {
  std::optional<Performance::Step> step;
  auto assigned = co_await work_.next(device_, context);
  if (!assigned) co_return tl::unexpected(std::move(assigned.error()));
  if (!*assigned) co_return std::move(step);
  assignment_ = **std::move(assigned);
  Situation situation{&facts_, parameter_key_, events_, completed_keys_, model_};
  performance_ = performing_.perform(*assignment_, std::move(situation));
  step = performance_->begin();
  co_return std::move(step);
}

net::Task<Result<void>> Session::finish(Report report, boost::asio::io_context& context) {
  const auto operation = assignment_->operation;
  auto done = co_await work_.finish(device_, operation, std::move(report), context);
  if (!done) co_return done;
  performance_.reset();
  assignment_.reset();
  co_return done;
}

// ---- answers

bool Session::may_go_on(Clock::time_point now) const { return !is_heartbeat_ && now - began_ < limits_.session && rpcs_ < limits_.rpcs; }

Reply Session::answer(const Header& header, const Message& message) const {
  Header own;
  own.id = header.id;
  own.name_space = name_space_;
  if (observer_) observer_->said(own, message);
  Reply reply;
  reply.body = write_message(own, message);
  return reply;
}

Reply Session::send(Message request) {
  Header own;
  own.name_space = name_space_;
  own.id = std::to_string(++rpcs_);
  previous_id_ = std::exchange(id_, own.id);
  wipe(sent_);
  sent_ = write_message(own, request);
  if (observer_) observer_->said(own, request);
  outstanding_ = std::move(request);
  was_interrupted_ = was_repeated_ = false;
  return sent();
}

Reply Session::sent() const {
  Reply reply;
  reply.body = sent_;
  reply.is_secret = true;
  return reply;
}

/// What was sent last: a request, or the end.
Reply Session::again() const {
  if (is_over()) return ended();
  remark(false, 200, "request " + id_ + " again");
  return sent();
}

Reply Session::end() {
  if (!is_over()) {
    remark(false, 204, "the end");
    close("204", false);
  }
  return ended();
}

Reply Session::ended() const {
  Reply reply;
  reply.status = model_.end_with_200 ? 200 : 204;
  reply.is_end = true;
  return reply;
}

std::chrono::seconds Session::patience() const {
  if (!outstanding_) return limits_.idle;
  return model_.rpc_timeout.count() > 0 ? model_.rpc_timeout : limits_.working;
}

Reply Session::lose(std::string_view why) {
  log::info("acs.session_lost", {{"device", device_}, {"reason", why}});
  remark(false, 400, why, true);
  abandon(why);
  return text(400, why);
}

/// The store cannot write: the CPE comes again, and tells again what was not committed.
Reply Session::unavailable() {
  constexpr std::string_view why = "device management cannot write";
  remark(false, 503, why, true);
  abandon(why);
  auto reply = text(503, why);
  reply.retry_after = busy_time;
  return reply;
}

void Session::abandon(std::string_view how) { close(how, true); }

void Session::close(std::string_view how, bool is_problem) {
  const bool has_begun = state_ == State::informed;
  state_ = State::over;
  outstanding_.reset();
  performance_.reset();
  wipe(sent_);
  std::optional<std::uint64_t> operation;
  if (assignment_) operation = assignment_->operation;
  assignment_.reset();
  if (has_begun && observer_) observer_->ended(how, is_problem);
  observer_.reset();
  facts_ = {};   // what is over is still known for a while, and there may be many of them
  events_ = {};
  completed_keys_ = {};
  if (has_begun) work_.end(device_, operation);
}

// ---- who is told of it

void Session::remark(bool is_from_device, unsigned status, std::string_view what, bool is_problem) const {
  if (observer_) observer_->remarked({is_from_device, status, what, is_problem});
}

void Session::note_unreadable(std::size_t octets, std::string_view why) {
  if (observer_) remark(true, 0, std::to_string(octets) + " octets that cannot be read: " + without_quotations(why), true);
}

}  // namespace nscl::rem::tr069
