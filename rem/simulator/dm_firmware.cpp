// SPDX-License-Identifier: Apache-2.0
// FUMO: firmware that is fetched, kept and installed (rem.md 2.7).
#include <algorithm>

#include <nscl/base/bytes.h>

#include "dm_device.h"
#include "image_version.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view fumo = "./FUMO/1", state_node = "./FUMO/1/State", package = "./FUMO/1/Update/PkgData", version = "./DevDetail/FwV";

bool is_about_update(unsigned code) { return code == 410 || code == 502; }

std::string_view alert_type(DmJob::Kind kind) {
  switch (kind) {
    case DmJob::Kind::download: return "org.openmobilealliance.dm.firmwareupdate.download";
    case DmJob::Kind::update: return "org.openmobilealliance.dm.firmwareupdate.update";
    default: return "org.openmobilealliance.dm.firmwareupdate.downloadandupdate";
  }
}

}  // namespace

int DmDevice::execute_firmware(std::string_view operation, const std::string& correlator, Time now) {
  if (operation == "Ext/Stop") return stop_firmware();
  const auto state = tree_.value(state_node);
  if (state == "30" || state == "60") return 405;   // busy
  DmJob job;
  job.correlator = correlator;
  job.node = fumo;
  job.url = tree_.value(std::string(fumo) + "/" + std::string(operation) + "/PkgURL");
  if (operation == "Update") {
    if (!tree_.find(package)) return 405;
    job.kind = DmJob::Kind::update;
    job.stage = DmJob::Stage::installs;
    job.content = base64_decode(tree_.value(package)).value_or("");
  } else {
    job.kind = operation == "Download" ? DmJob::Kind::download : DmJob::Kind::download_and_update;
  }
  const bool updates = job.kind == DmJob::Kind::update;
  const auto status = begin_job(std::move(job), now);
  if (status == 202) tree_.change(state_node, updates ? "60" : "30");
  return status;
}

void DmDevice::firmware_fetched(DmJob& job, unsigned code, Time now) {
  if (options_->result != 0 && !is_about_update(options_->result)) code = options_->result;
  if (code >= 300) return end_firmware(job, 20, code);
  if (job.kind == DmJob::Kind::download) {
    tree_.drop(package);
    tree_.add(package, "bin", "application/octet-stream", base64_encode(std::string_view(job.content).substr(0, kept_of_package)));
    return end_firmware(job, 40, code);
  }
  tree_.change(state_node, "60");
  job.stage = DmJob::Stage::installs;
  begin_job(std::move(job), now);
}

void DmDevice::firmware_installed(const DmJob& job) {
  const auto code = is_about_update(options_->result) || job.kind == DmJob::Kind::update ? options_->result : 0;
  tree_.drop(package);
  if (code >= 300) return end_firmware(job, 80, code);
  tree_.change(version, version_of_image(job.content, tree_.value(version)));
  end_firmware(job, 100, code == 0 ? 200 : code);
}

/// What is fetched or installed is given up, and told of.
int DmDevice::stop_firmware() {
  const auto found = std::ranges::find(jobs_, fumo, &DmJob::node);
  if (found == jobs_.end()) return 405;
  const DmJob job = std::move(*found);
  jobs_.erase(found);
  end_firmware(job, 20, 401);
  return 200;
}

void DmDevice::end_firmware(const DmJob& job, unsigned state, unsigned code) {
  tree_.change(state_node, std::to_string(state));
  tell(job.correlator, fumo, alert_type(job.kind), code);
}

}  // namespace nscl::rem::simulator
