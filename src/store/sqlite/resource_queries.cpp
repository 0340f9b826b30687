// SPDX-License-Identifier: Apache-2.0
#include "resource_queries.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/codec/codec.h>

namespace nscl::store::sqlite {
namespace {

constexpr const char* end_of_paths = "\xff";   // no UTF-8 text begins with this octet

std::optional<Time> expiration_of(const model::Resource& resource) {
  return resource.expiration_time == never ? std::nullopt : std::optional{resource.expiration_time};
}

std::optional<int> age_limit_of(const model::Resource& resource) {
  return resource.attributes.find("maxInstanceAge") ? std::optional{1} : std::nullopt;
}

std::vector<std::string> first_column(Statement& statement) {
  std::vector<std::string> texts;
  while (statement.step()) texts.emplace_back(statement.text(0));
  return texts;
}

}  // namespace

Below::Below(std::string_view path)
    : lower(path.empty() ? std::string{} : std::string(path) + '/'), upper(path.empty() ? end_of_paths : std::string(path) + '0') {}

std::vector<std::string_view> search_strings_of(const model::Resource& resource) {
  std::vector<std::string_view> found;
  const auto* attribute = resource.attributes.find("searchStrings");
  const auto* values = attribute ? attribute->find("searchString") : nullptr;
  if (!values) return found;
  for (const auto& value : values->list()) found.push_back(value.text());
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

const model::ResourceType& ResourceQueries::type_named(std::string_view name) const {
  if (const auto* type = registry_.find(name)) return *type;
  throw StoreError("a stored resource has the unknown type " + std::string(name));
}

model::ResourcePtr ResourceQueries::resource(std::string_view path) {
  auto statement = connection_.prepare("SELECT key, type, created, modified, expiration, body FROM resource WHERE path = ?");
  if (!statement.with(path).step()) return nullptr;
  auto resource = std::make_shared<model::Resource>();
  resource->key = statement.number(0);
  resource->path = path;
  resource->type = &type_named(statement.text(1));
  resource->creation_time = statement.time(2);
  resource->last_modified_time = statement.time(3);
  if (!statement.is_null(4)) resource->expiration_time = statement.time(4);
  auto attributes = codec::decode_stored(*resource->type, statement.text(5));
  if (!attributes) throw StoreError("the stored resource with key " + std::to_string(resource->key) + " is damaged");
  resource->attributes = std::move(*attributes);
  return resource;
}

std::optional<std::string> ResourceQueries::path_of(std::uint64_t key) {
  auto statement = connection_.prepare("SELECT path FROM resource WHERE key = ?");
  return statement.with(key).step() ? std::optional(std::string(statement.text(0))) : std::nullopt;
}

// Fixed children that differ from what their parent implies are stored at the same place, but are no individuals.
std::vector<ChildEntry> ResourceQueries::children(std::string_view path, std::size_t limit) {
  std::vector<ChildEntry> found;
  auto statement = connection_.prepare("SELECT path, type FROM resource WHERE parent = ? ORDER BY key");
  statement.with(path);
  while (found.size() < limit && statement.step()) {
    const auto& type = type_named(statement.text(1));
    if (!type.parents.empty()) found.push_back({std::string(last_segment(statement.text(0))), &type});
  }
  return found;
}

std::vector<std::string> ResourceQueries::paths(const Below& range, std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT path FROM resource WHERE path > ? AND path < ? ORDER BY path LIMIT ?");
  return first_column(statement.with(std::max<std::string_view>(range.lower, after), range.upper, limit));
}

std::vector<std::string> ResourceQueries::paths_with(std::string_view search, const Below& range, std::string_view after,
                                                     std::size_t limit) {
  auto statement =
      connection_.prepare("SELECT path FROM search_string WHERE value = ? AND path > ? AND path < ? ORDER BY path LIMIT ?");
  const auto lower = std::max<std::string_view>(range.lower, after);
  return first_column(statement.with(search, lower, range.upper, limit));
}

bool ResourceQueries::has_search_string(std::string_view path, std::string_view search) {
  return connection_.prepare("SELECT 1 FROM search_string WHERE value = ? AND path = ?").with(search, path).step();
}

std::vector<std::string> ResourceQueries::paths_of_type(std::string_view type, std::uint64_t after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT path FROM resource WHERE type = ? AND key > ? ORDER BY key LIMIT ?");
  return first_column(statement.with(type, after, limit));
}

std::vector<std::string> ResourceQueries::expired(Time now, std::size_t limit) {
  auto statement = connection_.prepare("SELECT path FROM resource WHERE expiration <= ? ORDER BY expiration, key LIMIT ?");
  return first_column(statement.with(now, limit));
}

std::vector<std::uint64_t> ResourceQueries::with_age_limit() {
  std::vector<std::uint64_t> keys;
  auto statement = connection_.prepare("SELECT key FROM resource WHERE age_limit IS NOT NULL");
  while (statement.step()) keys.push_back(statement.number(0));
  return keys;
}

std::uint64_t ResourceQueries::held(std::string_view owner) {
  auto statement = connection_.prepare("SELECT resources FROM holding WHERE owner = ?");
  return statement.with(owner).step() ? statement.number(0) : 0;
}

// ---- changes

void ResourceQueries::count_held(std::string_view owner, std::int64_t more) {
  connection_.prepare("INSERT INTO holding(owner, resources) VALUES(?, ?) ON CONFLICT(owner) DO UPDATE SET resources = resources + excluded.resources")
      .with(owner, more)
      .run();
}

void ResourceQueries::forget_held(std::string_view owner) { connection_.prepare("DELETE FROM holding WHERE owner = ?").with(owner).run(); }

void ResourceQueries::insert(const model::Resource& resource) {
  auto statement = connection_.prepare(
      "INSERT INTO resource(key, path, parent, type, created, modified, expiration, age_limit, body) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto body = codec::encode_stored(*resource.type, resource.attributes);
  const std::string_view path = resource.path;
  const auto parent = path.empty() ? std::nullopt : std::optional(parent_path(path));   // the sclBase is nobody's child
  statement.with(resource.key, path, parent, resource.type->name, resource.creation_time, resource.last_modified_time,
                 expiration_of(resource), age_limit_of(resource), body).run();
}

bool ResourceQueries::update(const model::Resource& resource) {
  auto statement = connection_.prepare(
      "UPDATE resource SET type = ?, created = ?, modified = ?, expiration = ?, age_limit = ?, body = ? "
      "WHERE key = ? AND path = ?");
  const auto body = codec::encode_stored(*resource.type, resource.attributes);
  statement.with(resource.type->name, resource.creation_time, resource.last_modified_time, expiration_of(resource),
                 age_limit_of(resource), body, resource.key, resource.path).run();
  return connection_.changes() == 1;
}

// The stored form is ours: where the name of the attribute does not occur, there are no search strings.
std::vector<ResourceQueries::Erased> ResourceQueries::subtree(std::string_view path) {
  std::vector<Erased> found;
  const auto add = [&](Statement& statement) {
    while (statement.step()) {
      const auto may_have = statement.text(2).find("\"searchStrings\"") != std::string_view::npos;
      found.push_back({statement.number(0), std::string(statement.text(1)), may_have});
    }
  };
  const Below below(path);
  auto itself = connection_.prepare("SELECT key, path, body FROM resource WHERE path = ?");
  add(itself.with(path));
  auto others = connection_.prepare("SELECT key, path, body FROM resource WHERE path > ? AND path < ?");
  add(others.with(below.lower, below.upper));
  return found;
}

void ResourceQueries::erase_subtree(std::string_view path) {
  const Below below(path);
  connection_.prepare("DELETE FROM resource WHERE path = ?").with(path).run();
  connection_.prepare("DELETE FROM resource WHERE path > ? AND path < ?")
      .with(below.lower, below.upper).run();
}

void ResourceQueries::insert_search_string(std::string_view value, std::string_view path) {
  connection_.prepare("INSERT INTO search_string(value, path) VALUES(?, ?)").with(value, path).run();
}

void ResourceQueries::erase_search_string(std::string_view value, std::string_view path) {
  connection_.prepare("DELETE FROM search_string WHERE value = ? AND path = ?").with(value, path).run();
}

// ---- facts

std::optional<std::string> ResourceQueries::fact(std::string_view name) {
  auto statement = connection_.prepare("SELECT value FROM fact WHERE name = ?");
  return statement.with(name).step() ? std::optional(std::string(statement.text(0))) : std::nullopt;
}

void ResourceQueries::put_fact(std::string_view name, std::string_view value) {
  connection_.prepare("INSERT OR REPLACE INTO fact(name, value) VALUES(?, ?)").with(name, value).run();
}

}  // namespace nscl::store::sqlite
