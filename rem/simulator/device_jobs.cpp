// SPDX-License-Identifier: Apache-2.0
// RPCs about files: accepted, done after the session, and told of in a later one.
#include <algorithm>

#include "device.h"
#include "image_version.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t longest_url = 256;
constexpr std::string_view firmware_image = "1 Firmware Upgrade Image", stored_firmware = "6 Stored Firmware Image";

bool is_http(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

/// 9003 or 9013, or 0.
std::uint32_t objection_to(const Job& job) {
  if (job.command_key.size() > longest_key || job.url.size() > longest_url || job.file_type.empty()) return 9003;
  return is_http(job.url) ? 0 : 9013;
}

}  // namespace

Answer Device::perform(tr069::Download request, Time now) {
  Job job;
  job.kind = Job::Kind::download;
  job.command_key = std::move(request.command_key);
  job.file_type = std::move(request.file_type);
  job.url = std::move(request.url);
  job.user = std::move(request.username);
  job.password = std::move(request.password);
  job.file_size = request.file_size;
  job.target = std::move(request.target_file_name);
  job.begins = now + std::chrono::seconds(request.delay_seconds);
  const bool is_refused = options_->style != Style::netcwmp && objection_to(job) != 0;
  if (is_refused) return fault(objection_to(job));
  if (jobs_.is_full()) return fault(9004);
  jobs_.add(std::move(job));
  return tr069::Message(tr069::DownloadResponse{.status = 1, .start_time = {}, .complete_time = {}});
}

Answer Device::perform(tr069::Upload request, Time now) {
  Job job;
  job.kind = Job::Kind::upload;
  job.command_key = std::move(request.command_key);
  job.file_type = std::move(request.file_type);
  job.url = std::move(request.url);
  job.user = std::move(request.username);
  job.password = std::move(request.password);
  job.begins = now + std::chrono::seconds(request.delay_seconds);
  if (objection_to(job) != 0) return fault(objection_to(job));
  if (jobs_.is_full()) return fault(9004);
  jobs_.add(std::move(job));
  return tr069::Message(tr069::UploadResponse{.status = 1, .start_time = {}, .complete_time = {}});
}

Answer Device::perform(tr069::ScheduleDownload request, Time now) {
  Job job;
  job.kind = Job::Kind::scheduled_download;
  job.command_key = std::move(request.command_key);
  job.file_type = std::move(request.file_type);
  job.url = std::move(request.url);
  job.user = std::move(request.username);
  job.password = std::move(request.password);
  job.file_size = request.file_size;
  job.target = std::move(request.target_file_name);
  for (const auto& window : request.time_windows) {
    if (window.window_end <= window.window_start) return fault(9003, "TimeWindowStruct");
    job.windows.emplace_back(now + std::chrono::seconds(window.window_start), now + std::chrono::seconds(window.window_end));
  }
  if (job.windows.empty() || job.windows.size() > 2) return fault(9003, "TimeWindowList");
  if (objection_to(job) != 0) return fault(objection_to(job));
  if (jobs_.is_full()) return fault(9004);
  job.begins = job.windows.front().first;
  job.ends = job.windows.front().second;
  job.windows.erase(job.windows.begin());
  jobs_.add(std::move(job));
  return tr069::Message(tr069::ScheduleDownloadResponse{});
}

Answer Device::perform(tr069::CancelTransfer request, Time) {
  if (!jobs_.cancel(request.command_key)) return fault(9021);
  return tr069::Message(tr069::CancelTransferResponse{});
}

Answer Device::perform(tr069::GetQueuedTransfers, Time) {
  tr069::GetQueuedTransfersResponse out;
  for (auto& transfer : jobs_.transfers()) out.transfers.push_back({std::move(transfer.command_key), transfer.state});
  return tr069::Message(std::move(out));
}

Answer Device::perform(tr069::GetAllQueuedTransfers, Time) {
  return tr069::Message(tr069::GetAllQueuedTransfersResponse{jobs_.transfers()});
}

Answer Device::perform(tr069::ChangeDUState request, Time now) {
  if (request.operations.empty() || request.command_key.size() > longest_key) return fault(9003);
  if (jobs_.is_full()) return fault(9004);
  Job job;
  job.kind = Job::Kind::software;
  job.command_key = std::move(request.command_key);
  job.operations = std::move(request.operations);
  job.begins = now;
  jobs_.add(std::move(job));
  return tr069::Message(tr069::ChangeDUStateResponse{});
}

// ---- what is done after the session

std::optional<FileCall> Device::next_file(Time now) {
  if (is_down(now)) return std::nullopt;
  while (Job* const job = jobs_.begin_next(now)) {
    if (job->kind == Job::Kind::software) {
      if (auto call = next_operation(*job, now)) return call;
      continue;   // all of it is done without a file
    }
    if (options_->style == Style::netcwmp) {
      job->started.reset();
      end_job(*job, {9001, "Request denied"}, now);
      job->completed.reset();
      continue;
    }
    if (options_->style == Style::cwmp_sim && job->kind == Job::Kind::upload) {
      end_job(*job, {9010, "Unknown FileType: " + job->file_type}, now);
      continue;
    }
    if (job->ends && now > *job->ends) {
      end_job(*job, {9020, std::string(tr069::rule_of(9020).text)}, now);
      continue;
    }
    const bool brings = job->kind == Job::Kind::upload;
    auto password = habits_.knows_file_logins ? job->password.copy() : Secret();   // without one no challenge is answered
    return FileCall{job->id, brings ? net::Method::put : net::Method::get, job->url, job->user, std::move(password), brings ? content_of(*job) : ""};
  }
  return std::nullopt;
}

void Device::file_done(std::uint64_t id, FileOutcome outcome, Time now) {
  Job* const job = jobs_.find(id);
  if (!job || job->stage != Job::Stage::runs) return;   // a factory reset came between
  if (job->kind == Job::Kind::software) return end_operation(*job, std::move(outcome), now);
  const bool is_short = outcome.fault.code == 0 && job->kind != Job::Kind::upload && job->file_size != 0 && job->file_size != outcome.content.size();
  if (is_short) outcome.fault = {9018, std::string(tr069::rule_of(9018).text)};
  const bool is_good = outcome.fault.code == 0;
  end_job(*job, std::move(outcome.fault), now);
  const bool is_firmware = job->file_type == firmware_image || job->file_type == stored_firmware;
  if (is_good && job->kind != Job::Kind::upload && is_firmware) install_firmware(*job, outcome.content, now);
}

void Device::end_job(Job& job, tr069::FaultStruct fault, Time now) {
  if (fault.code != 0 && !job.windows.empty()) {   // once more in the next window
    job.begins = job.windows.front().first;
    job.ends = job.windows.front().second;
    job.windows.erase(job.windows.begin());
    job.stage = Job::Stage::waits;
    return;
  }
  job.stage = Job::Stage::is_done;
  job.fault = std::move(fault);
  job.completed = now;
  using tr069::Event;
  const bool is_software = job.kind == Job::Kind::software;
  if (is_software || habits_.announces_transfers) add_event(code_of(is_software ? Event::du_state_change_complete : Event::transfer_complete));
  if (!habits_.names_transfers) return;
  constexpr Event events[] = {Event::m_download, Event::m_schedule_download, Event::m_upload, Event::m_change_du_state};
  add_event(code_of(events[static_cast<std::size_t>(job.kind)]), job.command_key);
}

std::optional<tr069::Message> Device::report() const {
  const Job* const job = jobs_.first_done();
  if (!job) return std::nullopt;
  if (job->kind == Job::Kind::software) return tr069::DUStateChangeComplete{job->results, job->command_key};
  return tr069::TransferComplete{job->command_key, job->fault, job->started, job->completed};
}

/// A target that names an image only stores it there; without one the device boots the new firmware.
void Device::install_firmware(const Job& job, std::string_view content, Time now) {
  const auto version = version_of_image(content, model_.value("DeviceInfo.SoftwareVersion"));
  const auto images = model_.root() + "DeviceInfo.FirmwareImage.";
  for (const auto* const number : {"1.", "2."}) {
    const auto path = images + number, name = path.substr(model_.root().size());
    const bool is_target = !job.target.empty() && (job.target == path || job.target == model_.value(name + "Name"));
    if (!is_target || !model_.find(path)) continue;
    model_.change(name + "Version", version);
    model_.change(name + "Status", "Available");
    return;
  }
  if (job.file_type == stored_firmware) return;
  const auto active = model_.value("DeviceInfo.ActiveFirmwareImage");
  if (!active.empty()) model_.change(active.substr(model_.root().size()) + "Version", version);
  change("DeviceInfo.SoftwareVersion", version);
  add_event(code_of(tr069::Event::boot));
  up_at_ = now + options_->reboot_time;
}

std::string Device::content_of(const Job& job) const {
  std::string out;
  if (job.file_type.find("Log") != job.file_type.npos) {
    for (int line = 1; line <= 8; ++line) out += "simulated line " + std::to_string(line) + " of " + serial_ + '\n';
    return out;
  }
  const auto all = model_.values({model_.root()});
  for (const auto& parameter : *all) out += parameter.name + "=" + parameter.value + '\n';
  return out;
}

}  // namespace nscl::rem::simulator
