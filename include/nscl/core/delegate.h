// SPDX-License-Identifier: Apache-2.0
// Delegate: who has to act elsewhere before a change of the tree may come true. Device management implements it; core does not
// know how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>

#include <nscl/core/outbound.h>
#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/model/resource.h>
#include <nscl/net/async.h>
#include <nscl/store/transaction.h>

namespace nscl::security {
class Integrity;
}

namespace nscl::core {

/// What was taken over, to be asked about later.
using Ticket = std::uint64_t;

/// An action that has begun.
struct Started {
  std::optional<Ticket> ticket;   ///< none: it has ended already
  std::string resource;   ///< that tells of its progress: an execInstance, or the resource that has the action's status
};

class Delegate {
 public:
  virtual ~Delegate() = default;

  // On the writer's thread, inside the transaction, once the request is known to be valid and allowed.

  /// Before `wanted` is stored. Nothing: it concerns the tree alone. A ticket: the tree stays as it is until the change has
  /// come true elsewhere, and is then changed by the delegate. An error refuses the request.
  virtual Result<std::optional<Ticket>> take(store::Transaction& transaction, const Change& wanted, const RequestIndication& request) = 0;

  /// EXECUTE on `attribute` of `resource`; empty: on the resource itself. not_implemented: nothing can be done by it.
  virtual Result<Started> start(store::Transaction& transaction, const model::Resource& resource, std::string_view attribute,
                                const RequestIndication& request) = 0;

  /// EXECUTE on the members of the group that `target` names. Nothing: they are asked one by one, as by any method. Else the members are
  /// worked off later, and this URI path at this server tells how it goes. On the thread of `context`.
  virtual net::Task<Result<std::optional<std::string>>> start_at_members(const RequestIndication& request, const Target& target,
                                                                         boost::asio::io_context& context);

  /// Whether `target` may be a resource whose values stand elsewhere, by its path. Any thread.
  virtual bool may_refresh(const RequestIndication& request, const Target& target) const = 0;

  /// Before a RETRIEVE that is allowed: brings the values from where they stand, or gives up when the request can wait no longer.
  /// An error: there is no value to be shown. On the thread of `context`.
  virtual net::Task<Result<void>> refresh(const RequestIndication& request, const Target& target, boost::asio::io_context& context) = 0;

  /// Waits for the end, as long as the request can wait. Nothing: it is not over yet. On the thread of `context`.
  virtual net::Task<std::optional<Result<void>>> settled(Ticket ticket, const RequestIndication& request, boost::asio::io_context& context) = 0;
};

inline net::Task<Result<std::optional<std::string>>> Delegate::start_at_members(const RequestIndication&, const Target&, boost::asio::io_context&) {
  co_return std::nullopt;
}

/// Whom a procedure tells, asks, or hands things over to; each may be null: there is none.
struct Partners {
  Outbound* outbound = nullptr;              ///< is told of changes
  security::Integrity* integrity = nullptr;  ///< judges what SCLs tell of themselves
  Delegate* delegate = nullptr;
};

}  // namespace nscl::core
