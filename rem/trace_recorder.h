// SPDX-License-Identifier: Apache-2.0
// TraceRecorder: makes the trace of one session.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/rem/traces.h>

namespace nscl::rem {

class TraceRecorder final : public SessionTrace {
 public:
  using Sink = std::function<void(store::ManagementTrace)>;

  /// `problems_only`: what went well is not given to `sink`. `clock` outlives it.
  TraceRecorder(SessionOrigin origin, const TraceOptions& options, bool problems_only, const Clock& clock, Sink sink);

  std::size_t most() const override { return options_.message; }
  void add(TracedMessage message) override;
  void add_event(std::string code) override { events_.push_back(std::move(code)); }
  void remark(const SessionRemark& remark) override;
  void end(std::string_view how, bool is_problem) override;

 private:
  struct Entry {
    Time time{};
    bool is_from_device = false, is_cut = false;
    unsigned status = 0;
    std::string name, id, text;
  };

  void add(Entry entry);
  std::string body() const;

  const SessionOrigin origin_;
  const TraceOptions options_;
  const bool problems_only_;
  const Clock& clock_;
  const Sink sink_;
  const Time began_;
  std::vector<std::string> events_;
  std::deque<Entry> entries_;
  std::size_t octets_ = 0, count_ = 0;
  bool is_problem_ = false;
};

}  // namespace nscl::rem
