// SPDX-License-Identifier: Apache-2.0
// What a device was told to fetch, to bring or to install, until its ACS knows what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/simulator.h>
#include <nscl/rem/tr069/rpc.h>

namespace nscl::rem::simulator {

inline constexpr std::size_t longest_key = 32;   ///< of CommandKey and ParameterKey

struct Job {
  enum class Kind { download, scheduled_download, upload, software };
  enum class Stage : std::uint32_t { waits = 1, runs = 2, is_done = 3 };   ///< State of a QueuedTransferStruct
  std::uint64_t id = 0;
  Kind kind = Kind::download;
  Stage stage = Stage::waits;
  std::string command_key, file_type, url, user, target;
  Secret password;
  std::uint32_t file_size = 0;
  Time begins{};
  std::optional<Time> ends;                       ///< of the window
  std::vector<std::pair<Time, Time>> windows;     ///< that come after it
  std::vector<tr069::Operation> operations;       ///< of software
  std::vector<tr069::OpResultStruct> results;     ///< of the first of them
  tr069::FaultStruct fault;
  std::optional<Time> started, completed;
};

class Jobs {
 public:
  static constexpr std::size_t most = 16;

  bool is_full() const { return jobs_.size() >= most; }
  void add(Job job);
  /// The one to begin now, which counts as running from here on.
  Job* begin_next(Time now);
  Job* find(std::uint64_t id);
  /// The first that is done and has to be told of.
  const Job* first_done() const;
  void drop_first_done();
  /// False: it runs or is done.
  bool cancel(std::string_view command_key);
  /// When the next one begins; `never` if none waits.
  Time next() const;
  std::vector<tr069::AllQueuedTransferStruct> transfers() const;
  void clear() { jobs_.clear(); }
  bool has_running() const;

 private:
  std::deque<Job> jobs_;
  std::uint64_t last_id_ = 0;
};

}  // namespace nscl::rem::simulator
