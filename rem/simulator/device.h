// SPDX-License-Identifier: Apache-2.0
// A device behind its session: what it has, what it was told to do and when, and how it answers each RPC.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nscl/rem/simulator.h>
#include <nscl/rem/tr069/rpc.h>

#include "embedded.h"
#include "habits.h"
#include "jobs.h"

namespace nscl::rem::simulator {

/// What a device does on an RPC in place of a response.
enum class Silence { skips, dies };
using Answer = std::variant<tr069::Message, Silence>;

class Device {
 public:
  Device(std::shared_ptr<const CpeOptions> options, std::string serial, std::string connection_request_url, Time now);

  const CpeOptions& options() const { return *options_; }
  const Habits& habits() const { return habits_; }
  DataModel& model() { return model_; }
  const std::string& serial() const { return serial_; }

  Time next() const;
  bool wants_session(Time now);
  bool is_down(Time now) const { return now < up_at_; }

  tr069::Inform inform(Time now, std::uint32_t retry_count);
  /// The ACS knows of them.
  void forget_events();
  /// What has to be told next, by a request of the device; none: nothing.
  std::optional<tr069::Message> report() const;
  void report_is_taken() { jobs_.drop_first_done(); }
  Answer answer(tr069::Message request, Time now);
  /// An RPC that is none of ours, or that could not be read.
  Answer refuse(const tr069::Fault& fault) const;
  void end_session(Time now);

  std::optional<FileCall> next_file(Time now);
  void file_done(std::uint64_t id, FileOutcome outcome, Time now);
  void request_connection();
  bool change(std::string_view name, std::string_view value);

 private:
  // device_answers.cpp
  Answer perform(tr069::GetRPCMethods, Time);
  Answer perform(tr069::GetParameterNames, Time);
  Answer perform(tr069::GetParameterValues, Time);
  Answer perform(tr069::SetParameterValues, Time);
  Answer perform(tr069::GetParameterAttributes, Time);
  Answer perform(tr069::SetParameterAttributes, Time);
  Answer perform(tr069::AddObject, Time);
  Answer perform(tr069::DeleteObject, Time);
  Answer perform(tr069::Reboot, Time);
  Answer perform(tr069::FactoryReset, Time);
  Answer perform(tr069::ScheduleInform, Time);
  // device_jobs.cpp
  Answer perform(tr069::Download, Time);
  Answer perform(tr069::Upload, Time);
  Answer perform(tr069::ScheduleDownload, Time);
  Answer perform(tr069::CancelTransfer, Time);
  Answer perform(tr069::GetQueuedTransfers, Time);
  Answer perform(tr069::GetAllQueuedTransfers, Time);
  Answer perform(tr069::ChangeDUState, Time);
  template <class Other>
  Answer perform(const Other&, Time) { return refuse(tr069::make_fault(9000)); }

  Answer fault(std::uint32_t code, std::string_view more = {}) const { return tr069::Message(tr069::make_fault(code, more)); }
  void leave_factory();
  void keep_key(const std::string& key);
  void act_on(const std::vector<tr069::ParameterValueStruct>& parameters);
  void add_event(std::string_view code, const std::string& key = {});
  void boot(std::string_view first_event, Time now);
  void take_timers(Time now);
  Time next_timer() const;
  void end_job(Job& job, tr069::FaultStruct fault, Time now);
  void install_firmware(const Job& job, std::string_view content, Time now);
  void activate_image();
  std::string content_of(const Job& job) const;
  // device_software.cpp
  std::optional<FileCall> next_operation(Job& job, Time now);
  void end_operation(Job& job, FileOutcome outcome, Time now);
  tr069::OpResultStruct install(const tr069::InstallOpStruct& operation);
  tr069::OpResultStruct install(const tr069::UpdateOpStruct& operation);
  tr069::OpResultStruct install(const tr069::UninstallOpStruct& operation);
  std::string unit_with(std::string_view uuid) const;
  void describe(tr069::OpResultStruct& result, const std::string& unit) const;

  std::shared_ptr<const CpeOptions> options_;
  const Habits& habits_;
  std::string serial_, url_;
  DataModel model_;
  Jobs jobs_;
  Proxy proxy_;
  std::vector<tr069::EventStruct> events_;
  std::set<std::string> changed_;          ///< full names, to be told of
  Time up_at_{};                           ///< it boots until then
  Time periodic_ = never;
  std::uint32_t interval_ = 0;             ///< that periodic_ was made with; 0: none
  Time periodic_base_{};
  std::vector<std::pair<Time, std::string>> scheduled_;   ///< ScheduleInform
  std::optional<std::string> reboots_;     ///< once the session is over, by this command
  bool resets_ = false;                    ///< the same
};

}  // namespace nscl::rem::simulator
