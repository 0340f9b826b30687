// SPDX-License-Identifier: Apache-2.0
// SetLeaves: names that the device was not seen to have are looked for; the parameters are read, for their types and to see what
// there is to do, and set. What was lost on the way is found out by the same reading.
#include <algorithm>

#include "staged.h"
#include "value_writer.h"

namespace nscl::rem::tr069 {
namespace {

std::vector<std::string> paths_of(const std::vector<Leaf>& leaves) {
  std::vector<std::string> out;
  for (const auto& leaf : leaves) out.push_back(leaf.path);
  return out;
}

/// Of what is still to be set: a newer change may have taken the rest.
std::vector<std::string> unseen_in(const SetLeaves& task) {
  auto out = task.unseen;
  std::erase_if(out, [&](const std::string& path) { return std::ranges::find(task.leaves, path, &Leaf::path) == task.leaves.end(); });
  return out;
}

class Set final : public Staged {
 public:
  Set(const SetLeaves& task, const Assignment& assignment, Situation situation)
      : Staged(assignment, std::move(situation)), wanted_(task.leaves), naming_(unseen_in(task), model()),
        reader_(paths_of(wanted_), model().gpv_batch), batch_(std::max<std::size_t>(model().spv_batch, 1)) {}

  Step begin() override {
    // The key of a task of several requests may be that of the first.
    if (!may_have_happened_ || !key_is_ours() || wanted_.size() > batch_) return send();
    report_.leaves = wanted_;
    return report_;
  }

 private:
  enum class Stage { naming, reading, setting, restoring };

  Naming* naming() override { return stage_ == Stage::naming ? &naming_ : nullptr; }
  Step have_named() override;
  ValueReader* reading() override { return stage_ == Stage::reading ? &reader_ : nullptr; }
  Step have_read() override;
  Step ask() override;
  Step took(const Message& response) override;
  Step refused(const Fault& fault) override;
  Step silent(unsigned times) override;
  Step failed(Report report);
  Step restored(bool well);

  std::vector<Leaf> wanted_;
  Naming naming_;
  ValueReader reader_;
  std::size_t batch_;
  Stage stage_ = Stage::naming;
  Prepared prepared_;
  std::size_t next_ = 0;                       ///< the first value of the request that is outstanding
  std::vector<ParameterValueStruct> restore_;  ///< set before the failure, with their old values
  std::vector<std::string> hidden_;            ///< the same, but the device did not show their old values
  Report report_;
};

Set::Step Set::have_named() {
  stage_ = Stage::reading;
  return send();
}

Set::Step Set::have_read() {
  auto prepared = prepare(wanted_, reader_, model().style);
  if (!prepared) return failure_of(prepared.error(), {}, attempts_);
  prepared_ = std::move(*prepared);
  report_.leaves = leaves_of(prepared_.values);
  if (!prepared_.changes) return report_;
  stage_ = Stage::setting;
  return send();
}

Set::Step Set::ask() {
  return Message(part_of(stage_ == Stage::restoring ? restore_ : prepared_.values, next_, batch_, key_));
}

Set::Step Set::took(const Message& response) {
  const auto status = std::get<SetParameterValuesResponse>(response).status;
  if (status >= 9000) return refused(make_fault(status));
  next_ += batch_;
  if (stage_ == Stage::restoring) return next_ < restore_.size() ? send() : restored(true);
  report_.needs_reboot = report_.needs_reboot || status == 1;
  return next_ < prepared_.values.size() ? send() : Step(report_);
}

Set::Step Set::refused(const Fault& fault) {
  if (stage_ == Stage::restoring) return restored(false);
  const auto& values = prepared_.values;
  const bool is_about_one = values.size() == 1 && fault.parameters.empty();
  return failed(failure_of(fault, is_about_one ? values.front().name : std::string(), attempts_));
}

Set::Step Set::silent(unsigned times) {
  if (times < 2) return send();
  return stage_ == Stage::restoring ? restored(false) : failed(unsupported(SetParameterValues::name));
}

/// One request is all or none, several are not: what was set by those before is set back.
Set::Step Set::failed(Report report) {
  report_ = std::move(report);
  for (std::size_t i = 0; i < next_; ++i) {
    const auto& old = prepared_.before[i];
    if (old.value.empty() && old.type == "string") hidden_.push_back(old.name);
    else restore_.push_back(old);
  }
  if (next_ == 0) return report_;
  next_ = 0;
  stage_ = Stage::restoring;
  return restore_.empty() ? restored(true) : send();
}

Set::Step Set::restored(bool well) {
  report_.text += well ? "; what had been set before was set back" : "; what had been set before could not be set back";
  for (const auto& name : hidden_) report_.text += (&name == &hidden_.front() ? ", but not " : ", ") + name;
  return report_;
}

}  // namespace

std::unique_ptr<Performance> perform_set(const SetLeaves& task, const Assignment& assignment, Situation situation) {
  return std::make_unique<Set>(task, assignment, std::move(situation));
}

}  // namespace nscl::rem::tr069
