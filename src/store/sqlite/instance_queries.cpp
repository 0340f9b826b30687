// SPDX-License-Identifier: Apache-2.0
#include "instance_queries.h"

#include <nscl/base/bytes.h>
#include <nscl/codec/codec.h>
#include <nscl/model/data_type.h>

namespace nscl::store::sqlite {
namespace {

constexpr std::string_view id_prefix = "CI_";

}  // namespace

std::string generated_id(std::uint64_t sequence) { return std::string(id_prefix) + to_base36(sequence); }

std::optional<std::uint64_t> sequence_of_id(std::string_view id) {
  if (!id.starts_with(id_prefix)) return std::nullopt;
  const auto sequence = from_base36(id.substr(id_prefix.size()));
  return sequence && generated_id(*sequence) == id ? sequence : std::nullopt;   // one spelling only
}

model::InstancePtr InstanceQueries::instance(std::uint64_t sequence) {
  auto statement = connection_.prepare(
      "SELECT created, name, content_type, search_strings, delay_tolerance, content FROM instance_body WHERE sequence = ?");
  if (!statement.with(sequence).step()) return nullptr;
  auto instance = std::make_shared<model::Instance>();
  instance->sequence = sequence;
  instance->creation_time = statement.time(0);
  instance->id = statement.is_null(1) ? generated_id(sequence) : std::string(statement.text(1));
  instance->content_type = statement.text(2);
  if (!statement.is_null(3)) {
    auto strings = codec::decode_stored(model::types::search_strings, statement.text(3));
    if (!strings) throw StoreError("the stored instance with sequence " + std::to_string(sequence) + " is damaged");
    instance->search_strings = std::move(*strings);
  }
  if (!statement.is_null(4)) instance->delay_tolerance = statement.time(4);
  instance->content = statement.text(5);
  return instance;
}

std::optional<std::uint64_t> InstanceQueries::named(std::uint64_t container, std::string_view name) {
  auto statement = connection_.prepare("SELECT sequence FROM instance_name WHERE container = ? AND name = ?");
  return statement.with(container, name).step() ? std::optional(statement.number(0)) : std::nullopt;
}

std::optional<std::string> InstanceQueries::name_of(std::uint64_t sequence) {
  auto statement = connection_.prepare("SELECT name FROM instance_body WHERE sequence = ?");
  if (!statement.with(sequence).step() || statement.is_null(0)) return std::nullopt;
  return std::string(statement.text(0));
}

std::optional<Time> InstanceQueries::creation_time(std::uint64_t sequence) {
  auto statement = connection_.prepare("SELECT created FROM instance WHERE sequence = ?");
  return statement.with(sequence).step() ? std::optional(statement.time(0)) : std::nullopt;
}

void InstanceQueries::insert(std::uint64_t container, const model::Instance& instance, bool is_named) {
  connection_.prepare("INSERT INTO instance(sequence, container, size, created) VALUES(?, ?, ?, ?)")
      .with(instance.sequence, container, instance.content.size(), instance.creation_time).run();
  std::optional<std::string> strings;
  if (!instance.search_strings.is_null()) strings = codec::encode_stored(model::types::search_strings, instance.search_strings);
  using Text = std::optional<std::string_view>;
  connection_.prepare("INSERT INTO instance_body(sequence, created, name, content_type, search_strings, delay_tolerance, content) "
                      "VALUES(?, ?, ?, ?, ?, ?, ?)")
      .with(instance.sequence, instance.creation_time, is_named ? Text(instance.id) : Text(), std::string_view(instance.content_type),
            strings ? Text(*strings) : Text(), instance.delay_tolerance, Blob{instance.content}).run();
}

void InstanceQueries::insert_name(std::uint64_t container, std::string_view name, std::uint64_t sequence) {
  connection_.prepare("INSERT INTO instance_name(container, name, sequence) VALUES(?, ?, ?)").with(container, name, sequence).run();
}

void InstanceQueries::erase_name(std::uint64_t container, std::string_view name) {
  connection_.prepare("DELETE FROM instance_name WHERE container = ? AND name = ?").with(container, name).run();
}

void InstanceQueries::erase_names(std::uint64_t container) {
  connection_.prepare("DELETE FROM instance_name WHERE container = ?").with(container).run();
}

void InstanceQueries::erase(std::uint64_t first, std::uint64_t last) {
  connection_.prepare("DELETE FROM instance WHERE sequence BETWEEN ? AND ?").with(first, last).run();
  connection_.prepare("DELETE FROM instance_body WHERE sequence BETWEEN ? AND ?").with(first, last).run();
}

void InstanceQueries::set_deletion_time(std::uint64_t container, std::optional<Time> last_modified) {
  if (last_modified) {
    connection_.prepare("INSERT OR REPLACE INTO container_state(container, last_modified) VALUES(?, ?)")
        .with(container, *last_modified).run();
  } else {
    connection_.prepare("DELETE FROM container_state WHERE container = ?").with(container).run();
  }
}

void InstanceQueries::restore(InstanceIndex& index) {
  auto rows = connection_.prepare("SELECT sequence, container, size, created FROM instance ORDER BY sequence");
  while (rows.step()) index.restore(rows.number(1), Slot(rows.number(0), rows.number(2)), rows.time(3));
  auto names = connection_.prepare("SELECT container, count(*) FROM instance_name GROUP BY container");
  while (names.step()) index.restore_names(names.number(0), names.number(1));
  auto states = connection_.prepare("SELECT container, last_modified FROM container_state");
  while (states.step()) index.restore_deletion(states.number(0), states.time(1));
  index.finish_restore();
}

}  // namespace nscl::store::sqlite
