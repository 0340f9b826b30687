// SPDX-License-Identifier: Apache-2.0
// Collector: takes the notifications that members of a group send to a collection point, and keeps them until the
// window of the point is over (procedures 5.9.6). Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include <nscl/net/async.h>
#include <nscl/store/store.h>

#include "collection_point.h"

namespace nscl::delivery {

/// What is known of a point whose lane there is: its parameters, and whether its receiver has been given up.
struct CollectionState {
  std::string parameters;
  bool is_closed = false;
};
std::string encode(const CollectionState& state);
CollectionState decode_collection_state(std::string_view state);

/// The lane that stands for one subscription of those that notify a point: while it is closed, what that one tells is
/// refused. `point`: the point's lane; `reference`: the subscriptionReference.
std::string member_lane(std::string_view point, std::string_view reference);

class Collector {
 public:
  explicit Collector(store::Store& store) : store_(store) {}

  std::optional<CollectionPoint> find(std::string_view uri) const;

  /// Keeps a notify, or each of a notifyCollection; resumes on `context` once they are durable. Fails with bad_request,
  /// not_found (nobody wants them any more: whoever sends them shall stop) and service_unavailable (too many wait).
  net::Task<Result<void>> accept(CollectionPoint point, codec::Format format, std::string document, boost::asio::io_context& context);

 private:
  store::Store& store_;
};

}  // namespace nscl::delivery
