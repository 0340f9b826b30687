// SPDX-License-Identifier: Apache-2.0
// Time and commands of a DM client.
#include "dm_device.h"

#include <algorithm>

#include "dm_gateway.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view firmware = "./FUMO/1/", software = "./SCOMO/", lawmo = "./LAWMO", capabilities = "./DCMO/";
constexpr std::string_view restart = "./ManagedObjects/DiagMon/Restart", start_of_restart = "./ManagedObjects/DiagMon/Restart/Operations/Start";
constexpr std::string_view trap = "./ManagedObjects/DiagMon/Trap", trap_switch = "./ManagedObjects/DiagMon/Trap/Enabled", scl = "./ETSI/SclMo/";
constexpr std::size_t most_jobs = 16, most_alerts = 64;

constexpr unsigned succeeded = 1200;   ///< of all objects but FUMO and DiagMon

/// What FUMO calls a transfer that ended with a fault of CWMP.
unsigned result_of(std::uint32_t fault) {
  switch (fault) {
    case 0: return 200;
    case 9012: return 406;    // authentication
    case 9013: return 411;    // URL
    case 9015: return 503;    // network
    case 9017: return 402;    // corrupt
    default: return 412;      // server
  }
}

/// As an account names it (DMAcc).
std::string_view account_name_of(omadm::DmAuthentication type) {
  if (type == omadm::DmAuthentication::mac) return "HMAC";
  return type == omadm::DmAuthentication::basic ? "BASIC" : "DIGEST";
}

}  // namespace

DmDevice::DmDevice(std::shared_ptr<const DmClientOptions> options, std::string id, Time now)
    : options_(std::move(options)), id_(std::move(id)), tree_(options_->tree) {
  leave_factory();
  if (options_->interval.count() != 0) periodic_ = now + options_->interval;
}

void DmDevice::leave_factory() {
  tree_.reset();
  tree_.change("./DevInfo/DevId", id_);
  if (!options_->manufacturer.empty()) tree_.change("./DevInfo/Man", options_->manufacturer);
  tree_.change("./DMAcc/account/ServerID", options_->server_id);
  tree_.change("./DMAcc/account/AppAddr/1/Addr", options_->url);
  tree_.change("./DMAcc/account/AppAuth/client/AAuthName", options_->user.empty() ? id_ : options_->user);
  tree_.change("./DMAcc/account/AppAuth/server/AAuthName", options_->server_id);
  list_attached(tree_, id_, options_->behind);
  tree_.change("./DMAcc/account/AAuthPref", account_name_of(options_->begins_with));
  tree_.change("./DMAcc/account/AppAuth/client/AAuthType", account_name_of(options_->begins_with));
  tree_.change("./DMAcc/account/AppAuth/server/AAuthType", account_name_of(options_->server_shows));
}

Time DmDevice::next() const {
  Time out = std::min(periodic_, is_new_ || is_called_ || !alerts_.empty() ? Time{} : never);
  for (const auto& job : jobs_) {
    if (job.stage != DmJob::Stage::fetches) out = std::min(out, job.due);
  }
  return std::max(out, up_at_);
}

bool DmDevice::wants_session(Time now) {
  if (is_down(now)) return false;
  settle(now);
  return is_new_ || is_called_ || !alerts_.empty() || now >= periodic_;
}

void DmDevice::end_session(bool is_good, Time now) {
  if (is_good) is_new_ = is_called_ = false;
  if (options_->interval.count() != 0) periodic_ = now + options_->interval;
  if (resets_) {
    jobs_.clear();
    alerts_.clear();
    leave_factory();
    was_reset_ = true;
    tell(*resets_, lawmo, "urn:oma:at:lawmo:1.0:OperationComplete", succeeded);
  } else if (restarts_) {
    tell(*restarts_, restart, "urn:oma:at:diagmon:1.0:OperationComplete", 200);
  }
  if (resets_ || restarts_) up_at_ = now + options_->reboot_time;
  resets_.reset();
  restarts_.reset();
}

void DmDevice::tell(std::string correlator, std::string_view source, std::string_view type, unsigned result) {
  if (alerts_.size() >= most_alerts) return;
  DmAlert alert;
  alert.number = ++last_number_;
  alert.correlator = std::move(correlator);
  alert.source = source;
  alert.type = type;
  alert.data = std::to_string(result);
  alerts_.push_back(std::move(alert));
}

void DmDevice::alert_is_taken(std::uint64_t number) {
  std::erase_if(alerts_, [&](const DmAlert& alert) { return alert.number == number; });
}

// ---- commands

int DmDevice::execute(std::string_view uri, const std::string& correlator, Time now) {
  const auto* const node = tree_.find(uri);
  if (!node) return 404;
  if (!node->is_executable) return 405;
  if (uri.starts_with(firmware)) return execute_firmware(uri.substr(firmware.size()), correlator, now);
  if (uri.starts_with(software)) return execute_software(uri, correlator, now);
  if (uri.starts_with(lawmo)) return lock(uri.substr(uri.rfind('/') + 1), correlator);
  if (uri.starts_with(capabilities)) return switch_capability(uri, correlator);
  if (uri == start_of_restart) {
    restarts_ = correlator;
    return 202;
  }
  if (uri.starts_with(trap)) tree_.change(trap_switch, uri.ends_with("/Enable") ? "true" : "false");
  if (uri.starts_with(scl)) {
    tree_.change("./ETSI/SclMo/SclActionStatus/Progress", "100");
    tree_.change("./ETSI/SclMo/SclActionStatus/FinalStatus", "SUCCESS");
  }
  if (uri == "./test/execute") tell(correlator, uri, "urn:test", 200);
  return 200;
}

int DmDevice::lock(std::string_view operation, const std::string& correlator) {
  if (operation == "FactoryReset") {
    resets_ = correlator;
    return 202;
  }
  tree_.change("./LAWMO/State", operation == "FullyLock" ? "10" : operation == "PartiallyLock" ? "20" : "30");
  tell(correlator, lawmo, "urn:oma:at:lawmo:1.0:OperationComplete", succeeded);
  return 202;
}

int DmDevice::switch_capability(std::string_view uri, const std::string& correlator) {
  const auto end = uri.find(operations);
  const auto capability = std::string(uri.substr(0, end));
  tree_.change(capability + "/Enabled", uri.substr(end + operations.size()) == "Enable" ? "true" : "false");
  tell(correlator, capability, "urn:oma:at:dcmo:1.0:OperationComplete", succeeded);
  return 202;
}

void DmDevice::changed(std::string_view uri) {
  if (uri == "./FUMO/1/Update/PkgData") tree_.change("./FUMO/1/State", tree_.find(uri) ? "50" : "10");
  if (switch_attached(tree_, id_, options_->behind, uri)) tell({}, dm_list, "urn:nscl:at:attached", static_cast<unsigned>(tree_.children(dm_list).size()));
  if (uri == "./Vendor/memory/alarm" && tree_.value(trap_switch) == "true") tell({}, trap, "urn:oma:at:diagmon:1.0:TrapEvent", 200);
}

// ---- what takes its time

int DmDevice::begin_job(DmJob job, Time now) {
  if (jobs_.size() >= most_jobs) return 503;
  job.id = ++last_number_;
  job.due = now + options_->action_time;
  jobs_.push_back(std::move(job));
  return 202;
}

/// What is installed by now.
void DmDevice::settle(Time now) {
  const auto is_over = [&](const DmJob& job) { return job.stage == DmJob::Stage::installs && job.due <= now; };
  for (auto found = std::ranges::find_if(jobs_, is_over); found != jobs_.end(); found = std::ranges::find_if(jobs_, is_over)) {
    const DmJob job = std::move(*found);
    jobs_.erase(found);
    if (job.kind == DmJob::Kind::update || job.kind == DmJob::Kind::download_and_update) firmware_installed(job);
    else software_installed(job);
  }
}

std::optional<FileCall> DmDevice::next_file(Time now) {
  if (is_down(now)) return std::nullopt;
  settle(now);
  for (auto& job : jobs_) {
    if (job.stage != DmJob::Stage::waits || job.due > now) continue;
    job.stage = DmJob::Stage::fetches;
    FileCall call;
    call.job = job.id;
    call.url = job.url;
    return call;
  }
  return std::nullopt;
}

void DmDevice::file_done(std::uint64_t id, FileOutcome outcome, Time now) {
  const auto found = std::ranges::find(jobs_, id, &DmJob::id);
  if (found == jobs_.end() || found->stage != DmJob::Stage::fetches) return;   // a factory reset came between
  found->content = std::move(outcome.content);
  const auto code = result_of(outcome.fault.code);
  const bool is_software = found->kind == DmJob::Kind::fetch_software || found->kind == DmJob::Kind::install_software;
  DmJob job = std::move(*found);
  jobs_.erase(found);
  if (is_software) software_fetched(job, code, now);
  else firmware_fetched(job, code, now);
}

}  // namespace nscl::rem::simulator
