// SPDX-License-Identifier: Apache-2.0
#include "dm_session.h"

#include <algorithm>

#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/notification.h>

#include "retry.h"

namespace nscl::rem::simulator {
namespace {

using omadm::BodyElement;
using omadm::CommandElement;
using omadm::StatusElement;

constexpr unsigned most_messages = 500;        // of a session
constexpr std::string_view hmac_header = "x-syncml-hmac";
constexpr std::size_t default_room = 65'536, smallest_room = 1'024, of_header = 1'500;

CommandElement alert_of(std::string code) {
  CommandElement out;
  out.kind = CommandElement::Kind::alert;
  out.data = std::move(code);
  return out;
}

CommandElement alert_of(const DmAlert& alert, DmStyle style) {
  auto out = alert_of("1226");
  out.correlator = alert.correlator;
  omadm::Item item;
  item.source = alert.source;
  item.meta.type = alert.type;
  item.meta.format = style == DmStyle::libdmclient ? "text/plain" : alert.format;
  if (style == DmStyle::plain) item.meta.mark = "informational";
  item.data = alert.data;
  out.items.push_back(std::move(item));
  return out;
}

/// Writes the zero octets that libdmclient leaves behind the data of its results.
void leave_zeros(std::string& xml) {
  constexpr std::string_view begin = "<Results>", end = "</Results>", data = "</Data>";
  for (auto from = xml.find(begin); from != xml.npos; from = xml.find(begin, from)) {
    for (auto at = xml.find(data, from); at < xml.find(end, from); at = xml.find(data, at + data.size() + 1)) xml.insert(at, 1, '\0');
    from = xml.find(end, from);
  }
}

/// Those that the server set go before those that it was given.
DmLogin::Names names_of(const DmTree& tree, const DmClientOptions& options) {
  const auto secret = [&](std::string_view uri, const Secret& given) {
    auto set = tree.value(uri);
    auto out = set.empty() ? given.copy() : Secret(set);
    wipe(set);
    return out;
  };
  DmLogin::Names out;
  out.user = tree.value("./DMAcc/account/AppAuth/client/AAuthName");
  out.server = tree.value("./DMAcc/account/AppAuth/server/AAuthName");
  out.password = secret("./DMAcc/account/AppAuth/client/AAuthSecret", options.password);
  out.server_password = secret("./DMAcc/account/AppAuth/server/AAuthSecret", options.server_password);
  return out;
}

void add_numbered(omadm::DmMessage& message, BodyElement element) {
  std::visit([&](auto& one) { one.id = std::to_string(message.body.size() + 1); }, element);
  message.body.push_back(std::move(element));
}

StatusElement header_status(const omadm::DmMessage& message, const DmVerdict& verdict) {
  StatusElement out;
  out.msg_ref = message.header.msg_id;
  out.cmd_ref = "0";
  out.cmd = "SyncHdr";
  out.target_refs.push_back(message.header.target);
  out.source_refs.push_back(message.header.source);
  out.data = verdict.status;
  out.chal = verdict.chal;
  return out;
}

}  // namespace

DmSession::DmSession(std::shared_ptr<const DmClientOptions> options, std::string id, Time now)
    : device_(std::move(options), std::move(id), now), login_(device_.options()),
      commands_(device_, [this](BodyElement element) { outbox_.add(std::move(element)); }, [this] { say_alerts(); }) {}

net::WebCall DmSession::begin(const std::string& called_as, Time now) {
  is_open_ = true;
  url_ = options().url;
  messages_ = 0;
  requests_ = 0;
  room_ = default_room;
  called_as_ = called_as;
  id_ = called_as.empty() ? omadm::session_name(sessions_ = static_cast<std::uint16_t>(sessions_ % 0xFFFF + 1)) : called_as;
  login_.begin_session(names_of(device_.tree(), options()));
  say_opening();
  return post(now).value();
}

bool DmSession::is_called_by(std::string_view package) const {
  const auto names = names_of(device_.tree(), options());
  const bool cares = is_plain() && !names.server_password.empty();   // that client does not
  const auto digest = omadm::digest_of(options().server_id, names.server_password);
  return !cares || omadm::is_authentic(package, digest, login_.server_nonce()) || omadm::is_authentic(package, digest, omadm::default_nonce);
}

/// Package 1: why it comes, what it has to tell, and who it is.
void DmSession::say_opening() {
  const std::string why = called_as_.empty() ? "1201" : "1200";
  outbox_.clear();
  outbox_.add(alert_of(why));
  events_ = why;
  last_alert_ = 0;
  say_alerts();
  CommandElement info;
  info.kind = CommandElement::Kind::replace;
  for (const auto& uri : device_.tree().below("./DevInfo")) {
    auto reading = device_.tree().read(uri);
    if (is_plain() && reading.format == "node") continue;
    omadm::Item item;
    item.source = uri;
    item.meta.format = std::move(reading.format);
    item.meta.type = std::move(reading.type);
    item.data = std::move(reading.value);
    info.items.push_back(std::move(item));
  }
  outbox_.add(std::move(info));
}

void DmSession::say_alerts() {
  for (const auto& alert : device_.alerts()) {
    if (alert.number <= last_alert_) continue;
    last_alert_ = alert.number;
    events_ += ", 1226";
    outbox_.add(alert_of(alert, options().style), alert.number);
  }
}

std::string DmSession::write(omadm::DmMessage& message) {
  auto& header = message.header;
  header.session_id = id_;
  header.msg_id = std::to_string(++messages_);
  header.target = options().url;
  header.source = device_.id();
  header.source_name = options().user;
  header.meta.max_msg_size = options().message_size;
  if (is_plain()) header.meta.max_obj_size = options().object_size;
  login_.sign(header);
  auto out = omadm::write_message(message, options().encoding);
  if (!out) return {};
  if (!is_plain() && options().encoding == omadm::Encoding::xml) leave_zeros(*out);
  return *std::move(out);
}

std::optional<net::WebCall> DmSession::post(Time now) {
  said_ = {};
  sent_alerts_.clear();
  for (auto& element : std::exchange(first_, {})) add_numbered(said_, std::move(element));
  for (auto& entry : outbox_.take(room_, is_plain())) {
    add_numbered(said_, std::move(entry.element));
    if (entry.alert != 0) sent_alerts_[std::to_string(said_.body.size())] = entry.alert;
  }
  if (asks_on_ && is_plain()) add_numbered(said_, alert_of("1222"));
  said_.is_final = !is_plain() || (outbox_.empty() && !asks_on_);
  asks_on_ = false;
  return deliver(now);
}

/// The server took nothing of the last message, as it did not prove who it is from. What is new comes behind it, so that its CmdIDs stay.
std::optional<net::WebCall> DmSession::post_again(Time now) {
  for (auto& element : std::exchange(first_, {})) add_numbered(said_, std::move(element));
  return deliver(now);
}

std::optional<net::WebCall> DmSession::deliver(Time now) {
  auto body = write(said_);
  if (body.empty()) return end("its own message cannot be written", now);
  net::WebCall call;
  call.uri = url_;
  call.time = answer_time;
  auto type = std::string(omadm::media_type(options().encoding));
  constexpr std::string_view of_dm = ".dm+";
  if (!is_plain()) type.replace(type.find(of_dm), of_dm.size(), "+");
  call.fields.emplace_back("Content-Type", std::move(type));
  if (auto mac = login_.mac_of(body); !mac.empty()) call.fields.emplace_back(hmac_header, std::move(mac));
  call.body = std::make_shared<const std::string>(std::move(body));
  return call;
}

std::optional<net::WebCall> DmSession::end(std::optional<std::string> why, Time now, std::optional<std::chrono::seconds> wait) {
  is_open_ = false;
  failures_ = why ? failures_ + 1 : 0;
  retry_at_ = why ? now + (wait ? std::chrono::milliseconds(*wait) : pause_after(failures_, options().retry_scale)) : Time{};
  failure_ = std::move(why);
  told_to_wait_ = wait.has_value();
  outbox_.clear();
  first_.clear();
  commands_.forget();
  device_.end_session(!failure_, now);
  if (device_.was_reset()) login_.reset();
  return std::nullopt;
}

std::optional<net::WebCall> DmSession::take(const net::WebAnswer& answer, Time now) {
  if (!is_open_) return std::nullopt;
  if (answer.status != 200) {
    return end("the server answers " + std::to_string(answer.status), now, answer.status == 503 ? retry_after(answer, now) : std::nullopt);
  }
  const auto encoding = omadm::encoding_of(answer.content_type, answer.body);
  if (encoding != options().encoding) return end("the answer is not in the encoding of the request", now);
  const auto message = omadm::read_message(answer.body, *encoding);
  if (!message) return end("the answer is no message: " + message.error().detail, now);
  if (message->header.session_id != id_) return end("the answer is of session \"" + message->header.session_id.substr(0, 64) + "\"", now);
  if (messages_ >= most_messages) return end("the session has no end", now);
  const auto* const hmac = answer.find(hmac_header);
  return take_message(*message, {answer.body, hmac ? std::string_view(*hmac) : std::string_view()}, now);
}

/// Alerts that the server knows of are not told again.
void DmSession::take_statuses(const omadm::DmMessage& message) {
  for (const auto& element : message.body) {
    const auto* const status = std::get_if<StatusElement>(&element);
    if (!status || status->msg_ref != std::to_string(messages_) || status->code() < 200 || status->code() > 299) continue;
    const auto found = sent_alerts_.find(status->cmd_ref);
    if (found != sent_alerts_.end()) device_.alert_is_taken(found->second);
  }
}

std::optional<net::WebCall> DmSession::take_message(const omadm::DmMessage& message, const DmLogin::Octets& octets, Time now) {
  const auto& header = message.header;
  if (!header.resp_uri.empty() && !net::objection_to(header.resp_uri)) url_ = header.resp_uri;
  if (header.meta.max_msg_size) room_ = std::max<std::size_t>(*header.meta.max_msg_size, smallest_room + of_header) - of_header;
  const StatusElement* of_ours = nullptr;
  for (const auto& element : message.body) {
    const auto* const status = std::get_if<StatusElement>(&element);
    if (status && status->cmd_ref == "0" && status->msg_ref == std::to_string(messages_)) of_ours = status;
  }
  if (!of_ours) return end("the answer has no Status for the header", now);
  const auto outcome = login_.take(*of_ours);
  if (outcome == DmLogin::Outcome::refused) return end("the server answers the header with " + of_ours->data.substr(0, 64), now);
  const auto verdict = login_.judge(header, octets);
  first_.push_back(header_status(message, verdict));
  if (outcome == DmLogin::Outcome::once_more) return post_again(now);
  if (outcome == DmLogin::Outcome::again) {
    say_opening();
    return post(now);
  }
  take_statuses(message);
  return go_on(message, verdict, now);
}

/// False: the session is to be ended at once.
bool DmSession::take_command(const CommandElement& command, const std::string& message, Time now) {
  const auto is = [&](std::string_view code) { return command.kind == CommandElement::Kind::alert && command.data == code; };
  if (is("1223") && is_plain()) return false;
  if (is("1222") || is("1223")) first_.push_back(status_to(command, message, is_plain() ? "200" : "500"));   // before what waits
  else commands_.perform(command, message, now);
  return !commands_.has_crashed();
}

std::optional<net::WebCall> DmSession::go_on(const omadm::DmMessage& message, const DmVerdict& verdict, Time now) {
  bool has_commands = false, is_asked_on = false;
  for (const auto& element : message.body) {
    const auto* const command = std::get_if<CommandElement>(&element);
    if (!command) continue;
    has_commands = true;
    is_asked_on = is_asked_on || command->data == "1222";
    ++requests_;
    if (!verdict.is_good) commands_.refuse(*command, message.header.msg_id, verdict.status);
    else if (!take_command(*command, message.header.msg_id, now)) {
      is_dead_ = commands_.has_crashed();
      return end(is_dead_ ? "it crashed on what the server asked, as this client does" : "the server aborts the session", now);
    }
  }
  asks_on_ = commands_.wants_more() || (!message.is_final && !is_asked_on);
  if (has_commands || asks_on_ || !outbox_.empty()) return post(now);
  if (!login_.is_believed() && requests_ != 0) return end("the server did not prove who it is", now);
  return end(std::nullopt, now);
}

}  // namespace nscl::rem::simulator
