// SPDX-License-Identifier: Apache-2.0
// The table of statuses, and what is made of one for an application.
#include "reports.h"

#include <algorithm>

#include <nscl/rem/tr069/faults.h>

namespace nscl::rem::omadm {
namespace {

constexpr unsigned attempts_with_credentials = 3;
constexpr std::string_view no_answer_code = "NO_ANSWER";   // "0" would be success

enum class Again : unsigned char { no, once, thrice, yes };

struct StatusRule {
  int code;
  std::string_view text;
  Status status;
  Again again = Again::no;
};

constexpr StatusRule rules[] = {
    {0, "Not processed", Status::bad_gateway, Again::yes},
    {200, "OK", Status::ok},
    {201, "Item added", Status::ok},
    {202, "Accepted for processing", Status::accepted},
    {204, "No content", Status::ok},
    {205, "Reset content", Status::ok},
    {206, "Partial content", Status::ok},
    {212, "Authentication accepted", Status::ok},
    {213, "Chunked item accepted", Status::ok},
    {214, "Operation cancelled", Status::forbidden},
    {215, "Not executed", Status::bad_gateway},
    {216, "Atomic roll back OK", Status::bad_gateway},
    {217, "OK with inherited ACL", Status::ok},
    {400, "Bad request", Status::bad_request},
    {401, "Invalid credentials", Status::bad_gateway, Again::thrice},
    {403, "Forbidden", Status::forbidden},
    {404, "Not found", Status::not_found},
    {405, "Command not allowed", Status::method_not_allowed},
    {406, "Optional feature not supported", Status::not_implemented},
    {407, "Missing credentials", Status::bad_gateway, Again::thrice},
    {408, "Request timeout", Status::gateway_timeout, Again::yes},
    {409, "Conflict", Status::conflict},
    {412, "Incomplete command", Status::bad_request},
    {413, "Request entity too large", Status::not_acceptable},
    {414, "URI too long", Status::bad_request},
    {415, "Unsupported media type or format", Status::unsupported_media_type},
    {416, "Requested size too big", Status::not_acceptable},
    {417, "Retry later", Status::service_unavailable, Again::yes},
    {418, "Already exists", Status::conflict},
    {420, "Device full", Status::not_acceptable},
    {424, "Size mismatch", Status::not_acceptable, Again::once},
    {425, "Permission denied", Status::forbidden},
    {500, "Command failed", Status::bad_gateway, Again::once},
    {501, "Command not implemented", Status::not_implemented},
    {503, "Service unavailable", Status::service_unavailable, Again::yes},
    {505, "DTD version not supported", Status::bad_gateway},
    {506, "Processing error", Status::bad_gateway, Again::once},
    {507, "Atomic failed", Status::bad_gateway},
    {510, "Data store failure", Status::bad_gateway, Again::once},
    {511, "Server failure", Status::bad_gateway, Again::once},
    {513, "Protocol version not supported", Status::bad_gateway},
    {516, "Atomic roll back failed", Status::bad_gateway},
    {517, "Atomic response too large", Status::bad_gateway},
};

constexpr StatusRule others_done{200, "OK", Status::ok};
constexpr StatusRule others_refused{400, "Other refusal", Status::bad_request};
constexpr StatusRule others{500, "Other status", Status::bad_gateway};

const StatusRule& rule_of(int status) {
  const auto found = std::ranges::lower_bound(rules, status, {}, &StatusRule::code);
  if (found != std::end(rules) && found->code == status) return *found;
  if (status >= 200 && status < 300) return others_done;
  return status >= 400 && status < 500 ? others_refused : others;
}

Report::End end_of(const StatusRule& rule, unsigned attempts) {
  if (rule.status == Status::ok) return Report::End::done;
  if (rule.status == Status::accepted) return Report::End::accepted;
  switch (rule.again) {
    case Again::no: return Report::End::failed;
    case Again::once: return attempts < 2 ? Report::End::later : Report::End::failed;
    case Again::thrice: return attempts < attempts_with_credentials ? Report::End::later : Report::End::failed;
    case Again::yes: break;
  }
  return Report::End::later;
}

/// What the status of an Atomic says of the commands in it: those that were done are rolled back, and it tells why if none of them does.
void apply_whole(std::vector<int>& statuses, int whole) {
  constexpr int atomic_failed = 507, rolled_back = 216;
  if (whole == 0 || is_done(whole)) return;
  if (whole == atomic_failed) std::ranges::replace_if(statuses, is_done, rolled_back);
  if (std::ranges::all_of(statuses, [](int status) { return is_done(status) || is_consequence(status); })) {
    std::ranges::replace_if(statuses, is_consequence, whole);
  }
}

}  // namespace

bool is_done(int status) {
  const auto& rule = rule_of(status);
  return rule.status == Status::ok || rule.status == Status::accepted;
}

bool is_consequence(int status) { return status == 215 || status == 216; }

bool is_touched(int status) { return is_done(status) || status == 516; }

std::vector<int> statuses_in(const std::vector<CommandAnswer>& answers, bool is_atomic) {
  std::vector<int> out;
  for (const auto& answer : answers) {
    for (const auto& item : answer.items) out.push_back(item.status);
  }
  if (is_atomic) apply_whole(out, answers.front().status);
  return out;
}

std::string sentence_of(int status, std::string_view uri) {
  auto out = "OMA-DM " + std::to_string(status) + " " + std::string(rule_of(status).text);
  if (!uri.empty()) out.append(": ").append(tr069::presentable(uri));
  return out;
}

Report report_of_status(int status, const std::string& uri, unsigned attempts) {
  const auto& rule = rule_of(status);
  Report report;
  report.end = end_of(rule, attempts);
  report.status = rule.status;
  if (is_done(status)) return report;
  report.code = status == 0 ? std::string(no_answer_code) : std::to_string(status);
  report.text = sentence_of(status, uri);
  report.unsupported = status == 501;
  report.unknown_path = status == 404;
  return report;
}

Report report_of_change(int status, const std::string& uri, unsigned attempts) {
  auto report = report_of_status(status, uri, attempts);
  if (status == 0) report.end = Report::End::no_answer;
  return report;
}

Report unknown_end(std::string_view command) {
  Report report;
  report.end = Report::End::no_answer;
  report.status = Status::gateway_timeout;
  report.text = "OMA-DM: the device did not answer " + std::string(command);
  return report;
}

Report refusal(Status status, std::string text) {
  return {.end = Report::End::failed, .status = status, .code = "REFUSED", .text = std::move(text)};
}

}  // namespace nscl::rem::omadm
