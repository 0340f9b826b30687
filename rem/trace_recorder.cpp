// SPDX-License-Identifier: Apache-2.0
#include "trace_recorder.h"

#include <utility>

#include <nlohmann/json.hpp>

#include <nscl/base/compression.h>

namespace nscl::rem {
namespace {

constexpr std::size_t most_entries = 256;   ///< messages; the oldest go beyond
constexpr unsigned ok = 200;

}  // namespace

TraceRecorder::TraceRecorder(SessionOrigin origin, const TraceOptions& options, bool problems_only, const Clock& clock, Sink sink)
    : origin_(std::move(origin)), options_(options), problems_only_(problems_only), clock_(clock), sink_(std::move(sink)), began_(clock.now()) {}

void TraceRecorder::add(TracedMessage message) {
  is_problem_ = is_problem_ || message.is_problem;
  Entry entry;
  entry.time = clock_.now();
  entry.is_from_device = message.is_from_device;
  entry.status = message.is_from_device ? 0 : ok;
  entry.name = std::move(message.name);
  entry.id = std::move(message.id);
  entry.text = std::move(message.text);
  entry.is_cut = entry.text.size() > options_.message;
  if (entry.is_cut) entry.text.resize(options_.message);
  add(std::move(entry));
}

void TraceRecorder::remark(const SessionRemark& remark) {
  is_problem_ = is_problem_ || remark.is_problem;
  Entry entry;
  entry.time = clock_.now();
  entry.is_from_device = remark.is_from_device;
  entry.status = remark.status;
  entry.name = remark.what.substr(0, options_.message);
  add(std::move(entry));
}

/// The newest texts are kept: they lead up to the end, which is what one wants to know.
void TraceRecorder::add(Entry entry) {
  ++count_;
  octets_ += entry.text.size();
  entries_.push_back(std::move(entry));
  if (entries_.size() > most_entries) {
    octets_ -= entries_.front().text.size();
    entries_.pop_front();
  }
  for (auto oldest = entries_.begin(); octets_ > options_.octets && oldest != entries_.end(); ++oldest) {
    octets_ -= oldest->text.size();
    oldest->is_cut = oldest->is_cut || !oldest->text.empty();
    oldest->text.clear();
  }
}

std::string TraceRecorder::body() const {
  using Json = nlohmann::ordered_json;
  Json messages = Json::array();
  for (const auto& entry : entries_) {
    Json out{{"time", format_date_time(entry.time)}, {"from", entry.is_from_device ? "device" : "server"}, {"name", entry.name}};
    if (!entry.id.empty()) out["id"] = entry.id;
    if (entry.status != 0) out["status"] = entry.status;
    if (!entry.text.empty()) out["text"] = entry.text;
    if (entry.is_cut) out["isCut"] = true;
    messages.push_back(std::move(out));
  }
  const Json body{{"peer", origin_.peer},  {"isTls", origin_.is_tls}, {"user", origin_.user}, {"events", events_},
                  {"leftOut", count_ - entries_.size()}, {"messages", std::move(messages)}};
  return body.dump(-1, ' ', true, Json::error_handler_t::replace);
}

void TraceRecorder::end(std::string_view how, bool is_problem) {
  is_problem_ = is_problem_ || is_problem;
  if (problems_only_ && !is_problem_) return;
  store::ManagementTrace trace;
  trace.device = origin_.device;
  trace.began = began_;
  trace.ended = clock_.now();
  trace.is_problem = is_problem_;
  trace.end = how;
  trace.messages = count_;
  trace.body = compress(Compression::deflate, body());
  sink_(std::move(trace));
}

}  // namespace nscl::rem
