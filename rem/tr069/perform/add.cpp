// SPDX-License-Identifier: Apache-2.0
// AddInstance: AddObject, then the names and types of what was made, then its values. If those cannot be set, the instance goes.
#include <algorithm>

#include <nscl/rem/tr069/values.h>

#include "listing.h"
#include "staged.h"
#include "value_writer.h"

namespace nscl::rem::tr069 {
namespace {

class Add final : public Staged {
 public:
  Add(const AddInstance& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), task_(task), stage_(may_have_happened_ ? Stage::looking : Stage::making) {}

 private:
  enum class Stage { looking, making, naming, reading, setting, removing };

  Naming* naming() override { return stage_ == Stage::naming ? &naming_ : nullptr; }
  Step have_named() override;
  Step unnamed(Report report) override;
  ValueReader* reading() override { return stage_ == Stage::reading ? &reader_ : nullptr; }
  Step have_read() override;
  Step unread(Report report) override;
  Step ask() override;
  Step took(const Message& response) override;
  Step refused(const Fault& fault) override;
  Step silent(unsigned times) override;

  Step looked(const GetParameterNamesResponse& response);
  Step made(const AddObjectResponse& response);
  Step has(std::string instance);
  Step set(std::uint32_t status);
  Step remove(Report report);
  Step removed(bool well);
  std::vector<std::string> strangers(const std::vector<ParameterInfoStruct>& listed) const;

  AddInstance task_;
  Stage stage_;
  std::vector<Leaf> wanted_;            ///< with full paths
  std::vector<std::string> paths_;      ///< of these
  Naming naming_;
  ValueReader reader_;
  Prepared prepared_;
  std::size_t next_ = 0;
  Report report_;
};

Add::Step Add::ask() {
  const auto batch = std::max<std::size_t>(model().spv_batch, 1);
  switch (stage_) {
    case Stage::looking: return Message(GetParameterNames{task_.object, true});
    case Stage::making: return Message(AddObject{task_.object, key_});
    case Stage::setting: return Message(part_of(prepared_.values, next_, batch, key_));
    case Stage::removing: return Message(DeleteObject{report_.object, key_});
    case Stage::naming: case Stage::reading: break;
  }
  return report_;
}

Add::Step Add::took(const Message& response) {
  switch (stage_) {
    case Stage::looking: return looked(std::get<GetParameterNamesResponse>(response));
    case Stage::making: return made(std::get<AddObjectResponse>(response));
    case Stage::setting: return set(std::get<SetParameterValuesResponse>(response).status);
    case Stage::removing: return removed(std::get<DeleteObjectResponse>(response).status < 9000);
    case Stage::naming: case Stage::reading: break;
  }
  return report_;
}

Add::Step Add::refused(const Fault& fault) {
  switch (stage_) {
    case Stage::looking:   // no such table, or one that cannot be listed: then only our key tells
      if (!key_is_ours()) stage_ = Stage::making;
      return key_is_ours() ? Step(failure_of(fault, task_.object, attempts_)) : send();
    case Stage::making: return failure_of(fault, task_.object, attempts_, true);
    case Stage::setting: return remove(failure_of(fault, report_.object, attempts_));
    case Stage::removing: return removed(fault.code == 9005);
    case Stage::naming: case Stage::reading: break;
  }
  return report_;
}

Add::Step Add::silent(unsigned times) {
  // A second AddObject could make a second instance: the next session looks first.
  if (stage_ == Stage::making && attempts_ < 2) return unknown_end(AddObject::name);
  if (stage_ == Stage::making) return unsupported(AddObject::name);
  if (times < 2) return send();
  switch (stage_) {
    case Stage::looking: return unknown_end(GetParameterNames::name);
    case Stage::setting: return remove(unsupported(SetParameterValues::name));
    default: return removed(false);
  }
}

/// Instances that were not there when the task was made.
std::vector<std::string> Add::strangers(const std::vector<ParameterInfoStruct>& listed) const {
  std::vector<std::string> out;
  for (const auto& [step, child] : children_of(task_.object, listed)) {
    auto path = task_.object + step + ".";
    const bool is_known = task_.known && std::ranges::find(*task_.known, path) != task_.known->end();
    if (is_instance(step) && !is_known) out.push_back(std::move(path));
  }
  // The newest has the highest number.
  std::ranges::sort(out, {}, [](const std::string& path) { return std::pair(path.size(), path); });
  return out;
}

Add::Step Add::looked(const GetParameterNamesResponse& response) {
  const auto found = strangers(response.parameters);
  stage_ = Stage::making;
  if (found.empty()) return send();
  if (key_is_ours() || (task_.known && found.size() == 1)) return has(found.back());
  Report report;
  report.end = Report::End::failed;
  report.status = Status::conflict;
  report.code = "NO_REPORT";
  report.text = "CWMP: the answer to AddObject was lost, and it cannot be told which of these is the new instance, if any:";
  constexpr std::size_t most_told = 8;
  for (std::size_t i = 0; i < std::min(found.size(), most_told); ++i) report.text += " " + found[i];
  if (found.size() > most_told) report.text += " and more";
  return report;
}

Add::Step Add::made(const AddObjectResponse& response) {
  if (const auto code = response.fault_code(); code != 0) return refused(make_fault(code));
  report_.needs_reboot = response.status == 1;
  return has(task_.object + std::to_string(response.instance_number) + ".");
}

Add::Step Add::has(std::string instance) {
  report_.object = std::move(instance);
  for (const auto& leaf : task_.leaves) {
    wanted_.push_back({report_.object + leaf.path, leaf.value, leaf.type});
    paths_.push_back(wanted_.back().path);
  }
  if (wanted_.empty()) return report_;
  naming_ = Naming(paths_, model());
  stage_ = Stage::naming;
  return send();
}

Add::Step Add::have_named() {
  reader_ = ValueReader(std::move(paths_), model().gpv_batch);
  stage_ = Stage::reading;
  return send();
}

/// What the new instance does not have is wrong in the request: what that was about, the table, is there.
Add::Step Add::unnamed(Report report) {
  if (report.status == Status::not_found) report.status = Status::bad_request;
  return remove(std::move(report));
}

Add::Step Add::have_read() {
  auto prepared = prepare(wanted_, reader_, model().style);
  if (!prepared) {
    auto report = failure_of(prepared.error(), {}, attempts_);
    report.status = Status::bad_request;
    return remove(std::move(report));
  }
  prepared_ = std::move(*prepared);
  report_.leaves = leaves_of(prepared_.values);
  if (!prepared_.changes) return report_;
  stage_ = Stage::setting;
  return send();
}

Add::Step Add::unread(Report report) {
  // The next session finds the instance, and goes on with it.
  return report.end == Report::End::no_answer ? Step(std::move(report)) : remove(std::move(report));
}

Add::Step Add::set(std::uint32_t status) {
  if (status >= 9000) return refused(make_fault(status));
  report_.needs_reboot = report_.needs_reboot || status == 1;
  next_ += std::max<std::size_t>(model().spv_batch, 1);
  return next_ < prepared_.values.size() ? send() : Step(report_);
}

Add::Step Add::remove(Report report) {
  report.object = std::move(report_.object);
  report_ = std::move(report);
  stage_ = Stage::removing;
  return send();
}

Add::Step Add::removed(bool well) {
  if (!well) {
    report_.text += "; the new instance " + report_.object + " could not be removed";
    report_.unknown_path = false;   // done once more it would make another one
  }
  report_.object.clear();
  return report_;
}

}  // namespace

std::unique_ptr<Performance> perform_add(const AddInstance& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<Add>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
