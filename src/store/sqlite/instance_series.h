// SPDX-License-Identifier: Apache-2.0
// Slot, Series and InstanceList: which instances a container holds, oldest first, at 12 octets each; and what a
// procedure may ask about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <nscl/store/view.h>

namespace nscl::store::sqlite {

/// An instance in memory: its sequence number and the size of its content. Dead slots keep the order until they are
/// swept out.
class Slot {
 public:
  Slot(std::uint64_t sequence, std::uint64_t size)
      : low_(static_cast<std::uint32_t>(sequence)), high_(static_cast<std::uint32_t>(sequence >> 32)),
        size_(static_cast<std::uint32_t>(size)) {}
  std::uint64_t sequence() const { return (std::uint64_t{high_ & ~dead_bit} << 32) | low_; }
  std::uint64_t size() const { return size_; }
  bool is_dead() const { return (high_ & dead_bit) != 0; }
  void kill() { high_ |= dead_bit; }

 private:
  static constexpr std::uint32_t dead_bit = 1u << 31;
  std::uint32_t low_, high_, size_;
};

/// Ascending run of slots; its front may be cut off cheaply.
class Series {
 public:
  std::span<const Slot> slots() const { return std::span(slots_).subspan(head_); }
  void append(Slot slot);
  void cut_front(std::size_t count);
  /// Marks a slot as dead, or takes it away at either end; false if there is no living one.
  bool kill(std::uint64_t sequence);
  const Slot* find(std::uint64_t sequence) const;   ///< living ones only
  void shrink() { slots_.shrink_to_fit(); }

 private:
  void sweep();
  std::vector<Slot> slots_;
  std::size_t head_ = 0, dead_ = 0;
};

/// Index of the first slot whose sequence is not below `sequence`.
std::size_t lower_bound(std::span<const Slot> slots, std::uint64_t sequence);

/// What View asks about the instances of one container. No access to the disk.
class InstanceList {
 public:
  virtual ~InstanceList() = default;
  virtual InstanceStats stats(std::uint64_t container) const = 0;
  virtual std::uint64_t latest(std::uint64_t container) const = 0;     ///< 0: there is none
  virtual std::uint64_t oldest(std::uint64_t container) const = 0;
  virtual bool contains(std::uint64_t container, std::uint64_t sequence) const = 0;
  virtual bool has_names(std::uint64_t container) const = 0;           ///< ids that clients chose
  /// Fills `out` with sequences below `before`, newest first; how many there were.
  virtual std::size_t newest(std::uint64_t container, std::uint64_t before, std::span<std::uint64_t> out) const = 0;
  /// The same with sequences above `after`, oldest first.
  virtual std::size_t following(std::uint64_t container, std::uint64_t after, std::span<std::uint64_t> out) const = 0;
};

}  // namespace nscl::store::sqlite
