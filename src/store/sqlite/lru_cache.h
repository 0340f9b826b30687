// SPDX-License-Identifier: Apache-2.0
// LruCache: a map with a bounded cost that forgets what was not used for longest. Not for two threads at once.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace nscl::store::sqlite {

/// A key that is a view may point into its own value.
template <class Key, class Value>
class LruCache {
 public:
  explicit LruCache(std::size_t capacity) : capacity_(capacity) {}

  const Value* find(const Key& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->value;
  }

  void put(const Key& key, Value value, std::size_t cost = 1) {
    erase(key);
    if (cost > capacity_) return;
    entries_.push_front({key, std::move(value), cost});
    places_.emplace(entries_.front().key, entries_.begin());
    for (used_ += cost; used_ > capacity_;) forget(std::prev(entries_.end()));
  }

  void erase(const Key& key) {
    const auto found = places_.find(key);
    if (found != places_.end()) forget(found->second);
  }

  std::size_t used() const { return used_; }

 private:
  struct Entry {
    Key key;
    Value value;
    std::size_t cost;
  };
  using Place = typename std::list<Entry>::iterator;

  void forget(Place entry) {
    used_ -= entry->cost;
    places_.erase(entry->key);
    entries_.erase(entry);
  }

  std::size_t capacity_, used_ = 0;
  std::list<Entry> entries_;   // the last used first
  std::unordered_map<Key, Place> places_;
};

}  // namespace nscl::store::sqlite
