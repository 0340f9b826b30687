// SPDX-License-Identifier: Apache-2.0
// A performance played out: what it asks is compared octet by octet, and answered.
#pragma once

#include <nscl/rem/tr069/performance.h>

#include "support.h"

namespace nscl::rem::tr069 {

inline const std::string our_key = "e123";

/// Written, so that two messages can be compared.
inline std::string text_of(const Message& message) { return write_message(Header{}, message); }

class Play {
 public:
  explicit Play(Task task) { assignment.task = std::move(task), assignment.key = our_key; }

  /// The same task in the next session: the answer was lost.
  Play& again(std::string parameter_key = {}) {
    assignment.may_have_happened = true;
    assignment.attempts = 2;
    situation.parameter_key = std::move(parameter_key);
    return *this;
  }

  /// The next request is this one.
  Play& asks(const Message& expected) {
    begin();
    const auto* request = std::get_if<Message>(&step_);
    EXPECT_TRUE(request) << "ended with " << (request ? "" : to_json(std::get<Report>(step_))) << " instead of " << text_of(expected);
    if (request) { EXPECT_EQ(text_of(*request), text_of(expected)); }
    return *this;
  }

  Play& gets(const Message& answer) {
    begin();
    const auto* request = std::get_if<Message>(&step_);
    EXPECT_TRUE(request) << "nothing was asked";
    if (!request) return *this;
    EXPECT_TRUE(answers(answer, *request)) << name_of(answer) << " to " << name_of(*request);
    step_ = performance_->answered(answer);
    return *this;
  }

  Play& gets_nothing() {
    begin();
    EXPECT_TRUE(std::holds_alternative<Message>(step_));
    step_ = performance_->unanswered();
    return *this;
  }

  /// The end.
  Report report() {
    begin();
    const auto* report = std::get_if<Report>(&step_);
    EXPECT_TRUE(report) << "still asks " << (report ? "" : text_of(std::get<Message>(step_)));
    return report ? *report : Report{};
  }

  /// The request if it is of that kind, for tests that look at a part of it.
  template <class M>
  const M* request_if() {
    begin();
    const auto* request = std::get_if<Message>(&step_);
    return request ? std::get_if<M>(request) : nullptr;
  }

  DeviceFacts facts;
  Assignment assignment;
  Situation situation{&facts};

 private:
  void begin() {
    if (performance_) return;
    performance_ = perform(assignment, situation);
    step_ = performance_->begin();
  }

  std::unique_ptr<Performance> performance_;
  Performance::Step step_;
};

inline Fault fault(std::uint32_t code) { return make_fault(code); }

/// Names and values of type "string".
inline GetParameterValuesResponse strings(const std::vector<std::pair<std::string, std::string>>& values) {
  GetParameterValuesResponse out;
  for (const auto& [name, value] : values) out.parameters.push_back({name, value, "string"});
  return out;
}

/// Names that may be written.
inline GetParameterNamesResponse names(const std::vector<std::string>& list, bool writable = false) {
  GetParameterNamesResponse out;
  for (const auto& name : list) out.parameters.push_back({name, writable});
  return out;
}

/// A report that is a failure with these.
inline void expect_failure(const Report& report, Status status, std::string_view code, std::string_view part = {}) {
  EXPECT_EQ(report.end, Report::End::failed);
  EXPECT_EQ(name_of(report.status), name_of(status));
  EXPECT_EQ(report.code, code);
  EXPECT_NE(report.text.find(part), std::string::npos) << report.text;
}

}  // namespace nscl::rem::tr069
