// SPDX-License-Identifier: Apache-2.0
#include "store_contract.h"

#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace nscl::store::contract {
namespace {

using model::Attribute, model::ResourceType;

const ResourceType scl_base{.name = "sclBase", .attributes = {model::attributes::search_strings()}, .children = {"containers", "scls"}};
const ResourceType scls{.name = "scls", .is_collection = true};
const ResourceType scl{.name = "scl", .parents = {"scls"}, .attributes = {model::attributes::search_strings()}};
const ResourceType containers{.name = "containers",
                              .attributes = {Attribute{.name = "note", .type = &model::types::string}},
                              .children = {"subscriptions"},
                              .is_collection = true};
const ResourceType container_type{.name = "container",
                                  .parents = {"containers"},
                                  .attributes = {model::attributes::search_strings(),
                                                 Attribute{.name = "maxInstanceAge", .type = &model::types::duration},
                                                 Attribute{.name = "note", .type = &model::types::string}},
                                  .children = {"containers"}};
const ResourceType subscriptions{.name = "subscriptions",
                                 .attributes = {Attribute{.name = "note", .type = &model::types::string}},
                                 .is_collection = true};

}  // namespace

const model::Registry& registry() {
  static const ResourceType* const types[] = {&scl_base, &scls, &scl, &containers, &container_type, &subscriptions};
  static const model::Registry all(types);
  return all;
}

TemporaryDirectory::TemporaryDirectory() {
  auto name = (std::filesystem::temp_directory_path() / "nscl-store-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

model::Resource resource(std::string path, std::string_view type, model::Object attributes) {
  model::Resource made;
  made.path = std::move(path);
  made.type = registry().find(type);
  made.attributes = std::move(attributes);
  return made;
}

model::Object with_search_strings(std::initializer_list<std::string_view> strings) {
  model::List list;
  for (const auto text : strings) list.emplace_back(text);
  model::Object values, attributes;
  values.set("searchString", std::move(list));
  attributes.set("searchStrings", std::move(values));
  return attributes;
}

model::Instance instance(std::string content, std::string id) {
  model::Instance made;
  made.id = std::move(id);
  made.content_type = "text/plain";
  made.content = std::move(content);
  return made;
}

ManagedDevice managed_device(std::string id, std::string managed) {
  ManagedDevice out;
  out.id = std::move(id);
  out.managed = std::move(managed);
  return out;
}

std::uint64_t create(Transaction& transaction, const std::string& path, std::string_view type, model::Object attributes) {
  auto made = resource(path, type, std::move(attributes));
  made.creation_time = made.last_modified_time = transaction.stamp();
  return transaction.put(std::move(made))->key;
}

model::InstancePtr append(Transaction& transaction, std::uint64_t container, std::string content, std::string id) {
  auto appended = transaction.append_instance(container, instance(std::move(content), std::move(id)));
  if (!appended) {
    ADD_FAILURE() << appended.error().detail;
    return nullptr;
  }
  return *appended;
}

std::vector<std::string> ids_newest_first(View& view, std::uint64_t container) {
  std::vector<std::string> ids;
  view.scan_instances(container, [&](const model::InstancePtr& each) {
    ids.push_back(each->id);
    return true;
  });
  return ids;
}

std::vector<std::string> paths_of(const std::function<void(const std::function<bool(const model::ResourcePtr&)>&)>& scan) {
  std::vector<std::string> paths;
  scan([&](const model::ResourcePtr& each) {
    paths.push_back(each->path);
    return true;
  });
  return paths;
}

void StoreContract::SetUp() {
  backend_ = GetParam()();
  store_ = backend_->open(options_, clock_);
}

void StoreContract::TearDown() {
  store_.reset();
  backend_.reset();
}

void StoreContract::reopen() {
  store_->stop();
  store_.reset();
  store_ = backend_->open(options_, clock_);
}

void StoreContract::change(const std::function<void(Transaction&)>& job) {
  const auto result = store_->write_and_wait([&](Transaction& transaction) -> Result<void> {
    job(transaction);
    return {};
  });
  ASSERT_TRUE(result) << result.error().detail;
}

// The first job holds the writer until all others stand in the queue.
std::vector<Result<void>> StoreContract::run_in_one_batch(std::vector<WriteJob> jobs) {
  std::promise<void> is_running, may_end;
  boost::asio::io_context context;
  std::vector<Result<void>> results(jobs.size());
  store_->write([&](Transaction&) -> Result<void> {
    is_running.set_value();
    may_end.get_future().wait();
    return {};
  }, context, [](Result<void>) {});
  is_running.get_future().wait();
  const auto commits_before = store_->figures().commits;
  for (std::size_t index = 0; index < jobs.size(); ++index) {
    store_->write(std::move(jobs[index]), context, [&results, index](Result<void> result) { results[index] = std::move(result); });
  }
  may_end.set_value();
  context.run();
  EXPECT_LE(store_->figures().commits, commits_before + 2) << "the jobs did not share a batch";
  return results;
}

std::uint64_t StoreContract::container(const std::string& name) {
  std::uint64_t key = 0;
  change([&](Transaction& t) { key = create(t, "containers/" + name, "container"); });
  return key;
}

}  // namespace nscl::store::contract
