// SPDX-License-Identifier: Apache-2.0
// What time does to the tree: expiry of resources, ageing of contentInstances; and what a new tree holds.
#include <nscl/core/pipeline.h>
#include <nscl/core/procedure.h>

#include <nscl/base/log.h>
#include <nscl/core/sweep.h>

namespace nscl::core {
namespace {

constexpr std::size_t expiries_per_round = 256;
constexpr std::size_t most_doubtful = 100;             ///< expiries that a doubtful clock may cause
constexpr auto clock_step = std::chrono::seconds{60};  ///< between the two clocks; less is a correction
constexpr auto proof_time = std::chrono::minutes{5};

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

// The offset that is compared with stays: many small steps are one large one in the end. A step back takes no doubt away,
// since it need not undo the one before it.
bool ClockWatch::is_doubtful(Time now, Monotonic monotonic) {
  const Time::duration offset = now.time_since_epoch() - std::chrono::floor<Time::duration>(monotonic.time_since_epoch());
  const auto step = offset - offset_.value_or(offset);
  if (!offset_ || step > clock_step || step < -clock_step) offset_ = offset;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(step).count();
  if (step > clock_step) {
    doubtful_until_ = monotonic + proof_time;
    log::warning("the clock was turned forward: mass expiry waits for five minutes", {{"seconds", std::int64_t{seconds}}});
  } else if (step < -clock_step) {
    log::warning("the clock was turned back", {{"seconds", std::int64_t{seconds}}});
  }
  return monotonic < doubtful_until_;
}

store::WriteJob expire_job(const model::Registry& registry, std::shared_ptr<const Policy> policy, std::string path, Time now, Outbound* outbound) {
  return [&registry, policy = std::move(policy), path = std::move(path), now, outbound](store::Transaction& transaction) -> Result<void> {
    const auto resource = transaction.find(path);
    if (!resource || resource->expiration_time > now) return {};   // prolonged, or gone with its parent
    const auto request = own_request();
    const Target target;
    const Partners partners{outbound};
    Procedure procedure(registry, *policy, request, target, now, partners);
    return procedure.erase_resource(transaction, *resource);
  };
}

store::WriteJob ageing_job(std::shared_ptr<const Policy> policy, std::uint64_t container, Time now) {
  return [policy = std::move(policy), container, now](store::Transaction& transaction) -> Result<void> {
    if (const auto resource = transaction.find(container)) enforce_limits(transaction, *resource, *policy, now);
    return {};
  };
}

Sweep find_work(store::View& view, const Policy& policy, Time now, bool is_clock_doubtful) {
  Sweep work;
  work.expired = view.expired(now, expiries_per_round);
  if (is_clock_doubtful) {
    if (work.expired.size() > most_doubtful) work.expired.clear();
    return work;
  }
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
    store.read([&](store::View& view) { work = find_work(view, *where.policy, where.now, where.is_clock_doubtful); });
  } catch (const store::StoreError& error) {
    log::warning("sweep could not read the store", {{"reason", error.what()}});
    return;
  }
  for (auto& path : work.expired) store.write(expire_job(registry, where.policy, std::move(path), where.now, where.outbound), where.context, LogFailure{});
  for (const auto key : work.aged) store.write(ageing_job(where.policy, key, where.now), where.context, LogFailure{});
}

}  // namespace nscl::core
