// SPDX-License-Identifier: Apache-2.0
#include "collection_point.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/core/channel_uri.h>

#include "stored_form.h"

namespace nscl::delivery {
namespace {

using model::Object;
using model::ResourceType;

constexpr std::string_view secret_fact = "collection_secret";
constexpr std::size_t secret_length = 40;
constexpr std::size_t mark_length = 40;   // 160 bits

const ResourceType& point_type() {
  static const ResourceType type{.name = "collectionPoint",
                                 .attributes = {{.name = "to", .type = &model::types::string}, {.name = "authority", .type = &model::types::string},
                                                {.name = "principal", .type = &model::types::string}, {.name = "window", .type = &model::types::integer},
                                                {.name = "isJson", .type = &model::types::boolean}}};
  return type;
}

/// "<group>-<mark>"
std::string name_of(std::uint64_t group, std::string_view parameters, std::string_view secret) {
  const auto key = to_base36(group);
  return key + "-" + keyed_digest(secret, key + "/" + std::string(parameters)).substr(0, mark_length);
}

// base64 as it can stand in a path (RFC 4648 clause 5).
std::string path_encode(std::string_view octets) {
  auto text = base64_encode(octets);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text.substr(0, text.find('='));
}

std::optional<std::string> path_decode(std::string_view path) {
  std::string text(path);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text);
}

}  // namespace

std::string CollectionPoint::parameters() const {
  Object out;
  out.set("to", to);
  out.set("authority", authority);
  out.set("principal", principal);
  out.set("window", std::int64_t(window.count()));
  out.set("isJson", format == codec::Format::json);
  return codec::encode_stored(point_type(), out);
}

Result<CollectionPoint> decode_point(std::uint64_t group, std::string_view parameters) {
  const auto object = codec::decode_stored(point_type(), parameters);
  if (!object) return tl::unexpected(object.error());
  CollectionPoint point;
  point.group = group;
  point.to = text_member(*object, "to");
  point.authority = text_member(*object, "authority");
  point.principal = text_member(*object, "principal");
  point.window = std::chrono::milliseconds{number_member(*object, "window")};
  point.format = flag_member(*object, "isJson") ? codec::Format::json : codec::Format::xml;
  return point;
}

std::string collection_secret(store::Transaction& transaction) {
  if (auto known = transaction.fact(secret_fact)) return *std::move(known);
  auto made = random_name(secret_length);
  transaction.put_fact(secret_fact, made);
  return made;
}

std::string uri_of(const CollectionPoint& point, std::string_view secret, const core::Policy& policy, std::string_view host) {
  const auto parameters = point.parameters();
  std::string uri = policy.base_uri.empty() ? "http://" + std::string(host) : policy.base_uri;
  uri.append(core::collection_path).append(name_of(point.group, parameters, secret));
  return uri.append("/").append(path_encode(parameters));
}

std::string lane_of(const CollectionPoint& point, std::string_view secret) {
  return "collect/" + name_of(point.group, "lane " + point.parameters(), secret);   // logs name it, and nobody can send with it
}

std::optional<CollectionPoint> find_point(store::View& view, std::string_view uri) {
  const auto place = uri.find(core::collection_path);
  if (place == uri.npos) return std::nullopt;
  const auto path = uri.substr(place + core::collection_path.size());
  const auto slash = path.find('/');
  const auto name = path.substr(0, slash);
  const auto group = from_base36(name.substr(0, name.find('-')));
  const auto parameters = slash == path.npos ? std::nullopt : path_decode(path.substr(slash + 1));
  const auto secret = group && parameters ? view.fact(secret_fact) : std::nullopt;
  if (!secret || !equal_in_constant_time(name_of(*group, *parameters, *secret), name)) return std::nullopt;
  auto point = decode_point(*group, *parameters);
  return point ? std::optional(*std::move(point)) : std::nullopt;
}

}  // namespace nscl::delivery
