// SPDX-License-Identifier: Apache-2.0
#include "exec_instance.h"

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>

#include "arguments.h"

namespace nscl::rem {
namespace {

constexpr std::size_t id_length = 10;
constexpr std::string_view status_name = "execStatus", result_name = "execResult", switch_name = "execDisable";

void add(std::vector<Argument>& items, std::string name, std::string value) {
  if (!value.empty()) items.push_back({std::move(name), std::move(value)});
}

/// The text of a fault, without what stands in front of it in additionalInfo.
std::string fault_string(const Report& report) {
  const auto head = "CWMP " + report.code + " ";
  return report.text.starts_with(head) ? report.text.substr(head.size()) : report.text;
}

/// execResult (rem.md 2.6): absent times are left out.
std::vector<Argument> items_of(const Report& report) {
  const bool is_success = report.end == Report::End::done;
  std::vector<Argument> items{{"FaultCode", report.code}};
  add(items, "FaultString", fault_string(report));
  if (report.started) add(items, "StartTime", format_date_time(*report.started));
  if (report.completed) add(items, "CompleteTime", format_date_time(*report.completed));
  add(items, "FinalStatus", report.code == "CANCELLED" ? "CANCELLED" : is_success ? "SUCCESS" : "FAILURE");
  items.insert(items.end(), report.results.begin(), report.results.end());
  return items;
}

/// Writes what `change` makes of the instance, if it is there. An operation whose instance was deleted has no path.
template <class Change>
Result<void> alter(Tree& tree, std::string_view path, Change change) {
  const auto before = path.empty() ? nullptr : tree.transaction().find(path);
  if (!before) return {};
  auto changed = *before;
  change(changed);
  const auto put = tree.put_changed(std::move(changed), *before);
  return put ? Result<void>{} : tl::unexpected(put.error());
}

}  // namespace

Result<std::string> initiate(Tree& tree, const model::Resource& mgmt_cmd, std::chrono::seconds life) {
  model::Resource made;
  made.path = join(join(mgmt_cmd.path, "execInstances"), "EXEC_" + random_name(id_length));
  made.type = tree.registry().find("execInstance");
  made.expiration_time = std::chrono::floor<std::chrono::milliseconds>(tree.now()) + life;
  if (const auto* right = mgmt_cmd.attributes.find("accessRightID")) made.attributes.set("accessRightID", *right);
  made.attributes.set(status_name, "INITIATED");
  made.attributes.set(result_name, model::Object{});
  made.attributes.set(switch_name, tree.reference(join(made.path, switch_name)));
  const auto put = tree.put_new(std::move(made));
  if (!put) return tl::unexpected(put.error());
  return (*put)->path;
}

std::string exec_status(store::View& view, std::string_view path) {
  const auto found = view.find(path);
  return found ? std::string(core::text_of(*found, status_name)) : std::string();
}

Result<void> started(Tree& tree, std::string_view path, bool can_be_cancelled) {
  return alter(tree, path, [&](model::Resource& instance) {
    instance.attributes.set(status_name, "STARTED");
    if (!can_be_cancelled) instance.attributes.erase(switch_name);
  });
}

Result<void> cancelling(Tree& tree, std::string_view path) {
  return alter(tree, path, [](model::Resource& instance) { instance.attributes.set(status_name, "CANCELLING"); });
}

Result<void> goes_on(Tree& tree, std::string_view path, const Report& refusal) {
  return alter(tree, path, [&](model::Resource& instance) {
    instance.attributes.set(status_name, "STARTED");
    instance.attributes.set(result_name, exec_result_of({{"CancelFaultCode", refusal.code}}));
    instance.attributes.erase(switch_name);
  });
}

Result<void> finished(Tree& tree, std::string_view path, const Report& report, std::chrono::seconds life) {
  return alter(tree, path, [&](model::Resource& instance) {
    instance.attributes.set(status_name, "FINISHED");
    instance.attributes.set(result_name, exec_result_of(items_of(report)));
    instance.attributes.erase(switch_name);
    instance.expiration_time = std::chrono::floor<std::chrono::milliseconds>(tree.now()) + life;
  });
}

}  // namespace nscl::rem
