// SPDX-License-Identifier: Apache-2.0
// Command: one RPC. Before one that may have been sent is repeated, it is looked for among what the device tells.
#include <algorithm>

#include "arguments.h"
#include "staged.h"
#include "units.h"

namespace nscl::rem::tr069 {
namespace {

Report accepted() {
  Report report;
  report.end = Report::End::accepted;
  return report;
}

bool is_transfer(std::string_view type) { return type == "DOWNLOAD" || type == "UPLOAD" || type == "SCHEDULEDOWNLOAD"; }

/// Events that a device tells with the key of the command that it has carried out.
constexpr Event ends_of_command[] = {Event::transfer_complete, Event::du_state_change_complete, Event::m_download,
                                     Event::m_schedule_download, Event::m_upload, Event::m_change_du_state};

class PerformCommand final : public Staged {
 public:
  PerformCommand(const Command& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), command_(task), units_(operations_of(task)) {}

  Step begin() override;

 private:
  enum class Stage { asking_transfers, listing_units, reading_units, sending };

  ValueReader* reading() override { return stage_ == Stage::reading_units ? &reader_ : nullptr; }
  Step have_read() override;
  Step unread(Report) override { return repeat(); }
  Step ask() override;
  Step took(const Message& response) override;
  Step refused(const Fault& fault) override;
  Step silent(unsigned times) override;

  Step verify();
  Report begun() const;
  Step repeat();
  Step found_transfers(const GetAllQueuedTransfersResponse& response);
  Step found_units(const GetParameterNamesResponse& response);
  bool has_event(Event event) const;
  bool was_told_of() const;
  bool knows(std::string_view method) const;

  template <class Response>
  Step transferred(const Response& response);

  Command command_;
  std::vector<UnitOperation> units_;
  std::vector<std::string> present_;   ///< deployment units of the device
  ValueReader reader_;
  Stage stage_ = Stage::sending;
};

PerformCommand::Step PerformCommand::begin() {
  if (auto rpc = rpc_of(command_, key_); !rpc) {
    Report report;
    report.end = Report::End::failed;
    report.status = rpc.error().status;
    report.code = "9003";
    report.text = std::move(rpc.error().detail);
    return report;
  }
  return may_have_happened_ ? verify() : send();
}

PerformCommand::Step PerformCommand::verify() {
  // Some tell "1 BOOT" only, even after a factory reset.
  if (command_.type == "REBOOT" && ends_reboot(model(), situation_.events).value_or(has_event(Event::boot) || has_event(Event::m_reboot))) return Report{};
  if (command_.type == "RESET" && (has_event(Event::bootstrap) || has_event(Event::boot))) return Report{};
  // How it ended was told by the message of completion, and is not for us to say.
  if (was_told_of()) return accepted();
  if (is_transfer(command_.type) && knows(GetAllQueuedTransfers::name)) stage_ = Stage::asking_transfers;
  if (!units_.empty() && !facts().root.empty() && !model().no_gpn) stage_ = Stage::listing_units;
  return send();
}

PerformCommand::Step PerformCommand::repeat() {
  stage_ = Stage::sending;
  return send();
}

PerformCommand::Step PerformCommand::ask() {
  if (stage_ == Stage::asking_transfers) return Message(GetAllQueuedTransfers{});
  if (stage_ == Stage::listing_units) return Message(GetParameterNames{unit_table(facts().root), true});
  auto rpc = rpc_of(command_, key_);   // begin() has seen that it is one
  return std::move(*rpc);
}

PerformCommand::Step PerformCommand::took(const Message& response) {
  if (stage_ == Stage::asking_transfers) return found_transfers(std::get<GetAllQueuedTransfersResponse>(response));
  if (stage_ == Stage::listing_units) return found_units(std::get<GetParameterNamesResponse>(response));
  if (const auto* download = std::get_if<DownloadResponse>(&response)) return transferred(*download);
  if (const auto* upload = std::get_if<UploadResponse>(&response)) return transferred(*upload);
  return accepted();
}

PerformCommand::Step PerformCommand::refused(const Fault& fault) {
  if (stage_ != Stage::sending) return repeat();
  // A deployment unit that is there already: by us, if we may have asked for it before.
  const bool is_there = fault.code == 9026 || fault.code == 9032;
  if (is_there && may_have_happened_ && !units_.empty()) return Report{};
  return failure_of(fault, command_.type, attempts_);
}

PerformCommand::Step PerformCommand::silent(unsigned times) {
  return stage_ == Stage::sending ? Staged::silent(times) : repeat();
}

PerformCommand::Step PerformCommand::found_transfers(const GetAllQueuedTransfersResponse& response) {
  const bool is_queued = std::ranges::find(response.transfers, key_, &AllQueuedTransferStruct::command_key) != response.transfers.end();
  return is_queued ? Step(accepted()) : repeat();
}

PerformCommand::Step PerformCommand::found_units(const GetParameterNamesResponse& response) {
  present_ = units_in(facts().root, response.parameters);
  reader_ = ValueReader(unit_leaves(present_), model().gpv_batch, ValueReader::Faults::mean_missing);
  stage_ = Stage::reading_units;
  return send();
}

PerformCommand::Step PerformCommand::have_read() {
  return are_done(units_, present_, reader_) ? Step(Report{}) : repeat();
}

bool PerformCommand::has_event(Event event) const {
  return std::ranges::any_of(situation_.events, [&](const EventStruct& told) { return told.event() == event; });
}

bool PerformCommand::was_told_of() const {
  const auto& completed = situation_.completed_keys;
  if (std::ranges::find(completed, key_) != completed.end()) return true;
  return std::ranges::any_of(situation_.events, [&](const EventStruct& told) {
    return told.command_key == key_ && std::ranges::find(ends_of_command, told.event()) != std::end(ends_of_command);
  });
}

/// Or may know, as far as it has said.
bool PerformCommand::knows(std::string_view method) const {
  const auto& methods = facts().methods;
  const bool is_named = methods.empty() || std::ranges::find(methods, method) != methods.end();
  return is_named && std::ranges::find(facts().unsupported, method) == facts().unsupported.end();
}

/// What a model that may never report it is to be recognised by, if it loads a new version. One that was verified may have it already.
Report PerformCommand::begun() const {
  auto report = accepted();
  if (command_.type == "DOWNLOAD" && model().success_on_timeout && !may_have_happened_) report.version_before = facts().software_version;
  return report;
}

template <class Response>
PerformCommand::Step PerformCommand::transferred(const Response& response) {
  if (response.status >= 9000) return refused(make_fault(response.status));
  if (response.status != 0) return begun();
  Report report;
  report.started = response.start_time;
  report.completed = response.complete_time;
  return report;
}

}  // namespace

std::unique_ptr<Performance> perform_command(const Command& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<PerformCommand>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
