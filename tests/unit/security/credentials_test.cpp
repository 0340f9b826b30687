// SPDX-License-Identifier: Apache-2.0
// Verification, memory, overload and delay. Costs are low here (log2_n 10), except for users that do not exist.
#include <algorithm>
#include <ctime>
#include <thread>

#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/credentials.h>

#include "fake_store.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

std::string basic(std::string_view text) { return "Basic " + base64_encode(text); }

class CredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    store.set({.name = "admin", .entity = "", .verifier = hash_password("secret", 10), .is_operator = true});
    store.set({.name = "gw1", .entity = "scls/gw1", .verifier = hash_password("one", 10)});
    store.set({.name = "ong", .entity = "scls/ong", .verifier = ""});
    store.set({.name = "applications/app1", .entity = "applications/app1", .verifier = hash_password("app", 10)});
    store.set({.name = "http://na.example/app", .entity = "http://na.example/app", .verifier = hash_password("na", 10)});
    store.set({.name = "broken", .entity = "scls/broken", .verifier = "scrypt$"});
    restart({});
  }
  void restart(Credentials::Options options) {
    options.own.base_uri = "http://nscl.example.com";
    credentials.reset();
    credentials = std::make_unique<Credentials>(store, options);
  }
  /// Starts a verification; its verdict comes to `verdicts` when the context runs.
  void start(std::string authorization, std::string host = "h") {
    credentials->verify({authorization, host, peer}, context, [this](Credentials::Verdict v) { verdicts.push_back(std::move(v)); });
  }
  void run() {
    context.restart();
    context.run();
  }
  /// The principal's name, or the refusal as a word.
  static std::string word(const Credentials::Verdict& verdict) {
    if (verdict) return (*verdict)->principal;
    return verdict.error() == Refusal::missing ? "missing" : verdict.error() == Refusal::wrong ? "wrong" : "overloaded";
  }
  std::string verify(std::string authorization, std::string host = "h") {
    verdicts.clear();
    start(std::move(authorization), std::move(host));
    EXPECT_TRUE(verdicts.empty()) << "a handler ran inside verify()";
    run();
    EXPECT_EQ(verdicts.size(), 1u);
    return word(verdicts.at(0));
  }
  std::size_t count(std::string_view expected) const {
    return static_cast<std::size_t>(std::ranges::count_if(verdicts, [&](const auto& v) { return word(v) == expected; }));
  }

  std::string peer = "192.0.2.7";
  FakeStore store;
  boost::asio::io_context context{1};
  std::vector<Credentials::Verdict> verdicts;
  std::unique_ptr<Credentials> credentials;
};

TEST_F(CredentialsTest, right_and_wrong) {
  EXPECT_EQ(verify(basic("admin:secret")), "admin");
  EXPECT_TRUE((*verdicts[0])->is_operator);
  EXPECT_EQ(verify(basic("gw1:one")), "gw1");
  EXPECT_EQ((*verdicts[0])->entity, "scls/gw1");
  EXPECT_FALSE((*verdicts[0])->is_operator);
  for (const std::string_view text : {"admin:Secret", "admin:", "gw1:secret", "gw1:", "Admin:secret", "nobody:secret", "nobody:", ":", "broken:", "broken:x"})
    EXPECT_EQ(verify(basic(text)), "wrong") << text;
}

TEST_F(CredentialsTest, no_basic_is_missing) {
  for (const std::string& text : {std::string(), std::string("Basic"), std::string("Basic ="), std::string("Digest x"), basic("no colon"),
                                  "Basic " + std::string(1u << 20, 'A')})
    EXPECT_EQ(verify(text), "missing") << text.substr(0, 40);
}

TEST_F(CredentialsTest, without_verifier_only_the_empty_password_fits) {
  EXPECT_EQ(verify(basic("ong:")), "ong");
  EXPECT_EQ(verify(basic("ong:x")), "wrong");
}

TEST_F(CredentialsTest, uri_users) {
  EXPECT_EQ(verify(basic("http%3A//h/m2m/scls/ong:")), "ong");
  EXPECT_EQ(verify(basic("http%3A//H.%3A80/m2m/scls/ong:")), "ong");
  EXPECT_EQ(verify(basic("http://nscl.example.com/m2m/scls/gw1:one")), "gw1");
  EXPECT_EQ(verify(basic("/m2m/scls/gw1:one")), "gw1");
  EXPECT_EQ(verify(basic("/m2m/applications/app1:app")), "applications/app1");
  EXPECT_EQ(verify(basic("HTTP%3A//NA.Example/app/:na")), "http://na.example/app");
}

TEST_F(CredentialsTest, a_uri_of_somebody_else_is_wrong) {
  for (const std::string_view text :
       {"http%3A//evil/m2m/scls/ong:", "http%3A//h/m2m/scls/gw1:", "http%3A//h/m2m/scls/gw1%2f..%2fong:", "http%3A//h/m2m/scls/gw1%252f..%252fong:",
        "http%3A//h/m2m/scls/gw1/../ong:", "http%3A//h/m2m:", "/m2m:", "http%3A//h/m2m:secret", "http%3A//h%3A81/m2m/scls/ong:", "%2Fscls%2Fong:"})
    EXPECT_EQ(verify(basic(text)), "wrong") << text;
  EXPECT_EQ(verify(basic("http%3A//h/m2m/scls/ong:"), "other"), "wrong");
}

TEST_F(CredentialsTest, remembers_a_success) {
  const auto field = basic("gw1:one");
  EXPECT_FALSE(credentials->remembered({field, "h", peer}));
  verify(field);
  ASSERT_TRUE(credentials->remembered({field, "h", peer}));
  EXPECT_EQ(credentials->remembered({field, "h", peer})->principal, "gw1");
  EXPECT_FALSE(credentials->remembered({basic("gw1:two"), "h", peer}));
  EXPECT_FALSE(credentials->remembered({"", "h", peer}));
  credentials->forget();
  EXPECT_FALSE(credentials->remembered({field, "h", peer}));
}

TEST_F(CredentialsTest, a_uri_user_is_remembered_for_its_host_only) {
  const auto field = basic("http%3A//h/m2m/scls/ong:");
  EXPECT_EQ(verify(field), "ong");
  EXPECT_TRUE(credentials->remembered({field, "h", peer}));
  EXPECT_FALSE(credentials->remembered({field, "evil", peer}));
}

TEST_F(CredentialsTest, forgets_in_time) {
  restart({.remember = 1s});
  verify(basic("gw1:one"));
  EXPECT_TRUE(credentials->remembered({basic("gw1:one"), "h", peer}));
  std::this_thread::sleep_for(1050ms);
  EXPECT_FALSE(credentials->remembered({basic("gw1:one"), "h", peer}));
}

TEST_F(CredentialsTest, changes_of_principals_are_seen) {
  credentials->poll_changes();
  verify(basic("gw1:one"));
  credentials->poll_changes();
  EXPECT_TRUE(credentials->remembered({basic("gw1:one"), "h", peer})) << "forgotten without a change";
  store.remove("gw1");
  credentials->poll_changes();
  EXPECT_FALSE(credentials->remembered({basic("gw1:one"), "h", peer}));
  EXPECT_EQ(verify(basic("gw1:one")), "wrong");
}

TEST_F(CredentialsTest, a_change_of_one_principal_leaves_the_others_remembered) {
  credentials->poll_changes();
  verify(basic("gw1:one"));
  verify(basic("admin:secret"));
  store.set({.name = "gw9", .entity = "scls/gw9", .verifier = hash_password("nine", 10)});
  store.set({.name = "gw1", .entity = "scls/gw1", .verifier = hash_password("changed", 10)});
  credentials->poll_changes();
  EXPECT_TRUE(credentials->remembered({basic("admin:secret"), "h", peer}));
  EXPECT_FALSE(credentials->remembered({basic("gw1:one"), "h", peer}));
  store.set({.name = "admin", .entity = "", .verifier = hash_password("secret", 10), .is_operator = false});
  credentials->poll_changes();
  EXPECT_FALSE(credentials->remembered({basic("admin:secret"), "h", peer})) << "no operator any more";
}

TEST_F(CredentialsTest, a_new_principal_is_right_at_once) {
  EXPECT_EQ(verify(basic("gw2:two")), "wrong");
  store.set({.name = "gw2", .entity = "scls/gw2", .verifier = hash_password("two", 10)});
  EXPECT_EQ(verify(basic("gw2:two")), "gw2");
}

TEST_F(CredentialsTest, the_same_wrong_credential_is_verified_once) {
  verify(basic("gw1:wrong"));
  const int before = store.lookups;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(verify(basic("gw1:wrong")), "wrong");
  EXPECT_EQ(store.lookups, before);
}

TEST_F(CredentialsTest, a_failing_store_lets_nobody_in) {
  store.fails = true;
  EXPECT_EQ(verify(basic("gw1:one")), "overloaded");
  EXPECT_NO_THROW(credentials->poll_changes());
  store.fails = false;
  EXPECT_EQ(verify(basic("gw1:one")), "gw1");
}

TEST_F(CredentialsTest, equal_credentials_at_once_are_verified_once) {
  store.set({.name = "slow", .entity = "scls/slow", .verifier = hash_password("x", 14)});
  for (int i = 0; i < 64; ++i) start(basic("slow:x"));
  run();
  EXPECT_EQ(count("slow"), 64u);
  EXPECT_EQ(store.lookups, 1);
}

TEST_F(CredentialsTest, a_full_queue_refuses_at_once) {
  restart({.workers = 1, .queue = 4});
  for (int i = 0; i < 20; ++i) start(basic("nobody" + std::to_string(i) + ":x"));
  run();
  EXPECT_EQ(verdicts.size(), 20u);
  EXPECT_GE(count("overloaded"), 15u);
  EXPECT_GE(count("wrong"), 4u);
  EXPECT_EQ(count("wrong") + count("overloaded"), 20u);
}

TEST_F(CredentialsTest, what_is_queued_at_the_end_is_answered) {
  restart({.workers = 1, .queue = 8});
  for (int i = 0; i < 5; ++i) start(basic("nobody" + std::to_string(i) + ":x"));
  credentials.reset();
  run();
  EXPECT_EQ(verdicts.size(), 5u);
  EXPECT_GE(count("overloaded"), 4u - 1u);
}

TEST_F(CredentialsTest, many_failures_delay_answers_but_lock_nobody_out) {
  for (int i = 0; i < 11; ++i) EXPECT_EQ(verify(basic("gw1:wrong" + std::to_string(i))), "wrong");
  auto begin = steady_clock::now();
  EXPECT_EQ(verify(basic("gw1:wrong11")), "wrong");
  EXPECT_GE(steady_clock::now() - begin, 900ms);
  begin = steady_clock::now();
  EXPECT_EQ(verify(basic("gw1:wrong11")), "wrong");
  EXPECT_GE(steady_clock::now() - begin, 900ms) << "a known wrong credential is not delayed";
  begin = steady_clock::now();
  EXPECT_EQ(verify(basic("gw1:one")), "gw1");
  EXPECT_LE(steady_clock::now() - begin, 2s);
  begin = steady_clock::now();
  EXPECT_EQ(verify(basic("admin:secret")), "admin");
  EXPECT_LE(steady_clock::now() - begin, 900ms) << "another user is delayed";
}

TEST_F(CredentialsTest, a_user_under_attack_leaves_room_in_the_queue) {
  restart({.workers = 1, .queue = 16});
  for (int i = 0; i < 11; ++i) EXPECT_EQ(verify(basic("gw1:wrong" + std::to_string(i))), "wrong");
  verdicts.clear();
  for (int i = 0; i < 100; ++i) start(basic("gw1:guess" + std::to_string(i)));
  start(basic("admin:secret"));
  run();
  EXPECT_EQ(count("admin"), 1u);
  EXPECT_GE(count("overloaded"), 80u);
}

TEST_F(CredentialsTest, a_user_that_does_not_exist_takes_as_long_as_a_wrong_password) {
  store.set({.name = "real", .entity = "scls/real", .verifier = hash_password("x")});
  const auto time = [&](std::string_view text) {   // of the processor: a busy machine must not decide
    const auto begin = std::clock();
    EXPECT_EQ(verify(basic(text)), "wrong");
    return double(std::clock() - begin);
  };
  time("real:warm");
  double existing = 1e12, missing = 1e12, without = 1e12;   // the best of three
  for (const char* password : {"a", "b", "c"}) {
    existing = std::min(existing, time("real:" + std::string(password)));
    missing = std::min(missing, time("unreal:" + std::string(password)));
    without = std::min(without, time("ong:" + std::string(password)));
  }
  // without a hash of its own the answer would come thousands of times sooner
  for (const double ratio : {missing / existing, without / existing}) {
    EXPECT_GT(ratio, 0.3);
    EXPECT_LT(ratio, 3.0);
  }
}

TEST_F(CredentialsTest, any_thread_may_ask) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0, others = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      boost::asio::io_context own_context{1};
      for (int i = 0; i < 30; ++i) {
        if (credentials->remembered({basic("gw1:one"), "h", peer})) ++good;
        else credentials->verify({basic("gw1:one"), "h", peer}, own_context, [&](Credentials::Verdict v) { ++(v ? good : others); });
        credentials->verify({basic("gw1:no" + std::to_string(t)), "h", peer}, own_context, [](Credentials::Verdict v) { EXPECT_FALSE(v); });
        own_context.restart();
        if (i < 3) own_context.run();
        if (i % 10 == 0) credentials->forget();
        if (i % 10 == 5) credentials->poll_changes();
      }
      own_context.restart();
      own_context.run();
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good + others, 120);
  EXPECT_EQ(others, 0);
}

TEST_F(CredentialsTest, remembered_is_cheap) {
  const auto own_host = basic("http%3A//nscl.example.com/m2m/scls/ong:");
  ASSERT_EQ(verify(own_host, "nscl.example.com"), "ong");
  constexpr int rounds = 100'000;
  const auto begin = steady_clock::now();
  for (int i = 0; i < rounds; ++i) ASSERT_TRUE(credentials->remembered({own_host, "nscl.example.com", peer}));
  const auto each = std::chrono::duration<double, std::micro>(steady_clock::now() - begin).count() / rounds;
  RecordProperty("microseconds", std::to_string(each));
  std::printf("  remembered(): %.3f us\n", each);
}

}  // namespace
}  // namespace nscl::security
