// SPDX-License-Identifier: Apache-2.0
#include "jobs.h"

#include <algorithm>

namespace nscl::rem::simulator {

void Jobs::add(Job job) {
  job.id = ++last_id_;
  jobs_.push_back(std::move(job));
}

bool Jobs::has_running() const { return std::ranges::any_of(jobs_, [](const Job& job) { return job.stage == Job::Stage::runs; }); }

Job* Jobs::begin_next(Time now) {
  if (has_running()) return nullptr;   // one at a time
  for (auto& job : jobs_) {
    if (job.stage != Job::Stage::waits || job.begins > now) continue;
    job.stage = Job::Stage::runs;
    job.started = now;
    return &job;
  }
  return nullptr;
}

Job* Jobs::find(std::uint64_t id) {
  const auto found = std::ranges::find(jobs_, id, &Job::id);
  return found == jobs_.end() ? nullptr : &*found;
}

const Job* Jobs::first_done() const {
  const auto found = std::ranges::find(jobs_, Job::Stage::is_done, &Job::stage);
  return found == jobs_.end() ? nullptr : &*found;
}

void Jobs::drop_first_done() {
  const auto found = std::ranges::find(jobs_, Job::Stage::is_done, &Job::stage);
  if (found != jobs_.end()) jobs_.erase(found);
}

bool Jobs::cancel(std::string_view command_key) {
  const auto is_meant = [&](const Job& job) { return job.command_key == command_key && job.kind != Job::Kind::software; };
  if (std::ranges::any_of(jobs_, [&](const Job& job) { return is_meant(job) && job.stage != Job::Stage::waits; })) return false;
  std::erase_if(jobs_, is_meant);
  return true;
}

Time Jobs::next() const {
  Time out = never;
  if (has_running()) return out;
  for (const auto& job : jobs_) {
    if (job.stage == Job::Stage::waits) out = std::min(out, job.begins);
  }
  return out;
}

std::vector<tr069::AllQueuedTransferStruct> Jobs::transfers() const {
  std::vector<tr069::AllQueuedTransferStruct> out;
  for (const auto& job : jobs_) {
    if (job.kind == Job::Kind::software) continue;
    out.push_back({job.command_key, static_cast<std::uint32_t>(job.stage), job.kind != Job::Kind::upload, job.file_type, job.file_size, job.target});
  }
  return out;
}

}  // namespace nscl::rem::simulator
