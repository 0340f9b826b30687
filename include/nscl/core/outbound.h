// SPDX-License-Identifier: Apache-2.0
// Outbound: what the tree hands over because it leaves this server. Delivery implements it; core does not know how.
#pragma once

#include <string>

#include <boost/asio/io_context.hpp>

#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/model/resource.h>
#include <nscl/net/async.h>
#include <nscl/store/transaction.h>

namespace nscl::core {

/// A change of the tree, told inside its transaction.
struct Change {
  enum class Kind : unsigned char { created, updated, deleted };
  Kind kind;
  const model::Resource& resource;             ///< as it is now; with `deleted` as it was
  const model::Resource* before = nullptr;     ///< with `updated`: as it was
};

class Outbound {
 public:
  virtual ~Outbound() = default;

  /// Called by procedures on the writer's thread for each resource they change: after the change, with `deleted` before
  /// it and for the top of what goes only. Whatever has to follow is written to the outbox of the same transaction.
  virtual void changed(store::Transaction& transaction, const Change& change) = 0;
  virtual void appended(store::Transaction& transaction, const model::Resource& container, const model::Instance& instance) = 0;

  /// Path of the registered SCL whose sclBase has this absolute URI; empty if there is none. Any thread.
  virtual std::string scl_at(store::View& view, std::string_view uri);
  /// Whether a registered SCL has this absolute link, or one above or below it. Any thread.
  virtual bool is_link_taken(store::View& view, std::string_view link);

  /// Tells the contactURI that `request` named what became of it, once the transaction is durable; of a request that was answered
  /// STATUS_ACCEPTED (procedures 1.4). Its content, query and conditions do not matter. On the writer's thread.
  virtual void respond(store::Transaction& transaction, const RequestIndication& request, const ResponseConfirm& confirm);

  /// bad_request if `uri`, which is absolute, has no form in which somebody could be called. Any thread.
  virtual Result<void> check_contact(std::string_view uri) const;

  /// Passes a request on and brings its answer; on the thread of `context`. Does not throw.
  virtual net::Task<ResponseConfirm> relay(RequestIndication request, Route route, boost::asio::io_context& context) = 0;

  /// Asks every member of the group that `target` names (TS 102 921 10.23); on the thread of `context`. Does not throw.
  virtual net::Task<ResponseConfirm> fan_out(RequestIndication request, Target target, boost::asio::io_context& context) = 0;
};

/// Whoever sends nothing knows no SCL.
inline std::string Outbound::scl_at(store::View&, std::string_view) { return {}; }
inline bool Outbound::is_link_taken(store::View&, std::string_view) { return false; }

inline void Outbound::respond(store::Transaction&, const RequestIndication&, const ResponseConfirm&) {}
inline Result<void> Outbound::check_contact(std::string_view) const { return {}; }

}  // namespace nscl::core
