// SPDX-License-Identifier: Apache-2.0
// FanOut: one request to a group becomes a request to each member, and their answers one (TS 102 921 10.23; procedures 5.5.1).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/core/pipeline.h>
#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/model/registry.h>
#include <nscl/net/async.h>
#include <nscl/store/store.h>

namespace nscl::delivery {

struct FanOutOptions {
  std::size_t at_once = 32;                          ///< members of one group that are asked at the same time
  std::size_t members = 50'000;                      ///< of all groups together that are being asked; a request for more is refused
  std::chrono::milliseconds time{20'000};            ///< for all answers, if the request sets no deadline
  std::chrono::milliseconds longest_time{300'000};   ///< whatever its deadline; also the longest window of a spread retrieval
  std::chrono::milliseconds shortest_try{2'000};     ///< of one member of an anycast
  std::size_t answer_bytes = 16u << 20;              ///< bodies in one aggregate, and in all that are nested in it together
  std::size_t groups = 64;                           ///< that one groupRequestIdentifier may reach
  std::size_t identifiers = 10'000;                  ///< remembered at once; beyond that the oldest are forgotten
  std::chrono::milliseconds memory{300'000};         ///< how long an identifier is known
  std::function<double()> random;                    ///< from 0 up to, not including, 1, on any thread; empty: a source of its own
};

/// One object for all I/O threads.
class FanOut {
 public:
  FanOut(core::Pipeline& pipeline, const model::Registry& registry, store::Store& store, const Clock& clock, FanOutOptions options = {});
  ~FanOut();

  /// What core::Outbound::fan_out is to do: `target` is of Kind::members. Answers `membersContentResponses`, or what one
  /// member answered (docs/delivery.md: anycast, spread). Runs on the thread of `context` and does not throw; members
  /// that are late go on after it has answered, so this object has to outlive the context.
  net::Task<core::ResponseConfirm> run(core::RequestIndication request, core::Target target, boost::asio::io_context& context);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::delivery
