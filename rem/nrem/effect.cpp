// SPDX-License-Identifier: Apache-2.0
#include "effect.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace nscl::rem {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 11> kinds = {"refresh", "update",    "create", "remove", "command", "action",
                                                   "discovery", "cancel", "login",  "watch",  "alarms"};

void put(Json& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

Effect effect_of(const Json& json) {
  const auto* found = std::find(kinds.begin(), kinds.end(), json.at("kind").get<std::string>());
  if (found == kinds.end()) throw std::invalid_argument("unknown kind");
  Effect effect;
  effect.kind = static_cast<Effect::Kind>(found - kinds.begin());
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
  return effect;
}

}  // namespace

std::string to_json(const Effect& effect) {
  Json out{{"kind", kinds[static_cast<std::size_t>(effect.kind)]}};
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
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Effect> effect_from_json(std::string_view text) try {
  return effect_of(Json::parse(text));
} catch (const std::exception&) {
  return failure(Status::internal_server_error, "an operation in the store cannot be read: it was changed outside of this program");
}

}  // namespace nscl::rem
