// SPDX-License-Identifier: Apache-2.0
// Pipeline: the way of one request, top to bottom.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/time.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/model/registry.h>
#include <nscl/net/async.h>
#include <nscl/store/store.h>

namespace nscl::security {
class Integrity;
}

namespace nscl::core {

class BodyCache;
class Delegate;
class Outbound;

/// The answer to a request that failed: an errorInfo in the request's format and dialect.
ResponseConfirm refusal(const RequestIndication& request, const Error& error);

/// One object for all I/O threads; handle() may run on each of them at once.
class Pipeline {
 public:
  Pipeline(const model::Registry& registry, store::Store& store, const Clock& clock, std::shared_ptr<const Policy> policy);
  ~Pipeline();

  /// Answers a request. Reads complete at once on the calling thread; writes resume on `context` after the commit.
  /// Never throws: a broken invariant is STATUS_INTERNAL_SERVER_ERROR with a correlation id that the log repeats.
  net::Task<ResponseConfirm> handle(RequestIndication request, boost::asio::io_context& context);

  /// The same for what need not wait, and costs less: a read of this tree. Nothing for all else; handle() answers that.
  std::optional<ResponseConfirm> answer_now(const RequestIndication& request, boost::asio::io_context& context);

  /// The answer to a request whose change was handed over (delegate.h), now that it has ended: what handle() would have answered
  /// if it had waited. `resource`: what it is about; empty: it is not there any more. Wherever `view` may be used.
  ResponseConfirm answer_late(store::View& view, const RequestIndication& request, std::string resource, const Result<void>& end) const;

  /// True if by its place `to` is an attribute that starts an action (execEnable).
  bool is_action(std::string_view to) const;

  /// The verbs that `to` admits by its place in the tree (OPTIONS); none if the path means nothing.
  model::Verb verbs_of(std::string_view to) const;

  /// A reload: requests that began before keep the old policy.
  Time now() const;
  void set_policy(std::shared_ptr<const Policy> policy);
  std::shared_ptr<const Policy> policy() const;

  /// Who is told of changes and passes requests on. Set before the first request; null: such requests are answered 501.
  void set_outbound(Outbound* outbound);

  /// Who acts on devices. Set before the first request; null: actions are answered 501, and management objects are data.
  void set_delegate(Delegate* delegate);

  /// Who judges what SCLs tell of their integrity. Set before the first request; null: nobody.
  void set_integrity(security::Integrity* integrity);
  /// True for "scls/ID" of an SCL that is quarantined, and for what lies below. Any thread.
  bool is_quarantined(std::string_view path) const;

  /// Makes what a new tree holds: the sclBase and its default access rights. Idempotent; called at start-up.
  Result<void> prepare_tree();

  /// Deletes what has expired; called every second from a background coroutine. Posts jobs to the store, does not wait.
  void sweep(boost::asio::io_context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::core
