// SPDX-License-Identifier: Apache-2.0
#include "group_subscription.h"

#include <algorithm>
#include <array>

#include <nscl/base/path.h>
#include <nscl/net/awaiting.h>

#include "collection_point.h"
#include "collector.h"
#include "stored_form.h"

namespace nscl::delivery {
namespace {

/// OM2M knows no aggregateURI; where one member answers there is nothing to collect.
bool makes_subscriptions(const Common& common, const core::Policy& policy) {
  const auto& request = common.request;
  return request.verb == model::Verb::create && request.dialect == core::Dialect::standard && request.has_format && !common.manner.is_single() &&
         last_segment(common.target.rest) == "subscriptions" && !(request.host.empty() && policy.base_uri.empty());
}

std::chrono::milliseconds window_of(const model::Object& body) {
  constexpr std::chrono::milliseconds usual{1000};
  constexpr std::int64_t century = 3'155'760'000'000;
  const auto* value = body.find("minimalTimeBetweenNotifications");
  const auto* number = value ? value->get<std::int64_t>() : nullptr;
  return number ? std::chrono::milliseconds{std::clamp<std::int64_t>(*number, 0, century)} : usual;
}

}  // namespace

net::Task<Result<void>> collect_at_host(const model::Registry& registry, store::Store& store, Common& common, boost::asio::io_context& context) {
  auto& request = common.request;
  if (!makes_subscriptions(common, *common.policy)) co_return Result<void>{};
  const std::array candidates{registry.find("subscription")};
  auto document = codec::decode(request.format, request.content, candidates);
  if (!document || !document->attributes.find("contact")) co_return Result<void>{};
  auto& body = document->attributes;
  CollectionPoint point{.group = common.group, .to = text_member(body, "aggregateURI"), .authority = request.host, .principal = request.from->principal,
                        .window = window_of(body), .format = request.format};
  bool is_nested = false;   // a group above this one collects already
  store.read([&](store::View& view) { is_nested = find_point(view, point.to).has_value(); });
  if (is_nested) co_return Result<void>{};
  if (point.to.empty()) point.to = text_member(body, "contact");
  else if (!point.to.starts_with('/') && point.to.find("://") == std::string::npos) co_return bad_request("aggregateURI must be an absolute URI, or a path that begins with '/'");
  std::string uri;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    const auto secret = collection_secret(transaction);
    uri = uri_of(point, secret, *common.policy, request.host);
    const auto lane = transaction.lane(lane_of(point, secret));   // who subscribes wants to be told again
    if (lane && decode_collection_state(lane->state).is_closed) transaction.erase_lane(lane->name);
    return {};
  };
  auto written = co_await store::async_write(store, std::move(job), context, net::as_result);
  if (!written) co_return written;
  body.set("aggregateURI", uri);
  common.plain_content = common.content;
  common.content = std::make_shared<const std::string>(codec::encode(request.format, *document->type, body));
  request.content = *common.content;
  co_return Result<void>{};
}

}  // namespace nscl::delivery
