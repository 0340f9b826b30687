// SPDX-License-Identifier: Apache-2.0
// BatchInstances: the instance index as the jobs of one batch see it: what is committed plus what the batch did so
// far. Undoes a job; hands the changes to the index after the commit. Writer thread only, no access to the disk.
#pragma once

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "instance_index.h"

namespace nscl::store::sqlite {

class BatchInstances final : public InstanceList {
 public:
  explicit BatchInstances(InstanceIndex& index) : index_(index) {}

  InstanceStats stats(std::uint64_t container) const override;
  std::uint64_t latest(std::uint64_t container) const override;
  std::uint64_t oldest(std::uint64_t container) const override;
  bool contains(std::uint64_t container, std::uint64_t sequence) const override;
  bool has_names(std::uint64_t container) const override;
  std::size_t newest(std::uint64_t container, std::uint64_t before, std::span<std::uint64_t> out) const override;
  std::size_t following(std::uint64_t container, std::uint64_t after, std::span<std::uint64_t> out) const override;

  bool knows(std::uint64_t container) const { return changes_.contains(container) || index_.committed(container); }

  /// The instance, if it was appended in this batch; else null.
  model::InstancePtr pending(std::uint64_t sequence) const;

  void append(std::uint64_t container, const model::InstancePtr& instance, bool is_named);
  /// Takes one out. It must be there.
  void drop(std::uint64_t container, std::uint64_t sequence, bool is_named);
  /// Takes all out, and the container with them.
  void drop_all(std::uint64_t container);
  /// True if the newest instance was appended by the running job: a deletion is then part of that change.
  bool has_appended(std::uint64_t container) const;
  void set_last_modified(std::uint64_t container, Time time);   ///< of a deletion

  void keep_job();
  void undo_job();

  struct Append {
    std::uint64_t container;
    model::InstancePtr instance;
    bool is_named;
  };
  /// Ascending sequences; those dropped again are among them and among dropped() too.
  const std::vector<Append>& appended() const { return appended_; }
  const std::vector<std::uint64_t>& dropped() const { return dropped_; }
  /// Calls `visit(container, last_modified)` where that is no longer the creation of the newest instance; nullopt: the
  /// container is gone.
  template <class Visit>
  void each_deletion_time(const Visit& visit) const {
    for (const auto& [container, change] : changes_) {
      if (change.is_gone) visit(container, std::optional<Time>{});
      else if (change.is_deletion_newer) visit(container, std::optional{change.stats.last_modified_time});
    }
  }

  /// After the commit / after its failure.
  void publish();
  void clear();

 private:
  struct Change {
    const ContainerInstances* base = nullptr;   // stays where it is: only publish() changes the index
    std::size_t skipped = 0;                    // slots of `base` passed from the front
    std::vector<std::uint64_t> erased;          // further dead ones in `base`, ascending
    Series added;
    model::InstancePtr newest;                  // of `added`
    InstanceStats stats;
    std::uint64_t names = 0;
    std::uint64_t job = 0;                      // the job that touched it last
    std::uint64_t appended_by = 0;
    bool is_gone = false;
    bool is_deletion_newer = false;

    std::span<const Slot> base_slots() const;
    bool is_living(const Slot& slot) const;
    const Slot* find(std::uint64_t sequence) const;
    void pass_dead_front();
  };
  const Change* find(std::uint64_t container) const;
  Change& touch(std::uint64_t container);
  static void apply(const Change& change, ContainerInstances& entry);

  InstanceIndex& index_;
  std::unordered_map<std::uint64_t, Change> changes_;
  std::vector<Append> appended_;
  std::vector<std::uint64_t> dropped_;

  // how to undo the running job
  std::uint64_t job_ = 1;
  std::vector<std::pair<std::uint64_t, std::optional<Change>>> before_;
  std::size_t appended_before_ = 0, dropped_before_ = 0;
};

}  // namespace nscl::store::sqlite
