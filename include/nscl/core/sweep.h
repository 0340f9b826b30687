// SPDX-License-Identifier: Apache-2.0
// The sweeper's work: found on a view, done by the writer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/core/policy.h>
#include <nscl/model/registry.h>
#include <nscl/store/store.h>

namespace nscl::core {

class Outbound;

struct Sweep {
  std::vector<std::string> expired;     ///< paths whose expirationTime has passed
  std::vector<std::uint64_t> aged;      ///< containers with an instance older than maxInstanceAge
};

struct SweepContext {
  std::shared_ptr<const Policy> policy;
  boost::asio::io_context& context;
  Time now;
  Outbound* outbound = nullptr;
};

Sweep find_work(store::View& view, const Policy& policy, Time now);
store::WriteJob expire_job(const model::Registry& registry, std::shared_ptr<const Policy> policy, std::string path, Time now, Outbound* outbound = nullptr);
store::WriteJob ageing_job(std::shared_ptr<const Policy> policy, std::uint64_t container, Time now);

/// Posts the jobs that are due; does not wait for them.
void sweep(const model::Registry& registry, store::Store& store, const SweepContext& where);

}  // namespace nscl::core
