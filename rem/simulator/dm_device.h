// SPDX-License-Identifier: Apache-2.0
// A DM client behind its session: its tree, what it was told to do and when, and what it has to tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nscl/rem/simulator/dm_client.h>

namespace nscl::rem::simulator {

inline constexpr std::string_view operations = "/Operations/";   ///< what can be executed of a node stands below it there
inline constexpr std::size_t kept_of_package = 128;              ///< octets; only its version matters

/// A generic alert (code 1226), until the server has taken it.
struct DmAlert {
  std::uint64_t number = 0;
  std::string correlator, source, type, format = "int", data;
};

/// What takes its time.
struct DmJob {
  enum class Kind { download, update, download_and_update, fetch_software, install_software };
  enum class Stage { waits, fetches, installs };
  std::uint64_t id = 0;
  Kind kind = Kind::download;
  Stage stage = Stage::waits;
  Time due{};
  std::string correlator;
  std::string node;              ///< the alert is from there
  std::string name;              ///< of the software
  std::string url, content;
  bool starts = true;            ///< software that is active once it is installed
};

class DmDevice {
 public:
  DmDevice(std::shared_ptr<const DmClientOptions> options, std::string id, Time now);

  const DmClientOptions& options() const { return *options_; }
  const std::string& id() const { return id_; }
  DmTree& tree() { return tree_; }
  const DmTree& tree() const { return tree_; }

  Time next() const;
  bool wants_session(Time now);
  bool is_down(Time now) const { return now < up_at_; }
  /// Somebody calls: the next session is one that the server wants.
  void call() { is_called_ = true; }
  /// `is_good`: what it was wanted for is done.
  void end_session(bool is_good, Time now);
  /// Once after each: it is as it left the factory, credentials too.
  bool was_reset() { return std::exchange(was_reset_, false); }

  /// Status of an Exec.
  int execute(std::string_view uri, const std::string& correlator, Time now);
  /// A node was written or deleted.
  void changed(std::string_view uri);
  const std::deque<DmAlert>& alerts() const { return alerts_; }
  void alert_is_taken(std::uint64_t number);

  std::optional<FileCall> next_file(Time now);
  void file_done(std::uint64_t id, FileOutcome outcome, Time now);

 private:
  void leave_factory();
  void tell(std::string correlator, std::string_view source, std::string_view type, unsigned result);
  int begin_job(DmJob job, Time now);
  void settle(Time now);
  int lock(std::string_view operation, const std::string& correlator);
  int switch_capability(std::string_view uri, const std::string& correlator);
  // dm_firmware.cpp
  int execute_firmware(std::string_view operation, const std::string& correlator, Time now);
  void firmware_fetched(DmJob& job, unsigned code, Time now);
  void firmware_installed(const DmJob& job);
  int stop_firmware();
  void end_firmware(const DmJob& job, unsigned state, unsigned code);
  // dm_software.cpp
  int execute_software(std::string_view uri, const std::string& correlator, Time now);
  int execute_deployed(const std::string& node, std::string_view operation, const std::string& correlator);
  void software_fetched(DmJob& job, unsigned code, Time now);
  std::string place_of_software(const std::string& package, const std::string& name) const;
  void software_installed(const DmJob& job);
  void end_software(const DmJob& job, unsigned code);

  std::shared_ptr<const DmClientOptions> options_;
  std::string id_;
  DmTree tree_;
  std::deque<DmJob> jobs_;
  std::deque<DmAlert> alerts_;
  std::uint64_t last_number_ = 0;
  Time up_at_{}, periodic_ = never;
  bool is_new_ = true, is_called_ = false, was_reset_ = false;
  std::optional<std::string> restarts_, resets_;   ///< once the session is over; the correlator of the command
};

}  // namespace nscl::rem::simulator
