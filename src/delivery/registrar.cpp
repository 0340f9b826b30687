// SPDX-License-Identifier: Apache-2.0
// The steps are those of a gateway that registers here (procedures 6.2), taken towards another NSCL: UPDATE first, CREATE
// when the peer knows nothing, then the point of contact, then the peer's sclBase for its scl here.
#include "registrar.h"

#include <algorithm>
#include <array>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/representation.h>
#include <nscl/net/awaiting.h>


namespace nscl::delivery {

using model::Verb;

namespace {

constexpr std::string_view contact_id = "m2mPoc1";
constexpr std::chrono::minutes longest_pause{30}, shortest_pause{1};   ///< between two refreshes
constexpr std::size_t most_lanes = 10'000;

bool is_absent(Status status) { return status == Status::not_found || status == Status::deleted; }

std::string lane_of(std::string_view id) { return std::string(Registrar::lane_prefix) + std::string(id); }

std::string text_of(const codec::Format format, const model::ResourceType& type, const model::Object& document) {
  return codec::encode(format, type, document, core::style_of(core::Dialect::standard));
}

model::Object reference_list(std::string_view uri) {
  model::List references;
  references.emplace_back(uri);
  model::Object list;
  list.set("reference", std::move(references));
  return list;
}

}  // namespace

void Registrar::start() {
  store::WriteJob job = [this](store::Transaction& transaction) -> Result<void> {
    const auto now = transaction.stamp();
    for (auto& lane : transaction.lanes(lane_prefix, {}, most_lanes)) {
      lane.due = now;
      transaction.put_lane(lane);
    }
    for (const auto& peer : peers_.all()) {
      const auto name = lane_of(peer.id);
      if (peer.registers && !transaction.lane(name)) transaction.put_lane({.name = name, .due = now});
    }
    return {};
  };
  store_.write(std::move(job), context_, [](const Result<void>& done) {
    if (!done) log::error("this SCL does not register at others", {{"reason", done.error().detail}});
  });
}

net::Task<void> Registrar::run(store::Lane lane) {
  auto id = lane.name.substr(lane_prefix.size());
  const auto* peer = peers_.find(id);
  const bool is_wanted = peer && peer->registers;
  const auto before = lane.state;
  Outcome outcome;
  if (is_wanted && before != peer->uri) outcome.error = co_await drop_local(id, before);   // it was registered elsewhere
  if (outcome.error.empty() && is_wanted) {
    lane.state = peer->uri;
    outcome = co_await renew(*peer);
  } else if (!is_wanted) {
    outcome = co_await leave(id, before);
  }
  if (!outcome.error.empty() && outcome.error != lane.error) log::warning("registration failed", {{"peer", id}, {"reason", outcome.error}});
  const bool is_news = !lane.error.empty() || lane.state != before;
  if (outcome.error.empty() && outcome.expires && is_news) log::info("registered", {{"peer", id}, {"uri", peer->uri}});
  store::WriteJob job = [this, &lane, &outcome](store::Transaction& transaction) {
    return record(transaction, lane.name, lane.state, outcome);
  };
  const auto written = co_await store::async_write(store_, std::move(job), context_, net::as_result);
  if (!written) log::warning("the outcome of a registration could not be written", {{"peer", id}, {"reason", written.error().detail}});
}

Result<void> Registrar::record(store::Transaction& transaction, const std::string& name, const std::string& uri, const Outcome& outcome) const {
  auto lane = transaction.lane(name).value_or(store::Lane{.name = name});
  lane.state = uri;
  const auto now = clock_.now();
  if (!outcome.error.empty()) {
    lane.attempts += 1;
    if (lane.failing_since == Time{}) lane.failing_since = now;
    lane.error = outcome.error;
    lane.due = now + retry_pause(pace_, lane.attempts);
  } else if (outcome.expires) {
    const auto half = *outcome.expires == never ? longest_pause : (*outcome.expires - now) / 2;
    lane = {.name = name, .due = now + std::clamp<Time::duration>(half, shortest_pause, longest_pause), .state = uri};
  } else {
    transaction.erase_lane(name);
    return {};
  }
  transaction.put_lane(lane);
  return {};
}

// ---- at the peer

net::Task<Registrar::Outcome> Registrar::renew(const PeerOptions& peer) {
  Outcome outcome;
  auto answer = co_await ask(peer, Verb::update, own_path(peer), document_for(peer, false));
  if (is_absent(answer.status)) {
    // It lost us, and with us what was announced there: that is made anew, at an scl of its own.
    if (stands_for(join("scls", peer.id), peer.uri)) log::info("the peer has forgotten this SCL", {{"peer", peer.id}});
    if (outcome.error = co_await drop_local(peer.id, peer.uri); !outcome.error.empty()) co_return outcome;
    answer = co_await ask(peer, Verb::create, "scls", document_for(peer, true));
  }
  if (!is_success(answer.status)) {
    outcome.error = "the peer answers " + std::string(name_of(answer.status));
    co_return outcome;
  }
  const auto contact = co_await announce_contact(peer);
  if (!is_success(contact.status)) {
    outcome.error = "the peer answers " + std::string(name_of(contact.status)) + " to the point of contact";
    co_return outcome;
  }
  if (answer.content.empty()) answer = co_await ask(peer, Verb::retrieve, own_path(peer));
  const auto there = decode(answer, *registry_.find("scl"));
  const auto* end = there ? there->find("expirationTime") : nullptr;
  const auto* time = end ? end->get<Time>() : nullptr;
  outcome.expires = time ? *time : never;
  outcome.error = co_await put_local(peer, *outcome.expires);
  co_return outcome;
}

net::Task<IncomingAnswer> Registrar::announce_contact(const PeerOptions& peer) {
  const auto document = [&](bool is_new) {
    model::Object info, poc;
    info.set("contactURI", core::absolute_uri("", *pipeline_.policy(), {}));
    poc.set("contactInfo", std::move(info));
    poc.set("onlineStatus", "ONLINE");
    if (is_new) poc.set("id", contact_id);
    return text_of(codec::Format::xml, *registry_.find("m2mPoc"), poc);
  };
  const auto pocs = join(own_path(peer), "m2mPocs");
  auto answer = co_await ask(peer, Verb::update, join(pocs, contact_id), document(false));
  if (is_absent(answer.status)) answer = co_await ask(peer, Verb::create, pocs, document(true));
  co_return answer;
}

net::Task<Registrar::Outcome> Registrar::leave(std::string id, std::string uri) {
  Outcome outcome;
  const auto* peer = peers_.find(id);   // without it the registration there ends with its time
  if (peer && peer->uri == uri) {
    const auto answer = co_await ask(*peer, Verb::remove, own_path(*peer));
    if (!is_success(answer.status) && !is_absent(answer.status)) {
      outcome.error = "the peer answers " + std::string(name_of(answer.status));
      co_return outcome;
    }
  }
  outcome.error = co_await drop_local(std::move(id), std::move(uri));
  co_return outcome;
}

net::Task<IncomingAnswer> Registrar::ask(const PeerOptions& peer, Verb verb, std::string path, std::string document) {
  OutgoingRequest request;
  request.verb = verb;
  request.uri = path.empty() ? peer.uri : peer.uri + "/" + encode_path(path);
  request.credential = peer.credential;
  if (peer.credential.empty()) request.requesting_entity = peer.uri + "/" + encode_path(own_path(peer));
  request.accept = codec::media_type(codec::Format::xml);
  if (!document.empty()) {
    request.content_type = request.accept;
    request.content = std::make_shared<const std::string>(std::move(document));
  }
  request.time = time_;
  auto result = co_await transport_.send(std::move(request), context_);
  if (result) co_return *std::move(result);
  IncomingAnswer failed;
  failed.status = status_of(result.error().kind);
  co_return failed;
}

std::string Registrar::own_path(const PeerOptions& peer) const { return join("scls", peers_.own_id(peer.id, *pipeline_.policy())); }

std::string Registrar::document_for(const PeerOptions& peer, bool is_new) const {
  const auto policy = pipeline_.policy();
  model::Object scl;
  if (is_new) {
    scl.set("sclId", peers_.own_id(peer.id, *policy));
    scl.set("link", core::absolute_uri("", *policy, {}));
    scl.set("sclType", "NSCL");
  }
  scl.set("mgmtProtocolType", "OMA_DM");
  scl.set("expirationTime", Time(std::chrono::floor<std::chrono::milliseconds>(clock_.now() + peer.lifetime)));
  return text_of(codec::Format::xml, *registry_.find("scl"), scl);
}

std::optional<model::Object> Registrar::decode(const IncomingAnswer& answer, const model::ResourceType& type) const {
  const auto format = answer.content.empty() ? std::nullopt : codec::format_of(answer.content_type);
  if (!format || !is_success(answer.status)) return std::nullopt;
  const std::array<const model::ResourceType*, 1> candidates{&type};
  auto document = codec::decode(*format, answer.content, candidates);
  if (!document) return std::nullopt;
  return std::move(document->attributes);
}

// ---- here

bool Registrar::stands_for(const std::string& scl, const std::string& uri) const {
  bool does = false;
  store_.read([&](store::View& view) {
    const auto found = view.find(scl);
    does = found && core::text_of(*found, "link") == uri;
  });
  return does;
}

net::Task<std::string> Registrar::drop_local(std::string id, std::string uri) {
  const auto scl = join("scls", id);
  if (!stands_for(scl, uri)) co_return std::string{};
  const auto status = co_await ask_local(Verb::remove, scl, {});
  const bool is_gone = is_success(status) || is_absent(status);
  co_return is_gone ? std::string{} : "its scl here could not be removed: " + std::string(name_of(status));
}

net::Task<std::string> Registrar::put_local(const PeerOptions& peer, Time expires) {
  const auto path = join("scls", peer.id);
  const bool is_there = stands_for(path, peer.uri);
  const auto answer = co_await ask(peer, Verb::retrieve, {});
  const auto base = decode(answer, registry_.root());
  model::Object scl;
  for (const std::string_view name : {"searchStrings", "aPocHandling"}) {
    if (const auto* value = base ? base->find(name) : nullptr) scl.set(name, *value);
  }
  scl.set("pocs", reference_list(peer.uri));
  scl.set("mgmtProtocolType", "OMA_DM");
  if (expires != never) scl.set("expirationTime", expires);
  if (!is_there) {
    scl.set("sclId", peer.id);
    scl.set("link", peer.uri);
    scl.set("sclType", "NSCL");
  }
  auto document = text_of(codec::Format::xml, *registry_.find("scl"), scl);
  const auto verb = is_there ? Verb::update : Verb::create;
  std::string to = is_there ? path : "scls";   // g++ 12 frees a temporary of this kind twice
  const auto status = co_await ask_local(verb, std::move(to), std::move(document));
  if (status == Status::conflict) co_return "another SCL has the id " + peer.id + " or its link here";
  co_return is_success(status) ? std::string{} : "its scl here could not be made: " + std::string(name_of(status));
}

net::Task<Status> Registrar::ask_local(Verb verb, std::string to, std::string document) {
  core::RequestIndication request;
  request.verb = verb;
  request.to = std::move(to);
  request.from = std::make_shared<const security::Requestor>(security::Requestor{"", "", true});   // this SCL itself
  request.content_type = codec::media_type(codec::Format::xml);
  request.content = document;
  const auto confirm = co_await pipeline_.handle(std::move(request), context_);
  co_return confirm.status;
}

}  // namespace nscl::delivery
