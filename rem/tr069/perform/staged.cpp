// SPDX-License-Identifier: Apache-2.0
// What all performances have in common, and the choice of one.
#include "staged.h"

#include "reports.h"

namespace nscl::rem::tr069 {
namespace {

bool fits(const Message& answer, std::string_view request) {
  const auto name = name_of(answer);
  constexpr std::string_view ending = "Response";
  return name.size() == request.size() + ending.size() && name.starts_with(request) && name.ends_with(ending);
}

/// What no RPC is for.
class Impossible final : public Performance {
 public:
  explicit Impossible(std::string_view what) : what_(what) {}
  Step begin() override { return unsupported(what_); }
  Step answered(const Message&) override { return begin(); }
  Step unanswered() override { return begin(); }

 private:
  std::string_view what_;
};

struct Choice {
  const Assignment& assignment;
  Situation situation;
  auto operator()(const GetLeaves& task) { return perform_get(task, assignment, std::move(situation)); }
  auto operator()(const SetLeaves& task) { return perform_set(task, assignment, std::move(situation)); }
  auto operator()(const AddInstance& task) { return perform_add(task, assignment, std::move(situation)); }
  auto operator()(const DeleteInstance& task) { return perform_delete(task, assignment, std::move(situation)); }
  auto operator()(const Discover& task) { return perform_discover(task, assignment, std::move(situation)); }
  auto operator()(const Command& task) { return perform_command(task, assignment, std::move(situation)); }
  auto operator()(const Cancel& task) { return perform_cancel(task, assignment, std::move(situation)); }
  auto operator()(const SetNotifications& task) { return perform_notify(task, assignment, std::move(situation)); }
  std::unique_ptr<Performance> operator()(const Invoke&) { return std::make_unique<Impossible>("Exec"); }
};

}  // namespace

Staged::Step Staged::send() {
  auto* names = naming();
  if (names && names->finished()) return after_naming(names->unknown());
  auto* reader = reading();
  if (reader && reader->finished()) return have_read();
  auto step = names ? Step(names->request()) : reader ? Step(reader->request()) : ask();
  const auto* request = std::get_if<Message>(&step);
  if (request && name_of(*request) != asked_) {
    asked_ = name_of(*request);
    silences_ = 0;
  }
  return step;
}

Staged::Step Staged::answered(const Message& answer) {
  const auto* fault = std::get_if<Fault>(&answer);
  if (!fault && !fits(answer, asked_)) return unanswered();
  silences_ = 0;
  if (auto* names = naming()) return named(*names, answer);
  if (auto* reader = reading()) return after_reading(reader->answered(answer));
  return fault ? refused(*fault) : took(answer);
}

Staged::Step Staged::unanswered() {
  auto* reader = reading();
  if (!reader) {
    const auto times = ++silences_;
    if (times >= 2) silences_ = 0;
    if (naming()) return times < 2 ? send() : unnamed(unsupported(asked_));
    return silent(times);
  }
  if (!reader->unanswered()) return unread(unknown_end(asked_));
  return after_reading(std::nullopt);
}

Staged::Step Staged::after_naming(const std::vector<std::string>& unknown) {
  if (unknown.empty()) return have_named();
  auto report = failure_of(fault_of_each(9005, unknown), {}, attempts_);
  report.unknown_path = false;   // it was asked just now
  return unnamed(std::move(report));
}

Staged::Step Staged::named(Naming& names, const Message& answer) {
  const auto* fault = std::get_if<Fault>(&answer);
  if (fault && fault->code != 9005) return unnamed(failure_of(*fault, names.object(), attempts_));
  names.answered(fault ? std::vector<ParameterInfoStruct>{} : std::get<GetParameterNamesResponse>(answer).parameters);
  return send();
}

Staged::Step Staged::after_reading(std::optional<Fault> fault) {
  if (fault) return unread(failure_of(*fault, reading()->first(), attempts_));
  return send();
}

Staged::Step Staged::silent(unsigned times) {
  if (times < 2) return send();
  return unsupported(asked_);
}

std::unique_ptr<Performance> perform(const Assignment& assignment, Situation situation) {
  return std::visit(Choice{assignment, std::move(situation)}, assignment.task);
}

bool answers(const Message& answer, const Message& request) {
  return std::holds_alternative<Fault>(answer) || fits(answer, name_of(request));
}

}  // namespace nscl::rem::tr069
