// SPDX-License-Identifier: Apache-2.0
// Announcer: the half of announcement that runs inside the transaction of a change: which SCLs are to be told of a
// resource, and what their lanes have to do for it (TS 102 921 10.3.2.8; procedures 5.11). On the writer's thread.
#pragma once

#include <nscl/core/outbound.h>
#include <nscl/model/registry.h>

#include "announcement.h"

namespace nscl::delivery {

class Announcer {
 public:
  /// `outbound`: knows the registered SCLs, and is told of what changes here.
  Announcer(const model::Registry& registry, const Clock& clock, core::Outbound& outbound) : registry_(registry), clock_(clock), outbound_(outbound) {}

  void changed(store::Transaction& transaction, const core::Change& change);

  /// The SCLs that are registered, or the policy of this one, are not what they were.
  void settle_again(store::Transaction& transaction, const model::Resource& original) { settle(transaction, original, {}); }

  /// The target refuses: it leaves the original's sclList, or is remembered if the application's counts (resources.md 1.18).
  void refused(store::Transaction& transaction, const model::Resource& original, std::uint64_t scl);

  /// The target has put the announcement at another place than asked for; what is announced below an application follows.
  void moved(store::Transaction& transaction, const model::Resource& original, const std::vector<Announcement>& announcements);

  /// The lane of `scl` shall bring the announcement of `original` to its present state. False if too much waits in it.
  bool queue(store::Transaction& transaction, std::uint64_t scl, const AnnounceTask& task);

  /// The type that stands for resources of this type elsewhere, null if they cannot be announced.
  const model::ResourceType* announced_type(const model::Resource& original) const;

 private:
  /// What has changed of an original.
  struct Cause {
    bool wish = false;      ///< its announceTo, or the one it follows
    bool content = false;   ///< what its announcements repeat
  };
  void settle(store::Transaction& transaction, const model::Resource& original, Cause cause);
  void settle_below(store::Transaction& transaction, const model::Resource& application);
  /// The announcement at one target as it is to be; nullopt if it cannot be queued.
  std::optional<Announcement> settle_one(store::Transaction& transaction, const model::Resource& original, std::uint64_t scl, const Announcement* old, Cause cause);
  void take_back(store::Transaction& transaction, std::uint64_t original, const Announcement& announcement);
  void hurry(store::Transaction& transaction, const model::Resource& scl);
  void removed(store::Transaction& transaction, const model::Resource& resource);
  /// The SCLs that it is to be announced to, whether they are registered or not.
  model::List references_of(store::View& view, const model::Resource& original) const;
  std::vector<std::uint64_t> registered(store::View& view, const model::List& references, const model::Resource& original) const;
  void note_wish(store::Transaction& transaction, const model::Resource& original, bool is_wished);
  std::string place_of(store::View& view, const model::Resource& original, std::uint64_t scl) const;

  const model::Registry& registry_;
  const Clock& clock_;
  core::Outbound& outbound_;
};

}  // namespace nscl::delivery
