// SPDX-License-Identifier: Apache-2.0
// InstanceQueries: the statements on contentInstances, and the form of the ids that the store generates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/model/resource.h>

#include "connection.h"
#include "instance_index.h"

namespace nscl::store::sqlite {

/// "CI_" and the sequence number in base 36; and back, nullopt for any other id.
std::string generated_id(std::uint64_t sequence);
std::optional<std::uint64_t> sequence_of_id(std::string_view id);

class InstanceQueries {
 public:
  explicit InstanceQueries(Connection& connection) : connection_(connection) {}

  model::InstancePtr instance(std::uint64_t sequence);
  std::optional<std::uint64_t> named(std::uint64_t container, std::string_view name);   ///< its sequence
  std::optional<std::string> name_of(std::uint64_t sequence);
  std::optional<Time> creation_time(std::uint64_t sequence);

  void insert(std::uint64_t container, const model::Instance& instance, bool is_named);
  void insert_name(std::uint64_t container, std::string_view name, std::uint64_t sequence);
  void erase_name(std::uint64_t container, std::string_view name);
  void erase_names(std::uint64_t container);
  void erase(std::uint64_t first, std::uint64_t last);   ///< all instances with these sequences
  void set_deletion_time(std::uint64_t container, std::optional<Time> last_modified);

  /// Fills an empty index with what is stored.
  void restore(InstanceIndex& index);

 private:
  Connection& connection_;
};

}  // namespace nscl::store::sqlite
