// SPDX-License-Identifier: Apache-2.0
// Keys over their states, what is refused, and keys at rest: master and data keys, rows that were moved (B8, B9).
#include <atomic>
#include <thread>

#include <nscl/base/bytes.h>
#include <nscl/security/master_key.h>

#include "key_fixture.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;
using store::KeyKind;
using store::KeyState;

class KeystoreTest : public KeyTest {
 protected:
  KeyState state_of(const std::string& identity) { return row(identity).value().state; }
  Result<void> revoke(std::string_view identity) {
    return write([&](store::Transaction& t) { return keystore->revoke(t, identity); });
  }
  Result<void> replace(std::string_view identity, std::string_view octets) {
    return write([&](store::Transaction& t) { return keystore->replace(t, identity, Secret(octets)); });
  }
  std::size_t sweep() {
    std::size_t count = 0;
    EXPECT_TRUE(write([&](store::Transaction& t) -> Result<void> { return count = keystore->sweep(t), Result<void>{}; }));
    return count;
  }
  /// As housekeeping does; whether it found anything to do.
  bool keep_house() {
    const auto before = store->figures().jobs;
    keystore->sweep(context);
    EXPECT_TRUE(write([](store::Transaction&) -> Result<void> { return {}; }));
    context.restart();
    context.run();
    return store->figures().jobs > before + 1;
  }
  void expect_refusal(const store::Key& key, std::string_view octets, Status status) {
    const auto done = add(key, octets);
    ASSERT_FALSE(done) << key.identity;
    EXPECT_EQ(done.error().status, status) << done.error().detail;
  }
  std::string fact(std::string_view name) {
    std::optional<std::string> value;
    store->read([&](store::View& view) { value = view.fact(name); });
    return value.value_or("");
  }
  std::string failure_to_open() {
    close();
    try {
      open();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(KeystoreTest, keeps_a_key_over_a_restart) {
  ASSERT_TRUE(add(fixed_key("dev-1"), octets_a));
  close();
  open();
  EXPECT_EQ(opened("dev-1"), octets_a);
  const auto key = row("dev-1").value();
  EXPECT_EQ(key.generation, 1u);
  EXPECT_EQ(key.derivation, "import");
  EXPECT_EQ(key.wrapped.find(octets_a), std::string::npos);
}

TEST_F(KeystoreTest, refuses_identities_of_a_wrong_form) {
  for (const std::string& identity : {std::string(), std::string("a b"), std::string("a\"b"), std::string("a\\b"), std::string("a%b"), std::string("a\nb"),
                                      std::string("a\0b", 3), std::string("\xc3\xa4"), std::string(129, 'a')})
    expect_refusal(fixed_key(identity), octets_a, Status::bad_request);
  EXPECT_TRUE(add(fixed_key(std::string(128, 'a')), octets_a));
  expect_refusal(fixed_key("n." + std::string(32, 'a') + ".1"), octets_a, Status::bad_request);
  expect_refusal(fixed_key("c." + std::string(16, '0') + ".0"), octets_a, Status::bad_request);
  expect_refusal(fixed_key("v.abc"), octets_a, Status::bad_request);
  auto root = root_key(1);
  for (const char* identity : {"dev", "n.a0.1", "n.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.1", "n.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.01", "n.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.4294967296"}) {
    root.identity = identity;
    expect_refusal(root, octets_a, Status::bad_request);
  }
}

TEST_F(KeystoreTest, B7_refuses_keys_that_can_be_guessed_unless_told) {
  for (const std::string& octets : {std::string("x"), std::string(15, '\x80'), std::string(65, '\x80') + "y", std::string(32, '\0'), std::string("sixteen letters!"),
                                    std::string("thirty-one characters of text!!")})
    expect_refusal(fixed_key("dev"), octets, Status::bad_request);
  EXPECT_TRUE(add(fixed_key("text"), "thirty-two characters of a text!"));
  EXPECT_TRUE(add(fixed_key("weak"), "sixteen letters!", true));
  EXPECT_TRUE(add(fixed_key("zeros"), std::string(16, '\0'), true));
  EXPECT_FALSE(add(fixed_key("short"), "\x80", true));
}

TEST_F(KeystoreTest, refuses_what_proves_nobody_or_is_over) {
  for (const char* entity : {"", "gw1", "scls", "scls/", "scls/a/b", "scls/a b", "http://h/x", "containers/a"})
    expect_refusal(fixed_key("dev", entity), octets_a, Status::bad_request);
  auto key = fixed_key("dev");
  key.not_after = clock.now();
  expect_refusal(key, octets_a, Status::bad_request);
  key.not_after = never;
  key.environment = "vault";
  expect_refusal(key, octets_a, Status::bad_request);
  key.environment = "tee";
  EXPECT_TRUE(add(key, octets_a));
  expect_refusal(key, octets_b, Status::conflict);
  EXPECT_EQ(opened("dev"), octets_a);
}

TEST_F(KeystoreTest, an_index_never_goes_back_and_one_key_is_active) {
  ASSERT_TRUE(add(root_key(5), octets_a));
  EXPECT_EQ(row(root_key(5).identity)->node, std::string(32, 'a'));
  EXPECT_EQ(row(root_key(5).identity)->index, 5u);
  expect_refusal(root_key(4, KeyState::pending), octets_b, Status::conflict);
  expect_refusal(root_key(6), octets_b, Status::conflict);
  EXPECT_TRUE(add(root_key(6, KeyState::pending), octets_b));
}

TEST_F(KeystoreTest, R7_10_rolls_over_without_a_gap) {
  const auto old = root_key(1).identity, fresh = root_key(2).identity;
  ASSERT_TRUE(add(root_key(1), octets_a));
  ASSERT_TRUE(add(root_key(2, KeyState::pending), octets_b));
  EXPECT_EQ(found(old), octets_a) << "until the new one is used";
  EXPECT_EQ(found(fresh), octets_b);
  use(fresh);
  EXPECT_EQ(state_of(fresh), KeyState::active);
  EXPECT_EQ(state_of(old), KeyState::retiring);
  clock.advance(59min);
  EXPECT_EQ(found(old), octets_a) << "and an hour beyond";
  EXPECT_FALSE(keep_house());
  EXPECT_EQ(sweep(), 0u);
  clock.advance(1min);
  EXPECT_EQ(found(old), "nobody") << "at the time itself, swept or not";
  EXPECT_TRUE(keep_house());
  EXPECT_EQ(state_of(old), KeyState::revoked);
  EXPECT_EQ(found(fresh), octets_b);
}

TEST_F(KeystoreTest, a_connection_key_retires_within_a_minute) {
  auto key = fixed_key("c." + std::string(16, '1') + ".1");
  key.kind = KeyKind::connection;
  key.node = std::string(32, 'a');
  ASSERT_TRUE(add(key, octets_a));
  ASSERT_TRUE(add(root_key(1), octets_a));
  key.identity.back() = '2';
  key.state = KeyState::pending;
  ASSERT_TRUE(add(key, octets_b));
  use(key.identity);
  EXPECT_EQ(state_of(root_key(1).identity), KeyState::active) << "another kind";
  clock.advance(59s);
  EXPECT_EQ(found("c.1111111111111111.1"), octets_a);
  clock.advance(1s);
  EXPECT_EQ(found("c.1111111111111111.1"), "nobody");
}

TEST_F(KeystoreTest, an_unused_key_goes_and_the_old_one_stays) {
  ASSERT_TRUE(add(root_key(1), octets_a));
  ASSERT_TRUE(add(root_key(2, KeyState::pending), octets_b));
  ASSERT_TRUE(add(root_key(3, KeyState::pending), octets_b));
  use(root_key(3).identity);
  EXPECT_FALSE(row(root_key(2).identity)) << "an index never goes back";
  ASSERT_TRUE(add(root_key(4, KeyState::pending), octets_a));
  clock.advance(24h - 1us);
  EXPECT_EQ(found(root_key(4).identity), octets_a);
  sweep();
  clock.advance(1us);
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(row(root_key(4).identity));
  EXPECT_EQ(found(root_key(3).identity), octets_b);
}

TEST_F(KeystoreTest, a_use_of_other_octets_activates_nothing) {
  ASSERT_TRUE(add(root_key(1, KeyState::pending), octets_a));
  const auto holder = keys().find(root_key(1).identity).holder;
  ASSERT_TRUE(replace(root_key(1).identity, octets_b));
  keys().note_use(*holder);
  ASSERT_TRUE(write([](store::Transaction&) -> Result<void> { return {}; }));
  context.run();
  EXPECT_EQ(state_of(root_key(1).identity), KeyState::pending);
}

TEST_F(KeystoreTest, revoked_is_final) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  const auto before = row("dev").value();
  ASSERT_TRUE(revoke("dev"));
  ASSERT_TRUE(revoke("dev"));
  EXPECT_EQ(state_of("dev"), KeyState::revoked);
  EXPECT_TRUE(row("dev")->wrapped.empty());
  EXPECT_EQ(replace("dev", octets_b).error().status, Status::conflict);
  expect_refusal(fixed_key("dev"), octets_b, Status::conflict);
  EXPECT_EQ(revoke("nobody").error().status, Status::not_found);
  auto revived = row("dev").value();
  revived.state = KeyState::active;
  tamper(revived);
  EXPECT_EQ(found("dev"), "nobody") << "there are no octets to revive";
}

TEST_F(KeystoreTest, other_octets_are_another_generation) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  ASSERT_TRUE(replace("dev", octets_b));
  EXPECT_EQ(row("dev")->generation, 2u);
  EXPECT_EQ(opened("dev"), octets_b);
  EXPECT_EQ(replace("dev", "short").error().status, Status::bad_request);
  EXPECT_EQ(replace("nobody", octets_a).error().status, Status::not_found);
  EXPECT_EQ(opened("dev"), octets_b);
}

TEST_F(KeystoreTest, B9_a_row_that_was_moved_or_rolled_back_does_not_open) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  ASSERT_TRUE(add(fixed_key("thief", "scls/thief"), octets_b));
  const auto original = row("dev").value();
  auto copied = row("thief").value();
  copied.wrapped = original.wrapped;
  tamper(copied);
  EXPECT_EQ(opened("thief"), "does not open");
  EXPECT_EQ(found("thief"), "nobody");
  for (int i = 0; i < 5; ++i) {
    auto changed = original;
    if (i == 0) changed.entity = "scls/thief";
    if (i == 1) changed.kind = KeyKind::connection;
    if (i == 2) changed.node = std::string(32, 'b');
    if (i == 3) changed.index = 1;
    if (i == 4) changed.generation = 2;
    tamper(changed);
    EXPECT_EQ(found("dev"), "nobody") << i;
  }
  tamper(original);
  ASSERT_TRUE(replace("dev", octets_b));
  auto rolled_back = row("dev").value();
  rolled_back.wrapped = original.wrapped;
  tamper(rolled_back);
  EXPECT_EQ(found("dev"), "nobody");
}

TEST_F(KeystoreTest, B8_no_master_key_or_a_wrong_one) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  const auto file = master_key_file(directory()), aside = folder.path() / "aside";
  std::filesystem::rename(file, aside);
  EXPECT_NE(failure_to_open().find("there is no master key"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file)) << "none is made where keys depend on another";
  make_master_key(file);
  EXPECT_NE(failure_to_open().find("does not open the keys of this store"), std::string::npos);
  std::filesystem::rename(aside, file);
  EXPECT_EQ(failure_to_open(), "");
  EXPECT_EQ(opened("dev"), octets_a) << "nothing was changed";
}

TEST_F(KeystoreTest, a_new_data_key_wraps_everything) {
  ASSERT_TRUE(write([&](store::Transaction& t) {
    Result<void> done;
    for (int i = 0; i < 1500 && done; ++i) done = keystore->add(t, fixed_key("dev-" + std::to_string(i)), Secret(octets_a));
    return done;
  }));
  ASSERT_TRUE(revoke("dev-7"));
  const auto decoy_before = std::string(keys().find("nobody").key.view());
  const auto before = fact("wrap_keys"), wrapped_by = row("dev-0")->wrap_key;
  const auto done = keystore->change_data_key();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->keys, 1499u);
  EXPECT_EQ(done->damaged, 0u);
  EXPECT_NE(row("dev-0")->wrap_key, wrapped_by);
  EXPECT_EQ(fact("wrap_keys"), row("dev-1499")->wrap_key) << "the old one is gone";
  EXPECT_EQ(fact("wrap_key/" + before), "");
  EXPECT_EQ(found("dev-1499"), octets_a);
  close();
  open();
  EXPECT_EQ(opened("dev-0"), octets_a);
  EXPECT_EQ(keys().find("nobody").key.view(), decoy_before) << "the secret of the installation stays";
}

TEST_F(KeystoreTest, another_process_may_change_the_data_key) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  Keystore other(*store, options(), clock);
  ASSERT_TRUE(other.change_data_key());
  EXPECT_EQ(found("dev"), octets_a);
  ASSERT_TRUE(add(fixed_key("dev2"), octets_b));
  EXPECT_EQ(row("dev2")->wrap_key, row("dev")->wrap_key);
}

TEST_F(KeystoreTest, look_ups_go_on_while_everything_is_wrapped_anew) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  auto& listener = keys();
  std::atomic<bool> is_over = false;
  std::atomic<int> found = 0, lost = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!is_over || found == 0) ++(listener.find("dev").key.view() == octets_a ? found : lost);
    });
  }
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(keystore->change_data_key());
  is_over = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lost, 0);
}

TEST_F(KeystoreTest, a_damaged_key_keeps_its_data_key) {
  ASSERT_TRUE(add(fixed_key("good"), octets_a));
  ASSERT_TRUE(add(fixed_key("bad"), octets_a));
  auto bad = row("bad").value();
  bad.wrapped.back() = static_cast<char>(bad.wrapped.back() ^ 1);
  tamper(bad);
  const auto done = keystore->change_data_key();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->damaged, 1u);
  bad.wrapped.back() = static_cast<char>(bad.wrapped.back() ^ 1);
  tamper(bad);
  close();
  open();
  EXPECT_EQ(opened("bad"), octets_a) << "mended from a backup";
  EXPECT_EQ(keystore->change_data_key()->keys, 2u);
}

TEST_F(KeystoreTest, another_master_key) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  const auto wrapped = row("dev")->wrapped;
  const auto next = folder.write("next", std::string(32, 'n'));
  ASSERT_TRUE(write([&](store::Transaction& t) { return keystore->change_master(t, load_master_key("file:" + next.string())); }));
  EXPECT_EQ(row("dev")->wrapped, wrapped) << "the rows stay";
  EXPECT_EQ(found("dev"), octets_a);
  EXPECT_NE(failure_to_open().find("does not open the keys"), std::string::npos);
  master = "file:" + next.string();
  EXPECT_EQ(failure_to_open(), "");
  EXPECT_EQ(opened("dev"), octets_a);
}

TEST_F(KeystoreTest, secrets_have_names_and_stay) {
  const auto secret = [&](std::string_view name) {
    std::string octets;
    EXPECT_TRUE(write([&](store::Transaction& t) -> Result<void> {
      const auto made = keystore->secret(t, name);
      if (made) octets = made->view();
      return made ? Result<void>{} : tl::unexpected(made.error());
    }));
    return octets;
  };
  const auto tickets = secret("tickets");
  EXPECT_EQ(tickets.size(), 32u);
  EXPECT_NE(tickets, secret("pseudonyms"));
  EXPECT_EQ(fact("secret/tickets").find(base64_encode(tickets)), std::string::npos);
  ASSERT_TRUE(keystore->change_data_key());
  close();
  open();
  EXPECT_EQ(secret("tickets"), tickets);
}

}  // namespace
}  // namespace nscl::security
