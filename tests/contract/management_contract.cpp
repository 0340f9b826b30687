// SPDX-License-Identifier: Apache-2.0
// What device management keeps.
#include <tuple>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

Operation operation(std::string of, int priority = 0, std::string key = {}) {
  Operation out;
  out.device = std::move(of);
  out.priority = priority;
  out.key = std::move(key);
  out.resource = "scls/a/mgmtObjs/x";
  return out;
}

std::vector<std::uint64_t> ids(const std::vector<Operation>& operations) {
  std::vector<std::uint64_t> out;
  for (const auto& each : operations) out.push_back(each.id);
  return out;
}

TEST_P(StoreContract, KeepsManagedDevicesAsTheyAre) {
  ManagedDevice whole = managed_device("00D09E-Box-1", "scls/a");
  whole.protocol = ManagementProtocol::oma_dm;
  whole.state = ManagedState::adopted;
  whole.gateway = "00D09E-Box-0";
  whole.first_contact = Time{std::chrono::seconds{1}};
  whole.last_contact = Time{std::chrono::seconds{2}};
  whole.last_boot = Time{std::chrono::seconds{3}};
  whole.last_bootstrap = Time{std::chrono::seconds{4}};
  whole.wake_due = Time{std::chrono::seconds{5}};
  whole.wake_attempts = 6;
  whole.facts = R"({"oui":"00D09E"})";
  change([&](Transaction& t) { t.manage().put_device(whole); });
  look([&](View& view) {
    for (const auto& found : {view.management().device("00D09E-Box-1"), view.management().device_of("scls/a")}) {
      ASSERT_TRUE(found);
      EXPECT_EQ(found->id, whole.id);
      EXPECT_EQ(found->protocol, whole.protocol);
      EXPECT_EQ(found->state, whole.state);
      EXPECT_EQ(found->managed, whole.managed);
      EXPECT_EQ(found->gateway, whole.gateway);
      EXPECT_EQ(found->first_contact, whole.first_contact);
      EXPECT_EQ(found->last_contact, whole.last_contact);
      EXPECT_EQ(found->last_boot, whole.last_boot);
      EXPECT_EQ(found->last_bootstrap, whole.last_bootstrap);
      EXPECT_EQ(found->wake_due, whole.wake_due);
      EXPECT_EQ(found->wake_attempts, whole.wake_attempts);
      EXPECT_EQ(found->facts, whole.facts);
    }
    EXPECT_FALSE(view.management().device("00D09E-Box"));
    EXPECT_FALSE(view.management().device_of(""));
  });
}

TEST_P(StoreContract, ListsManagedDevicesByIdByGatewayAndByWhenTheyAreToBeCalled) {
  change([](Transaction& t) {
    for (const char* id : {"b", "a", "c", "d"}) {
      auto each = managed_device(id);
      if (*id != 'a') each.gateway = "a";
      if (*id != 'd') each.wake_due = Time{std::chrono::seconds{'z' - *id}};
      t.manage().put_device(each);
    }
  });
  look([](View& view) {
    auto& management = view.management();
    EXPECT_EQ(management.devices("", 2).size(), 2u);
    EXPECT_EQ(management.devices("b", 9).front().id, "c");
    EXPECT_EQ(management.devices("", 9, "a").size(), 3u);
    EXPECT_EQ(management.devices("b", 9, "a").size(), 2u);
    const auto due = management.devices_to_wake(Time{std::chrono::seconds{'z' - 'b'}}, 9);
    ASSERT_EQ(due.size(), 2u);
    EXPECT_EQ(due.front().id, "c");
    EXPECT_EQ(management.next_wake(Time{std::chrono::seconds{'z' - 'b'}}), Time{std::chrono::seconds{'z' - 'a'}});
    EXPECT_EQ(management.next_wake(Time{std::chrono::seconds{'z' - 'a'}}), never);
  });
}

TEST_P(StoreContract, ADeviceThatIsErasedLeavesNothing) {
  change([](Transaction& t) {
    auto& management = t.manage();
    for (const char* id : {"a", "b"}) {
      management.put_device(managed_device(id));
      management.put_credential({.user = std::string("u") + id, .device = id, .secret = "s"});
      management.put_operation(operation(id));
      management.add_event({.device = id, .code = "1 BOOT"}, 10);
      management.put_transfer({.token = std::string("t") + id, .operation = 1, .device = id});
      management.put_watch({.owner = std::string("o") + id, .leaf = "L", .device = id, .level = 1, .seen = {}});
      management.put_nonces({.device = id, .ours = "n", .theirs = "m"});
      management.put_bootstrap({.device = id, .address = "tel:+49", .push = "p"});
    }
    EXPECT_TRUE(management.erase_device("a"));
    EXPECT_FALSE(management.erase_device("a"));
  });
  look([](View& view) {
    auto& management = view.management();
    EXPECT_FALSE(management.device("a"));
    EXPECT_FALSE(management.login("ua"));
    EXPECT_FALSE(management.transfer("ta"));
    EXPECT_TRUE(management.watches_of("a").empty());
    EXPECT_EQ(management.watches_of("b").size(), 1u);
    EXPECT_TRUE(management.nonces("a").ours.empty());
    EXPECT_EQ(management.nonces("b").theirs, "m");
    EXPECT_FALSE(management.bootstrap("a"));
    EXPECT_TRUE(management.bootstrap("b"));
    EXPECT_EQ(management.pending_count("a"), 0u);
    EXPECT_TRUE(management.events("a", UINT64_MAX, 10).empty());
    EXPECT_TRUE(management.login("ub"));
    EXPECT_TRUE(management.transfer("tb"));
    EXPECT_EQ(management.pending_count("b"), 1u);
    EXPECT_EQ(management.events("", UINT64_MAX, 10).size(), 1u);
  });
}

TEST_P(StoreContract, KeepsWhatDevicesAreToTellOf) {
  change([](Transaction& t) {
    auto& management = t.manage();
    management.put_watch({.owner = "scls/a/b", .leaf = "Device.B", .device = "d", .level = 2, .seen = std::string("\0x", 2)});
    management.put_watch({.owner = "scls/a/b", .leaf = "Device.A", .device = "d", .level = 1, .seen = {}});
    management.put_watch({.owner = "scls/a/a", .leaf = "Device.A", .device = "d", .level = 1, .seen = {}});
    management.put_watch({.owner = "scls/b", .leaf = "Device.A", .device = "e", .level = 2, .seen = {}});
    management.put_watch({.owner = "scls/a/a", .leaf = "Device.A", .device = "d", .level = 2, .seen = {}});
  });
  look([](View& view) {
    auto& management = view.management();
    const auto both = management.watches_by("scls/a/b");
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].leaf, "Device.A");
    EXPECT_EQ(both[1].level, 2u);
    EXPECT_EQ(both[1].seen, std::string("\0x", 2));
    EXPECT_FALSE(both[0].seen);
    EXPECT_EQ(management.watches_of("d").size(), 3u);
    const auto on = management.watches_on("d", "Device.A");
    ASSERT_EQ(on.size(), 2u);
    EXPECT_EQ(on[0].owner, "scls/a/a");
    EXPECT_EQ(on[0].level, 2u) << "replaced";
    EXPECT_EQ(management.watching("", 2), (std::vector<std::string>{"scls/a/a", "scls/a/b"}));
    EXPECT_EQ(management.watching("scls/a/b", 2), std::vector<std::string>{"scls/b"});
  });
  change([](Transaction& t) { t.manage().erase_watches("scls/a/b"); });
  look([](View& view) { EXPECT_EQ(view.management().watches_of("d").size(), 1u); });
}

TEST_P(StoreContract, KeepsManagementCredentialsByPurpose) {
  change([](Transaction& t) {
    t.manage().put_credential({.user = "cpe", .device = "a", .oui = "00D09E", .secret = std::string("\0x", 2), .changed = Time{std::chrono::seconds{1}}});
    t.manage().put_credential({.purpose = CredentialPurpose::connection_request, .user = "cpe", .device = "a", .secret = "other"});
  });
  look([](View& view) {
    const auto login = view.management().login("cpe");
    ASSERT_TRUE(login);
    EXPECT_EQ(login->device, "a");
    EXPECT_EQ(login->oui, "00D09E");
    EXPECT_EQ(login->secret, std::string_view("\0x", 2));
    EXPECT_EQ(view.management().credential("a", CredentialPurpose::connection_request)->secret, "other");
    const auto both = view.management().credentials("a");
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].secret, std::string_view("\0x", 2));
    EXPECT_EQ(both[1].purpose, CredentialPurpose::connection_request);
    EXPECT_TRUE(view.management().credentials("b").empty());
    EXPECT_FALSE(view.management().login("CPE"));
  });
  for (const auto& [user, second] : {std::pair{"a-newer", 2}, std::pair{"z-older", 0}}) {
    change([&](Transaction& t) { t.manage().put_credential({.user = user, .device = "a", .secret = "one more", .changed = Time{std::chrono::seconds{second}}}); });
  }
  look([](View& view) {
    const auto both = view.management().credentials("a");
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].user, "a-newer");
    EXPECT_EQ(both[0].user, view.management().credential("a", CredentialPurpose::login)->user);
  });
  change([](Transaction& t) {
    EXPECT_TRUE(t.manage().erase_credential("a", CredentialPurpose::login, "cpe"));
    EXPECT_FALSE(t.manage().erase_credential("a", CredentialPurpose::login, "cpe"));
  });
  look([](View& view) { EXPECT_FALSE(view.management().login("cpe")); });
}

TEST_P(StoreContract, OperationsWaitInTheirOrderUntilTheyAreOver) {
  std::uint64_t first = 0, urgent = 0, third = 0;
  change([&](Transaction& t) {
    auto& management = t.manage();
    first = management.put_operation(operation("a", 1, "k1"));
    urgent = management.put_operation(operation("a", 0));
    third = management.put_operation(operation("a", 1));
    management.put_operation(operation("b", 0, "k1"));   // a key is its device's own
  });
  EXPECT_LT(first, urgent);
  look([&](View& view) {
    EXPECT_EQ(ids(view.management().pending("a", 9)), (std::vector{urgent, first, third}));
    EXPECT_EQ(view.management().pending_count("a"), 3u);
    EXPECT_EQ(view.management().pending_about("scls/a/mgmtObjs/x", 9).size(), 4u);
    EXPECT_EQ(view.management().operation_by_key("a", "k1")->id, first);
    EXPECT_FALSE(view.management().operation_by_key("a", ""));
  });
  change([&](Transaction& t) {
    auto over = *t.management().operation(urgent);
    over.state = OperationState::failed;
    over.ended = Time{std::chrono::seconds{10}};
    over.outcome = "{}";
    over.change = "{\"kind\":\"none\"}";
    EXPECT_EQ(t.manage().put_operation(over), urgent);
  });
  look([&](View& view) {
    EXPECT_EQ(ids(view.management().pending("a", 9)), (std::vector{first, third}));
    EXPECT_EQ(view.management().operation(urgent)->outcome, "{}");
    EXPECT_EQ(view.management().operation(urgent)->change, "{\"kind\":\"none\"}");
  });
  change([&](Transaction& t) {
    EXPECT_EQ(t.manage().erase_operations_over(Time{std::chrono::seconds{10}}, 9), 0u);
    EXPECT_EQ(t.manage().erase_operations_over(Time{std::chrono::seconds{11}}, 9), 1u);
    EXPECT_GT(t.manage().put_operation(operation("a")), third);   // an id is never given again
  });
}

TEST_P(StoreContract, OperationsExpireAndAreDoubtedAfterARestart) {
  std::uint64_t sent = 0, soon = 0;
  change([&](Transaction& t) {
    auto one = operation("a");
    one.state = OperationState::sent;
    sent = t.manage().put_operation(one);
    auto other = operation("a");
    other.expires = Time{std::chrono::seconds{5}};
    soon = t.manage().put_operation(other);
  });
  look([&](View& view) {
    EXPECT_EQ(ids(view.management().expired_operations(Time{std::chrono::seconds{5}}, 9)), std::vector{soon});
    EXPECT_TRUE(view.management().expired_operations(Time{std::chrono::seconds{4}}, 9).empty());
  });
  change([&](Transaction& t) { EXPECT_EQ(t.manage().doubt_sent_operations(), 1u); });
  look([&](View& view) { EXPECT_EQ(view.management().operation(sent)->state, OperationState::undecided); });
}

TEST_P(StoreContract, KeepsFleetWorksAsTheyAre) {
  FleetWork whole;
  whole.state = FleetState::running;
  whole.group = "groups/all";
  whole.suffix = "mgmtObjs/reboot/execEnable";
  whole.principal = "meter";
  whole.requester = "applications/meter";
  whole.is_operator = true;
  whole.rcat = 3;
  whole.deadline = Time{std::chrono::seconds{9}};
  whole.started = Time{std::chrono::seconds{1}};
  whole.refusals = "{}";
  std::uint64_t id = 0, other = 0;
  change([&](Transaction& t) {
    id = t.manage().put_fleet(whole);
    whole.id = id;
    other = t.manage().put_fleet({.requester = "applications/other"});
    whole.last_begun = Time{std::chrono::seconds{2}};
    whole.reason = "why";
    whole.members = 6, whole.begun = 5, whole.refused = 1, whole.done = 1, whole.failed = 2, whole.cancelled = 1;
    EXPECT_EQ(t.manage().put_fleet(whole), id);
  });
  look([&](View& view) {
    const auto found = view.management().fleet(id);
    ASSERT_TRUE(found);
    EXPECT_EQ(std::tie(found->state, found->group, found->suffix, found->principal, found->requester, found->is_operator, found->rcat, found->deadline),
              std::tie(whole.state, whole.group, whole.suffix, whole.principal, whole.requester, whole.is_operator, whole.rcat, whole.deadline));
    EXPECT_EQ(std::tie(found->started, found->last_begun, found->ended, found->reason, found->members, found->begun, found->refused, found->refusals),
              std::tie(whole.started, whole.last_begun, whole.ended, whole.reason, whole.members, whole.begun, whole.refused, whole.refusals));
    EXPECT_EQ(found->in_progress(), 1u);
    EXPECT_EQ(view.management().fleets(UINT64_MAX, 9).size(), 2u);
    EXPECT_EQ(view.management().fleets(other, 9).front().id, id);
    EXPECT_EQ(view.management().fleets(UINT64_MAX, 9, "applications/other").front().id, other);
    EXPECT_EQ(view.management().open_fleets(9).size(), 2u);
    EXPECT_FALSE(view.management().fleet(UINT64_MAX));
  });
  change([&](Transaction& t) {
    whole.state = FleetState::stopped;
    whole.ended = Time{std::chrono::seconds{20}};
    t.manage().put_fleet(whole);
    EXPECT_EQ(t.management().open_fleets(9).size(), 1u);
    t.manage().add_fleet_members(id, {{.path = "a"}, {.path = "b"}});
    EXPECT_EQ(t.manage().erase_fleets_over(Time{std::chrono::seconds{20}}, 9), 0u);
    EXPECT_EQ(t.manage().erase_fleets_over(Time{std::chrono::seconds{21}}, 1), 1u) << "little by little";
    EXPECT_TRUE(t.management().fleet(id));
    EXPECT_EQ(t.manage().erase_fleets_over(Time{std::chrono::seconds{21}}, 9), 2u);
    EXPECT_FALSE(t.management().fleet(id));
    EXPECT_GT(t.manage().put_fleet({}), other) << "an id is never given again";
  });
}

TEST_P(StoreContract, FleetWorksHaveEachMemberOnce) {
  std::uint64_t id = 0, made = 0;
  change([&](Transaction& t) {
    auto& management = t.manage();
    id = management.put_fleet({});
    EXPECT_EQ(management.add_fleet_members(id, {{.path = "groups/g", .state = FleetMemberState::group, .text = "rest"}, {.path = "a"}, {.path = "b"}}), 3u);
    EXPECT_EQ(management.add_fleet_members(id, {{.path = "b"}, {.path = "c", .state = FleetMemberState::refused, .status = "STATUS_X"}}), 1u);
    auto part = operation("d");
    part.fleet = id;
    made = management.put_operation(part);
    auto member = management.fleet_members_in(id, FleetMemberState::waiting, 0, 9).at(0);
    member.state = FleetMemberState::begun;
    member.operation = made;
    management.put_fleet_member(member);
  });
  look([&](View& view) {
    auto& management = view.management();
    const auto members = management.fleet_members(id, 0, 9);
    ASSERT_EQ(members.size(), 3u) << "groups left out";
    EXPECT_EQ(members[0].path + members[1].path + members[2].path, "abc");
    EXPECT_EQ(management.fleet_members(id, members[1].position, 9).size(), 1u);
    EXPECT_EQ(management.fleet_members_in(id, FleetMemberState::group, 0, 9).at(0).text, "rest");
    EXPECT_EQ(management.fleet_members_in(id, FleetMemberState::refused, 0, 9).at(0).status, "STATUS_X");
    EXPECT_EQ(management.fleet_groups(id), 1u);
    EXPECT_EQ(management.fleet_member_of(made)->path, "a");
    EXPECT_EQ(management.fleet_member(id, members[0].position)->operation, made);
    EXPECT_EQ(management.operation(made)->fleet, id);
    EXPECT_EQ(management.fleet_pending(id).queued, 1u);
    EXPECT_EQ(ids(management.queued_for_fleet(id, 9)), std::vector{made});
    EXPECT_TRUE(management.lost_fleet_members(id, 9).empty());
  });
  change([&](Transaction& t) {
    auto sent = *t.management().operation(made);
    sent.state = OperationState::sent;
    t.manage().put_operation(sent);
    EXPECT_EQ(t.management().fleet_pending(id).out, 1u);
    EXPECT_TRUE(t.management().queued_for_fleet(id, 9).empty());
    t.manage().erase_operation(made);
    EXPECT_EQ(t.management().lost_fleet_members(id, 9).at(0).path, "a");
    EXPECT_EQ(t.management().fleet_pending(id).out, 0u);
  });
}

TEST_P(StoreContract, KeepsTheNewestEventsOfEachDevice) {
  change([](Transaction& t) {
    for (int i = 0; i < 5; ++i) {
      for (const char* id : {"a", "b"}) t.manage().add_event({.device = id, .time = Time{std::chrono::seconds{i}}, .code = "2 PERIODIC", .key = "k", .text = std::to_string(i)}, 3);
    }
  });
  look([](View& view) {
    const auto found = view.management().events("a", UINT64_MAX, 9);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found.front().text, "4");
    EXPECT_EQ(found.back().text, "2");
    EXPECT_EQ(found.front().key, "k");
    EXPECT_EQ(view.management().events("a", found.front().id, 9).size(), 2u);
    EXPECT_EQ(view.management().events("", UINT64_MAX, 9).size(), 6u);
  });
}

TEST_P(StoreContract, KeepsFilesAndTheirTransfers) {
  change([](Transaction& t) {
    t.manage().put_file({.name = "fw.bin", .type = "1 Firmware Upgrade Image", .version = "2", .sha256 = std::string(32, '\0'), .size = 7, .signature = "s",
                         .oui = "00D09E", .product_class = "Box"});
    t.manage().put_transfer({.token = "t", .operation = 4, .device = "a", .is_upload = true, .file = "fw.bin", .user = "u", .secret = "s", .size = 7,
                             .moved = 3, .expires = Time{std::chrono::seconds{9}}});
  });
  look([](View& view) {
    const auto file = view.management().file("fw.bin");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->sha256.size(), 32u);
    EXPECT_EQ(file->size, 7u);
    EXPECT_EQ(view.management().files("", 9).size(), 1u);
    for (const auto& found : {view.management().transfer("t"), view.management().transfer_of(4)}) {
      ASSERT_TRUE(found);
      EXPECT_TRUE(found->is_upload);
      EXPECT_EQ(found->moved, 3u);
      EXPECT_EQ(found->expires, Time{std::chrono::seconds{9}});
    }
  });
  change([](Transaction& t) {
    EXPECT_EQ(t.manage().erase_transfers_expired(Time{std::chrono::seconds{8}}, 9), 0u);
    EXPECT_EQ(t.manage().erase_transfers_expired(Time{std::chrono::seconds{9}}, 9), 1u);
    EXPECT_TRUE(t.manage().erase_file("fw.bin"));
    EXPECT_FALSE(t.manage().erase_file("fw.bin"));
  });
}

}  // namespace
}  // namespace nscl::store::contract
