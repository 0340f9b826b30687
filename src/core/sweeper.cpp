// SPDX-License-Identifier: Apache-2.0
// What time does to the tree: expiry of resources, ageing of contentInstances; and what a new tree holds.
#include <nscl/core/pipeline.h>
#include <nscl/core/procedure.h>

#include <nscl/base/log.h>
#include <nscl/core/sweep.h>

namespace nscl::core {
namespace {

constexpr std::size_t expiries_per_round = 256;

/// A job's result is nobody's answer: it is logged if it failed.
struct LogFailure {
  void operator()(Result<void> result) const {
    if (!result) log::warning("sweep failed", {{"reason", result.error().detail}});
  }
};

RequestIndication own_request() {
  RequestIndication request;
  request.verb = model::Verb::remove;
  request.from = std::make_shared<security::Requestor>(security::Requestor{"", "", true});
  return request;
}

}  // namespace

store::WriteJob expire_job(const model::Registry& registry, std::shared_ptr<const Policy> policy, std::string path, Time now, Outbound* outbound) {
  return [&registry, policy = std::move(policy), path = std::move(path), now, outbound](store::Transaction& transaction) -> Result<void> {
    const auto resource = transaction.find(path);
    if (!resource || resource->expiration_time > now) return {};   // prolonged, or gone with its parent
    const auto request = own_request();
    const Target target;
    Procedure procedure(registry, *policy, request, target, now, outbound);
    return procedure.erase_resource(transaction, *resource);
  };
}

store::WriteJob ageing_job(std::shared_ptr<const Policy> policy, std::uint64_t container, Time now) {
  return [policy = std::move(policy), container, now](store::Transaction& transaction) -> Result<void> {
    if (const auto resource = transaction.find(container)) enforce_limits(transaction, *resource, *policy, now);
    return {};
  };
}

Sweep find_work(store::View& view, const Policy& policy, Time now) {
  Sweep work;
  work.expired = view.expired(now, expiries_per_round);
  for (const auto key : view.containers_with_age_limit()) {
    const auto container = view.find(key);
    if (!container) continue;
    const auto oldest = view.oldest_instance(key);
    if (oldest && oldest->creation_time < instance_limits(*container, policy, now).created_before) work.aged.push_back(key);
  }
  return work;
}

void sweep(const model::Registry& registry, store::Store& store, const SweepContext& where) {
  Sweep work;
  try {
    store.read([&](store::View& view) { work = find_work(view, *where.policy, where.now); });
  } catch (const store::StoreError& error) {
    log::warning("sweep could not read the store", {{"reason", error.what()}});
    return;
  }
  for (auto& path : work.expired) store.write(expire_job(registry, where.policy, std::move(path), where.now, where.outbound), where.context, LogFailure{});
  for (const auto key : work.aged) store.write(ageing_job(where.policy, key, where.now), where.context, LogFailure{});
}

}  // namespace nscl::core
