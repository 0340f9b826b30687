// SPDX-License-Identifier: Apache-2.0
// The session of a CPE: Inform, its own requests, then an empty POST and whatever the ACS wants, until the ACS has no more.
#include <nscl/rem/simulator.h>

#include <nscl/rem/tr069/soap.h>

#include "device.h"
#include "login.h"
#include "retry.h"

namespace nscl::rem::simulator {
namespace {

constexpr unsigned most_repeats = 10;     ///< of a message after fault 8005
constexpr unsigned most_redirects = 5;

}  // namespace

struct Cpe::State {
  enum class Phase { idle, opens, informs, reports, listens };

  State(std::shared_ptr<const CpeOptions> options, std::string serial, std::string request_url, Time now)
      : device(std::move(options), std::move(serial), std::move(request_url), now), login(device.habits()) {}

  /// Those that the ACS set go before those that it was given.
  std::string user() {
    auto set = device.model().value("ManagementServer.Username");
    if (!set.empty()) return set;
    auto id = device.options().id;
    id.serial_number = device.serial();
    return tr069::printable(id);
  }
  Secret password() {
    auto set = device.model().value("ManagementServer.Password");
    auto out = set.empty() ? device.options().password.copy() : Secret(set);
    wipe(set);
    return out;
  }

  net::WebCall post(std::string document);
  net::WebCall post_message(const tr069::Message& message, tr069::Header header);
  net::WebCall post_inform(Time now);
  net::WebCall post_next();
  std::optional<net::WebCall> take(const net::WebAnswer& answer, Time now);
  std::optional<net::WebCall> take_status(const net::WebAnswer& answer, Time now);
  std::optional<net::WebCall> take_end(Time now);
  std::optional<net::WebCall> take_envelope(const net::WebAnswer& answer, Time now);
  std::optional<net::WebCall> take_response(const tr069::Envelope& envelope, Time now);
  std::optional<net::WebCall> answer_with(const Answer& answer, const tr069::Header& header, Time now);
  std::optional<net::WebCall> end(std::optional<std::string> why, Time now, std::optional<std::chrono::seconds> wait = std::nullopt);

  Device device;
  Login login;
  Phase phase = Phase::idle;
  std::string url, sent, sent_id, session_events;
  std::size_t rpcs = 0;
  unsigned messages = 0, repeats = 0, redirects = 0, failures = 0;
  tr069::NameSpace name_space = tr069::NameSpace::cwmp_1_2;
  Time retry_at{};
  bool is_dead = false, told_to_wait = false;
  std::optional<std::string> failure;
};

net::WebCall Cpe::State::post(std::string document) {
  net::WebCall call;
  call.uri = url;
  call.time = answer_time;
  const bool has_type = !document.empty() || device.options().style != Style::cwmp_sim;
  if (has_type) call.fields.emplace_back("Content-Type", "text/xml; charset=utf-8");
  if (!document.empty()) call.fields.emplace_back("SOAPAction", "");
  if (const auto agent = device.habits().user_agent; !agent.empty()) call.fields.emplace_back("User-Agent", agent);
  login.sign(call, phase == Phase::informs);
  sent = std::move(document);
  if (!sent.empty()) call.body = std::make_shared<const std::string>(sent);
  return call;
}

net::WebCall Cpe::State::post_message(const tr069::Message& message, tr069::Header header) {
  auto document = tr069::write_message(header, message);
  dress(device.options().style, document, message);
  return post(std::move(document));
}

net::WebCall Cpe::State::post_inform(Time now) {
  phase = Phase::informs;
  const auto inform = device.inform(now, failures);
  session_events.clear();
  for (const auto& event : inform.events) session_events += (session_events.empty() ? "" : ", ") + event.code;
  tr069::Header header;
  header.id = sent_id = std::to_string(++messages);
  const bool is_plain = device.options().style == Style::plain;
  header.name_space = name_space = is_plain ? tr069::NameSpace::cwmp_1_2 : tr069::NameSpace::cwmp_1_0;
  if (is_plain) header.supported_versions = "1.0,1.1,1.2,1.3,1.4";
  return post_message(inform, header);
}

/// A request of our own, or an empty POST: the ACS may ask.
net::WebCall Cpe::State::post_next() {
  const auto report = device.report();
  repeats = 0;
  if (!report) {
    phase = Phase::listens;
    return post({});
  }
  phase = Phase::reports;
  tr069::Header header;
  header.id = sent_id = std::to_string(++messages);
  header.name_space = name_space;
  return post_message(*report, header);
}

std::optional<net::WebCall> Cpe::State::end(std::optional<std::string> why, Time now, std::optional<std::chrono::seconds> wait) {
  phase = Phase::idle;
  failures = why ? failures + 1 : 0;
  if (why) retry_at = now + (wait ? std::chrono::milliseconds(*wait) : pause_after(failures, device.options().retry_scale));
  else retry_at = Time{};
  failure = std::move(why);
  told_to_wait = wait.has_value();
  device.end_session(now);
  return std::nullopt;
}

std::optional<net::WebCall> Cpe::State::take(const net::WebAnswer& answer, Time now) {
  if (phase == Phase::idle) return std::nullopt;
  login.take_cookies(answer);
  if (answer.status < 200 || answer.status > 299) return take_status(answer, now);
  if (answer.status == 204 || answer.body.find_first_not_of(" \t\r\n") == std::string::npos) return take_end(now);
  return take_envelope(answer, now);
}

/// Anything but 2xx.
std::optional<net::WebCall> Cpe::State::take_status(const net::WebAnswer& answer, Time now) {
  const auto status = "the ACS answers " + std::to_string(answer.status);
  if (device.habits().dies_of_status) {
    is_dead = true;
    return end(status, now);
  }
  if (answer.status == 401) {
    if (!login.take_challenge(answer)) return end(status + ": it does not take the credentials", now);
    return phase == Phase::opens ? post_inform(now) : post(sent);
  }
  const auto* const place = answer.find("Location");
  const bool is_redirect = (answer.status == 302 || answer.status == 307) && place && !net::objection_to(*place);
  if (is_redirect && ++redirects <= most_redirects) {
    url = *place;
    return post(sent);
  }
  return end(status, now, answer.status == 503 ? retry_after(answer, now) : std::nullopt);
}

/// The ACS says nothing more.
std::optional<net::WebCall> Cpe::State::take_end(Time now) {
  switch (phase) {
    case Phase::opens: return post_inform(now);
    case Phase::informs: return end("the Inform is answered with nothing", now);
    case Phase::reports: return end("a request of the device is answered with nothing", now);
    default: return end(std::nullopt, now);
  }
}

std::optional<net::WebCall> Cpe::State::take_envelope(const net::WebAnswer& answer, Time now) {
  if (device.habits().hates_declarations && answer.body.find("<?xml") != std::string::npos) return end("the answer has an XML declaration", now);
  const auto envelope = tr069::read_envelope(answer.body, answer.content_type);
  if (!envelope) return end("the answer is no envelope: " + envelope.error().detail, now);
  if (phase == Phase::opens) return end("an empty POST before the Inform is answered with " + envelope->rpc.substr(0, 64), now);
  if (phase != Phase::listens) return take_response(*envelope, now);
  auto message = tr069::read_message(*envelope);
  if (message && std::holds_alternative<tr069::Fault>(*message)) {
    return end("the ACS answers a response with a fault: " + tr069::additional_info(std::get<tr069::Fault>(*message), {}), now);
  }
  ++rpcs;
  auto header = envelope->header;
  header.use_version.clear();
  header.session_timeout = 0;
  const auto reply = message ? device.answer(std::move(*message), now) : device.refuse(message.error());
  return answer_with(reply, header, now);
}

std::optional<net::WebCall> Cpe::State::answer_with(const Answer& answer, const tr069::Header& header, Time now) {
  if (const auto* const silence = std::get_if<Silence>(&answer)) {
    if (*silence == Silence::skips) return post({});
    is_dead = true;
    return end("it crashed on what the ACS asked, as this client does", now);
  }
  return post_message(std::get<tr069::Message>(answer), header);
}

/// To the Inform, or to a request of our own.
std::optional<net::WebCall> Cpe::State::take_response(const tr069::Envelope& envelope, Time now) {
  const auto message = tr069::read_message(envelope);
  if (!message) return end("the answer cannot be read: " + message.error().text, now);
  if (const auto* const fault = std::get_if<tr069::Fault>(&*message)) {
    if (fault->code == 8005 && ++repeats <= most_repeats) return post(sent);
    return end(tr069::additional_info(*fault, {}), now);
  }
  const bool is_strict = device.options().style == Style::plain;
  if (is_strict && envelope.header.id != sent_id) return end("the answer has the ID \"" + envelope.header.id.substr(0, 64) + "\" of another message", now);
  const auto report = device.report();
  const auto wanted = std::string(phase == Phase::informs ? tr069::Inform::name : tr069::name_of(*report)) + "Response";
  if (tr069::name_of(*message) != wanted) return end(std::string(tr069::name_of(*message)) + " came in place of " + wanted, now);
  if (phase == Phase::informs) device.forget_events();
  else device.report_is_taken();
  return post_next();
}

// ---- Cpe

Cpe::Cpe(std::shared_ptr<const CpeOptions> options, std::string serial, std::string connection_request_url, Time now)
    : state_(std::make_unique<State>(std::move(options), std::move(serial), std::move(connection_request_url), now)) {}
Cpe::~Cpe() = default;
Cpe::Cpe(Cpe&&) noexcept = default;
Cpe& Cpe::operator=(Cpe&&) noexcept = default;

const std::string& Cpe::serial() const { return state_->device.serial(); }
DataModel& Cpe::model() { return state_->device.model(); }
bool Cpe::is_in_session() const { return state_->phase != State::Phase::idle; }
const std::optional<std::string>& Cpe::failure() const { return state_->failure; }
bool Cpe::is_told_to_wait() const { return state_->told_to_wait; }
std::size_t Cpe::requests() const { return state_->rpcs; }
const std::string& Cpe::events() const { return state_->session_events; }

Time Cpe::next() const {
  if (state_->is_dead || is_in_session()) return never;
  return std::max(state_->device.next(), state_->retry_at);
}

bool Cpe::wants_session(Time now) { return !state_->is_dead && !is_in_session() && now >= state_->retry_at && state_->device.wants_session(now); }

net::WebCall Cpe::begin(Time now) {
  auto& state = *state_;
  state.url = state.device.options().acs_url;
  state.rpcs = state.repeats = state.redirects = 0;
  state.login.begin_session(state.user(), state.password());
  if (!state.device.habits().opens_empty) return state.post_inform(now);
  state.phase = State::Phase::opens;
  return state.post({});
}

std::optional<net::WebCall> Cpe::take(const net::WebAnswer& answer, Time now) { return state_->take(answer, now); }
void Cpe::fail(std::string reason, Time now) {
  if (is_in_session()) state_->end(std::move(reason), now);
}

std::optional<FileCall> Cpe::next_file(Time now) {
  return state_->is_dead || is_in_session() ? std::nullopt : state_->device.next_file(now);
}
void Cpe::file_done(std::uint64_t job, FileOutcome outcome, Time now) { state_->device.file_done(job, std::move(outcome), now); }

bool Cpe::request_connection(Time now) {
  if (state_->is_dead || is_in_session() || state_->device.is_down(now)) return false;
  state_->device.request_connection();
  state_->retry_at = Time{};   // whoever asks is there again
  return true;
}

bool Cpe::change(std::string_view name, std::string_view value) { return state_->device.change(name, value); }

}  // namespace nscl::rem::simulator
