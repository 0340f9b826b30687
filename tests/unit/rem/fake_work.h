// SPDX-License-Identifier: Apache-2.0
// Device management that does what the test wrote down, and performances whose RPCs the test names.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/rem/tr069/session.h>

#include "support.h"

namespace nscl::rem::tr069 {

class FakeWork final : public Work {
 public:
  std::optional<Error> begin_error, next_error, complete_error;
  std::deque<Assignment> queue;
  std::vector<Contact> contacts;
  std::vector<Completion> completions;
  std::vector<std::size_t> finished_before;   ///< of each of them: how many operations had been
  std::vector<std::pair<std::uint64_t, Report>> finished;
  std::vector<std::string> ended;   ///< "device", or "device 7" with an operation
  Welcome welcome;

  net::Task<Result<Welcome>> begin(Contact contact, boost::asio::io_context&) override {
    contacts.push_back(std::move(contact));
    if (begin_error) co_return tl::unexpected(*begin_error);
    co_return welcome;
  }
  net::Task<Result<std::optional<Assignment>>> next(std::string, boost::asio::io_context&) override {
    std::optional<Assignment> out;
    if (next_error) co_return tl::unexpected(*next_error);
    if (!queue.empty()) {
      out = std::move(queue.front());
      queue.pop_front();
    }
    co_return out;
  }
  net::Task<Result<void>> finish(std::string, std::uint64_t operation, Report report, boost::asio::io_context&) override {
    finished.emplace_back(operation, std::move(report));
    co_return Result<void>();
  }
  net::Task<Result<void>> complete(Completion completion, boost::asio::io_context&) override {
    completions.push_back(std::move(completion));
    finished_before.push_back(finished.size());
    if (complete_error) co_return tl::unexpected(*complete_error);
    co_return Result<void>();
  }
  void end(const std::string& device, std::optional<std::uint64_t> operation) override {
    ended.push_back(device + (operation ? " " + std::to_string(*operation) : std::string()));
  }

  /// An operation whose RPCs are GetParameterValues of one path after the other.
  void wants(std::uint64_t operation, std::vector<std::string> paths) {
    Assignment assignment;
    assignment.operation = operation;
    assignment.key = "k" + std::to_string(operation);
    assignment.task = GetLeaves{std::move(paths)};
    queue.push_back(std::move(assignment));
  }
};

/// Asks for one path after the other; what is not answered is left out.
class OneByOne final : public Performance {
 public:
  OneByOne(const Assignment& assignment, Situation situation) : paths_(std::get<GetLeaves>(assignment.task).paths), situation_(std::move(situation)) {}
  Step begin() override {
    report_.text = situation_.parameter_key;
    for (const auto& key : situation_.completed_keys) report_.objects.push_back(key);
    return next();
  }
  Step answered(const Message& answer) override {
    if (const auto* got = std::get_if<GetParameterValuesResponse>(&answer)) {
      for (const auto& one : got->parameters) report_.leaves.push_back({one.name, one.value, one.type});
    }
    if (const auto* fault = std::get_if<Fault>(&answer)) report_.code = std::to_string(fault->code);
    return next();
  }
  Step unanswered() override {
    report_.methods.emplace_back("unanswered");
    return next();
  }

 private:
  Step next() {
    if (at_ == paths_.size()) return std::move(report_);
    GetParameterValues request;
    request.parameter_names = {paths_[at_++]};
    return Message(std::move(request));
  }
  std::vector<std::string> paths_;
  Situation situation_;
  std::size_t at_ = 0;
  Report report_;
};

inline Performing one_by_one() {
  Performing out;
  out.perform = [](const Assignment& assignment, Situation situation) -> std::unique_ptr<Performance> {
    return std::make_unique<OneByOne>(assignment, std::move(situation));
  };
  out.answers = [](const Message& answer, const Message& request) {
    return std::holds_alternative<Fault>(answer) || name_of(answer) == std::string(name_of(request)) + "Response";
  };
  return out;
}

/// What the coroutine gives, run on `context` alone.
template <class T>
T run(boost::asio::io_context& context, net::Task<T> task) {
  std::optional<T> out;
  boost::asio::co_spawn(context, std::move(task), [&](const std::exception_ptr& problem, T value) {
    if (problem) std::rethrow_exception(problem);
    out = std::move(value);
  });
  context.restart();
  while (!out) context.run_one();
  return *std::move(out);
}

// ---- messages of a CPE

inline std::string inform_of(std::string_view serial = "S1", std::string_view events = "<EventStruct><EventCode>1 BOOT</EventCode><CommandKey/></EventStruct>",
                             std::string_view parameters = {}) {
  return enveloped("<cwmp:Inform><DeviceId><Manufacturer>M</Manufacturer><OUI>00AABB</OUI><ProductClass>Box</ProductClass><SerialNumber>" + std::string(serial) +
                   "</SerialNumber></DeviceId><Event>" + std::string(events) +
                   "</Event><MaxEnvelopes>1</MaxEnvelopes><RetryCount>0</RetryCount><ParameterList>" + std::string(parameters) + "</ParameterList></cwmp:Inform>");
}

inline std::string with_id(std::string_view id, std::string_view rpc) {
  const std::string header = id.empty() ? std::string() : "<soap-env:Header><cwmp:ID soap-env:mustUnderstand=\"1\">" + std::string(id) + "</cwmp:ID></soap-env:Header>";
  return head + header + "<soap-env:Body>" + std::string(rpc) + "</soap-env:Body></soap-env:Envelope>";
}

/// The response to a GetParameterValues.
inline std::string values_of(std::string_view id, std::string_view name, std::string_view value) {
  return with_id(id, "<cwmp:GetParameterValuesResponse><ParameterList><ParameterValueStruct><Name>" + std::string(name) +
                         "</Name><Value xsi:type=\"xsd:string\">" + std::string(value) +
                         "</Value></ParameterValueStruct></ParameterList></cwmp:GetParameterValuesResponse>");
}

}  // namespace nscl::rem::tr069
