// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/traces.h>

#include <memory>
#include <utility>

#include <nscl/base/log.h>

#include "trace_recorder.h"

namespace nscl::rem {
namespace {

constexpr std::size_t most_waiting = 512;   ///< traces that are not written yet; more in a second are lost

}  // namespace

Traces::Traces(store::Store& store, const Clock& clock, TraceOptions options) : store_(store), clock_(clock), options_(options) {}

std::unique_ptr<SessionTrace> Traces::trace(SessionOrigin origin, boost::asio::io_context& context) {
  if (options_.kept == 0) return nullptr;
  bool is_chosen = options_.of == TraceOptions::Of::all;
  if (!is_chosen) store_.read([&](store::View& view) { is_chosen = view.management().is_traced(origin.device); }, context);
  if (!is_chosen && options_.of == TraceOptions::Of::chosen) return nullptr;
  return std::make_unique<TraceRecorder>(std::move(origin), options_, !is_chosen, clock_, [this](store::ManagementTrace trace) { take(std::move(trace)); });
}

void Traces::take(store::ManagementTrace trace) {
  const std::scoped_lock lock(mutex_);
  if (ended_.size() < most_waiting) ended_.push_back(std::move(trace));
  else ++lost_;
}

void Traces::keep(boost::asio::io_context& context) {
  const auto traces = std::make_shared<std::vector<store::ManagementTrace>>();
  std::size_t lost = 0;
  {
    const std::scoped_lock lock(mutex_);
    traces->swap(ended_);
    lost = std::exchange(lost_, 0);
  }
  if (lost > 0) log::warning("trace.lost", {{"sessions", std::uint64_t{lost}}, {"reason", "more ended in a second than are written"}});
  if (traces->empty()) return;
  store_.write(
      [traces, kept = options_.kept](store::Transaction& transaction) -> Result<void> {
        auto& management = transaction.manage();
        for (const auto& trace : *traces) {
          if (management.device(trace.device)) management.add_trace(trace, kept);   // it may be forgotten by now
        }
        return {};
      },
      context, [](const Result<void>& done) {
        if (!done) log::warning("trace.not_written", {{"reason", done.error().detail}});
      });
}

}  // namespace nscl::rem
