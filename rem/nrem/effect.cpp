// SPDX-License-Identifier: Apache-2.0
#include "effect.h"

#include <algorithm>
#include <array>

#include "stored_json.h"

namespace nscl::rem {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 12> effect_kinds = {"refresh",   "update", "create", "remove",   "command", "action",
                                                   "discovery", "cancel", "login",  "embedded", "watch",   "alarms"};

Json json_of(const Addressee& addressee) {
  Json out{{"verb", static_cast<unsigned>(addressee.verb)}, {"correlationID", addressee.correlation_id}, {"contactURI", addressee.contact_uri}};
  put(out, "principal", addressee.principal);
  put(out, "entity", addressee.entity);
  put(out, "host", addressee.host);
  if (addressee.is_operator) out["isOperator"] = true;
  if (addressee.is_om2m) out["isOm2m"] = true;
  if (addressee.is_json) out["isJson"] = true;
  if (addressee.from != Time{}) out["from"] = addressee.from.time_since_epoch().count();
  return out;
}

Addressee addressee_of(const Json& json) {
  Addressee addressee;
  addressee.verb = static_cast<model::Verb>(json.at("verb").get<unsigned>());
  addressee.principal = json.value("principal", "");
  addressee.entity = json.value("entity", "");
  addressee.is_operator = json.value("isOperator", false);
  addressee.host = json.value("host", "");
  addressee.is_om2m = json.value("isOm2m", false);
  addressee.is_json = json.value("isJson", false);
  addressee.correlation_id = json.at("correlationID").get<std::string>();
  addressee.contact_uri = json.at("contactURI").get<std::string>();
  addressee.from = Time{std::chrono::microseconds{json.value("from", std::int64_t{0})}};
  return addressee;
}

Effect effect_of(const Json& json) {
  const auto* found = std::find(effect_kinds.begin(), effect_kinds.end(), json.at("kind").get<std::string>());
  if (found == effect_kinds.end()) throw std::invalid_argument("unknown kind");
  Effect effect;
  effect.kind = static_cast<Effect::Kind>(found - effect_kinds.begin());
  effect.type = json.value("type", "");
  effect.attributes = json.value("attributes", "");
  effect.erased = json.value("erased", std::vector<std::string>{});
  if (json.contains("expiration")) effect.expiration = Time{std::chrono::microseconds{json.at("expiration").get<std::int64_t>()}};
  effect.status_resource = json.value("statusResource", "");
  effect.status_attribute = json.value("statusAttribute", "");
  effect.action = json.value("action", "");
  effect.rest = json.value("rest", std::vector<std::string>{});
  for (const auto& leaf : json.value("until", Json::array())) effect.until.push_back({leaf.at(0).get<std::string>(), leaf.at(1).get<std::string>()});
  for (const auto& leaf : json.value("watched", Json::array())) effect.watched.push_back({leaf.at(0).get<std::string>(), leaf.at(1).get<unsigned>()});
  effect.upload = json.value("upload", "");
  effect.operation = json.value("operation", std::uint64_t{0});
  effect.is_cancelled = json.value("isCancelled", false);
  effect.row = json.value("row", "");
  effect.is_processing = json.value("isProcessing", false);
  effect.is_second_try = json.value("isSecondTry", false);
  effect.installed = json.value("installed", "");
  for (const auto& each : json.value("addressees", Json::array())) effect.addressees.push_back(addressee_of(each));
  if (json.contains("canceller")) effect.canceller = addressee_of(json.at("canceller"));
  return effect;
}

}  // namespace

std::string to_json(const Effect& effect) {
  Json out{{"kind", effect_kinds[static_cast<std::size_t>(effect.kind)]}};
  put(out, "type", effect.type);
  put(out, "attributes", effect.attributes);
  if (!effect.erased.empty()) out["erased"] = effect.erased;
  if (effect.expiration != never) out["expiration"] = effect.expiration.time_since_epoch().count();
  put(out, "statusResource", effect.status_resource);
  put(out, "statusAttribute", effect.status_attribute);
  put(out, "action", effect.action);
  if (!effect.rest.empty()) out["rest"] = effect.rest;
  for (const auto& leaf : effect.until) out["until"].push_back({leaf.path, leaf.value});
  for (const auto& leaf : effect.watched) out["watched"].push_back({leaf.path, leaf.level});
  put(out, "upload", effect.upload);
  if (effect.operation) out["operation"] = effect.operation;
  if (effect.is_cancelled) out["isCancelled"] = true;
  put(out, "row", effect.row);
  if (effect.is_processing) out["isProcessing"] = true;
  if (effect.is_second_try) out["isSecondTry"] = true;
  put(out, "installed", effect.installed);
  for (const auto& each : effect.addressees) out["addressees"].push_back(json_of(each));
  if (effect.canceller) out["canceller"] = json_of(*effect.canceller);
  return dump(out);
}

Result<Effect> effect_from_json(std::string_view text) try {
  return effect_of(Json::parse(text));
} catch (const std::exception&) {
  return failure(Status::internal_server_error, "an operation in the store cannot be read: it was changed outside of this program");
}

}  // namespace nscl::rem
