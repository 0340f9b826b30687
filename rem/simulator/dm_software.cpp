// SPDX-License-Identifier: Apache-2.0
// SCOMO: software that is fetched, delivered, deployed, and switched on and off (rem.md 2.7).
#include <algorithm>

#include <nscl/base/bytes.h>

#include "dm_device.h"
#include "image_version.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view downloads = "./SCOMO/Download/", delivered = "./SCOMO/Inventory/Delivered/", deployed = "./SCOMO/Inventory/Deployed/";
constexpr unsigned of_software = 1'000;   // its results are those of FUMO behind a 1

std::string below(std::string_view table, const std::string& name) { return std::string(table) + name; }

}  // namespace

/// `uri` is that of a node below Operations, which there is.
int DmDevice::execute_software(std::string_view uri, const std::string& correlator, Time now) {
  const auto end = uri.find(operations);
  const auto node = std::string(uri.substr(0, end));
  const auto operation = uri.substr(end + operations.size());
  if (uri.starts_with(deployed)) return execute_deployed(node, operation, correlator);
  DmJob job;
  job.correlator = correlator;
  job.node = node;
  job.name = node.substr(node.rfind('/') + 1);
  job.starts = !operation.ends_with("Inactive");
  if (uri.starts_with(delivered)) {
    if (operation == "Remove") {
      tree_.drop(node);
      end_software(job, 200);
      return 202;
    }
    job.kind = DmJob::Kind::install_software;
    job.stage = DmJob::Stage::installs;
    job.content = base64_decode(tree_.value(node + "/Data")).value_or("");
    return begin_job(std::move(job), now);
  }
  job.url = tree_.value(node + "/PkgURL");
  job.kind = operation == "Download" ? DmJob::Kind::fetch_software : DmJob::Kind::install_software;
  const bool is_busy = std::ranges::any_of(jobs_, [&](const DmJob& other) { return other.node == node; });
  const auto status = is_busy ? 405 : begin_job(std::move(job), now);
  if (status == 202) tree_.change(node + "/Status", "30");
  return status;
}

int DmDevice::execute_deployed(const std::string& node, std::string_view operation, const std::string& correlator) {
  DmJob job;
  job.correlator = correlator;
  job.node = node;
  if (operation == "Remove") tree_.drop(node);
  else tree_.change(node + "/State", operation == "Activate" ? "20" : "10");
  end_software(job, 200);
  return 202;
}

void DmDevice::software_fetched(DmJob& job, unsigned code, Time now) {
  const auto status = job.node + "/Status";
  if (code >= 300) {
    tree_.change(status, "20");
    return end_software(job, code);
  }
  if (job.kind == DmJob::Kind::install_software) {
    tree_.change(status, "50");
    job.stage = DmJob::Stage::installs;
    begin_job(std::move(job), now);
    return;
  }
  const auto made = below(delivered, job.name);
  tree_.make(made);
  tree_.change(made + "/PkgID", tree_.value(job.node + "/PkgID"));
  tree_.put(made + "/Data", "bin", base64_encode(std::string_view(job.content).substr(0, kept_of_package)));
  tree_.change(status, "40");
  end_software(job, code);
}

/// Where it goes: to what is deployed of the same package, or to a node of its own.
std::string DmDevice::place_of_software(const std::string& package, const std::string& name) const {
  for (const auto& other : tree_.children("./SCOMO/Inventory/Deployed")) {
    auto place = below(deployed, other);
    if (!package.empty() && tree_.value(place + "/PkgIDRef") == package) return place;
  }
  return below(deployed, name);
}

void DmDevice::software_installed(const DmJob& job) {
  const auto package = tree_.value(job.node + "/PkgID"), given = tree_.value(job.node + "/Name");
  const auto made = place_of_software(package, job.name), before = tree_.value(made + "/Version");
  if (!tree_.find(made)) tree_.make(made);
  const std::pair<std::string_view, std::string> values[] = {
      {"/ID", made.substr(deployed.size())}, {"/PkgIDRef", package}, {"/Name", given.empty() ? job.name : given},
      {"/Version", version_of_image(job.content, before.empty() ? "0" : before)}, {"/State", job.starts ? "20" : "10"}};
  for (const auto& [name, value] : values) tree_.change(made + std::string(name), value);
  tree_.change(job.node + (job.node.starts_with(downloads) ? "/Status" : "/State"), job.node.starts_with(downloads) ? "40" : "20");
  end_software(job, 200);
}

void DmDevice::end_software(const DmJob& job, unsigned code) {
  tell(job.correlator, job.node, "urn:oma:at:scomo:1.0:OperationComplete", of_software + code);
}

}  // namespace nscl::rem::simulator
