// SPDX-License-Identifier: Apache-2.0
#include "reads.h"

#include <algorithm>
#include <array>

namespace nscl::store::sqlite {

template <class Interface>
model::ResourcePtr Reads<Interface>::find(std::uint64_t key) {
  const auto path = resources().path_of(key);
  return path ? lookup(*path, true) : nullptr;
}

// Paths are fetched in pieces, so that no statement is open while `visit` runs: it may read, write, or stop early.
template <class Interface>
template <class NextPaths>
void Reads<Interface>::visit_each(const NextPaths& next_paths, const std::function<bool(const model::ResourcePtr&)>& visit) {
  std::string last;
  for (std::size_t piece = 16;; piece = std::min<std::size_t>(piece * 2, 512)) {
    const auto paths = next_paths(last, piece);
    for (const auto& path : paths) {
      const auto resource = lookup(path, false);
      if (resource && !visit(resource)) return;
    }
    if (paths.size() < piece) return;
    last = paths.back();
  }
}

template <class Interface>
void Reads<Interface>::scan(std::string_view prefix, std::string_view after,
                            const std::function<bool(const model::ResourcePtr&)>& visit) {
  if (after.empty() || after < prefix) {
    const auto itself = lookup(prefix, false);
    if (itself && !visit(itself)) return;
  }
  const Below range(prefix);
  visit_each([&](const std::string& last, std::size_t limit) {
    return resources().paths(range, last.empty() ? after : last, limit);
  }, visit);
}

template <class Interface>
void Reads<Interface>::scan_search_string(std::string_view search, std::string_view prefix,
                                          const std::function<bool(const model::ResourcePtr&)>& visit) {
  if (resources().has_search_string(prefix, search)) {
    const auto itself = lookup(prefix, false);
    if (itself && !visit(itself)) return;
  }
  const Below range(prefix);
  visit_each([&](const std::string& last, std::size_t limit) {
    return resources().paths_with(search, range, last, limit);
  }, visit);
}

template <class Interface>
std::vector<model::ResourcePtr> Reads<Interface>::of_type(std::string_view type, std::uint64_t after, std::size_t limit) {
  std::vector<model::ResourcePtr> found;
  for (const auto& path : resources().paths_of_type(type, after, limit)) {
    if (auto resource = lookup(path, false)) found.push_back(std::move(resource));
  }
  return found;
}

// A reader may meet the index before and the disk after a commit that takes the chosen instance away.
template <class Interface>
template <class Choose>
model::InstancePtr Reads<Interface>::load_chosen(std::uint64_t container, const Choose& choose) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    const std::uint64_t sequence = choose();
    if (sequence == 0) return nullptr;
    if (auto instance = load(container, sequence)) return instance;
    settle();
  }
  throw StoreError("the instances of container " + std::to_string(container) + " are not those that its index names");
}

template <class Interface>
model::InstancePtr Reads<Interface>::latest_instance(std::uint64_t container) {
  return load_chosen(container, [&] { return instances().latest(container); });
}

template <class Interface>
model::InstancePtr Reads<Interface>::oldest_instance(std::uint64_t container) {
  return load_chosen(container, [&] { return instances().oldest(container); });
}

template <class Interface>
model::InstancePtr Reads<Interface>::find_instance(std::uint64_t container, std::string_view id) {
  auto instance = load_chosen(container, [&]() -> std::uint64_t {
    if (instances().has_names(container)) {
      if (const auto named = stored_instances().named(container, id)) return *named;
    }
    const auto generated = sequence_of_id(id);
    return generated && instances().contains(container, *generated) ? *generated : 0;
  });
  return instance && instance->id == id ? instance : nullptr;   // a named one has no generated id besides
}

// What the snapshot does not have may be gone, or newer than the snapshot: passed over, it would be a hole before those
// after it that memory has.
template <class Interface>
model::InstancePtr Reads<Interface>::load_listed(std::uint64_t container, std::uint64_t sequence) {
  if (auto instance = load(container, sequence)) return instance;
  settle();
  return load_chosen(container, [&]() -> std::uint64_t { return instances().contains(container, sequence) ? sequence : 0; });
}

template <class Interface>
void Reads<Interface>::scan_instances(std::uint64_t container, const std::function<bool(const model::InstancePtr&)>& visit) {
  std::array<std::uint64_t, 256> sequences;
  std::uint64_t before = UINT64_MAX;
  for (std::size_t piece = 16;; piece = std::min(piece * 2, sequences.size())) {
    const auto count = instances().newest(container, before, std::span(sequences).first(piece));
    for (const auto sequence : std::span(sequences).first(count)) {
      const auto instance = load_listed(container, sequence);
      if (instance && !visit(instance)) return;
    }
    if (count < piece) return;
    before = sequences[count - 1];
  }
}

template <class Interface>
void Reads<Interface>::scan_instances_after(std::uint64_t container, std::uint64_t after,
                                            const std::function<bool(const model::InstancePtr&)>& visit) {
  std::array<std::uint64_t, 64> sequences;
  for (;;) {
    const auto count = instances().following(container, after, sequences);
    for (const auto sequence : std::span(sequences).first(count)) {
      const auto instance = load_listed(container, sequence);
      if (instance && !visit(instance)) return;
    }
    if (count < sequences.size()) return;
    after = sequences[count - 1];
  }
}

template class Reads<View>;
template class Reads<Transaction>;

}  // namespace nscl::store::sqlite
