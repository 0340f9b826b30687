// SPDX-License-Identifier: Apache-2.0
// Fills an empty data directory as that many managed devices would: an scl each, with a command to restart it, in groups of 10,000, and
// the group "fleet" of those groups.
//   bench_fleet_store DIRECTORY DEVICES
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include <nscl/core/policy.h>
#include <nscl/core/tree.h>
#include <nscl/rem/device_facts.h>
#include <nscl/resources/all.h>
#include <nscl/store/store.h>

namespace {

using namespace nscl;

constexpr unsigned group_size = 10'000, at_once = 1000;

class Filler {
 public:
  Filler(const char* directory, unsigned devices) : devices_(devices) {
    store::Options options;
    options.directory = directory;
    store_ = store::open_sqlite(options, registry_, system_clock());
  }

  void fill() {
    write([&](store::Transaction& transaction) { return core::make_tree(transaction, registry_, core::Policy{}); });
    for (unsigned first = 0; first < devices_; first += at_once) {
      write([&](store::Transaction& transaction) -> Result<void> {
        for (unsigned i = first; i < std::min(devices_, first + at_once); ++i) put_device(transaction, i);
        return {};
      });
    }
    model::List groups;
    for (unsigned first = 0; first < devices_; first += group_size) {
      model::List members;
      for (unsigned i = first; i < std::min(devices_, first + group_size); ++i) members.emplace_back("/m2m/scls/" + id_of(i));
      const auto id = "part" + std::to_string(first / group_size);
      put_group(id, std::move(members));
      groups.emplace_back("/m2m/groups/" + id);
    }
    put_group("fleet", std::move(groups));
    store_->stop();
  }

 private:
  static std::string id_of(unsigned number) { return "00D09E-Box-" + std::to_string(1'000'000 + number); }

  void write(store::WriteJob job) {
    if (const auto done = store_->write_and_wait(std::move(job)); !done) throw std::runtime_error(done.error().detail);
  }

  void put(store::Transaction& transaction, std::string path, const char* type, model::Object attributes) {
    model::Resource made;
    made.path = std::move(path);
    made.type = registry_.find(type);
    made.attributes = std::move(attributes);
    made.creation_time = made.last_modified_time = transaction.stamp();
    transaction.put(std::move(made));
  }

  void put_device(store::Transaction& transaction, unsigned number) {
    store::ManagedDevice device;
    device.id = id_of(number);
    device.state = store::ManagedState::adopted;
    device.managed = "scls/" + device.id;
    rem::DeviceFacts facts;
    facts.root = "Device.";
    facts.methods = {"GetParameterValues", "SetParameterValues", "Reboot"};
    device.facts = rem::to_json(facts);
    transaction.manage().put_device(device);
    model::Object scl;
    scl.set("pocs", model::Object{});
    scl.set("onlineStatus", "OFFLINE");
    scl.set("serverCapability", false);
    scl.set("link", "urn:dev:ops:" + device.id);
    scl.set("searchStrings", model::Object{});
    scl.set("mgmtProtocolType", "BBF_TR069");
    put(transaction, device.managed, "scl", std::move(scl));
    model::Object command;
    command.set("cmdType", "REBOOT");
    put(transaction, device.managed + "/mgmtObjs/reboot", "mgmtCmd", std::move(command));
  }

  void put_group(const std::string& id, model::List members) {
    model::Object list, group;
    list.set("reference", std::move(members));
    group.set("memberType", "MIXED");
    group.set("consistencyStrategy", "ABANDON_MEMBER");
    group.set("memberTypeValidated", true);
    group.set("maxNrOfMembers", std::int64_t{-1});
    group.set("members", std::move(list));
    write([&](store::Transaction& transaction) -> Result<void> {
      put(transaction, "groups/" + id, "group", group);
      return {};
    });
  }

  const unsigned devices_;
  model::Registry registry_{resources::all()};
  std::unique_ptr<store::Store> store_;
};

}  // namespace

int main(int argc, char** argv) try {
  const auto devices = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
  if (devices == 0 || devices > 900'000) throw std::runtime_error("bench_fleet_store DIRECTORY DEVICES");
  Filler(argv[1], static_cast<unsigned>(devices)).fill();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
