// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include <gtest/gtest.h>

#include <nscl/security/failures.h>
#include "verdict_memory.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

RequestorPtr somebody(std::string name) { return std::make_shared<const Requestor>(Requestor{.principal = std::move(name)}); }

void keep(VerdictMemory& memory, const std::string& key, RequestorPtr requestor) {
  memory.insert(digest_of(key, "h"), std::move(requestor), memory.generation());
}

TEST(CredentialDigest, tells_apart_what_differs) {
  EXPECT_EQ(digest_of("Basic YTpi", "h"), digest_of("Basic YTpi", "h"));
  EXPECT_NE(digest_of("Basic YTpi", "h"), digest_of("Basic YTpi", "g"));
  EXPECT_NE(digest_of("Basic YTpi", "h"), digest_of("Basic YTpj", "h"));
  EXPECT_NE(digest_of("ab", "c"), digest_of("a", "bc"));
}

TEST(CredentialDigest, is_the_same_on_every_thread) {
  CredentialDigest other{};
  std::thread([&] { other = digest_of("Basic YTpi", "h"); }).join();
  EXPECT_EQ(other, digest_of("Basic YTpi", "h"));
}

TEST(VerdictMemory, remembers_good_and_wrong) {
  VerdictMemory memory(10, 1min);
  keep(memory, "a", somebody("a"));
  keep(memory, "b", nullptr);
  EXPECT_EQ(memory.find(digest_of("a", "h")).requestor->principal, "a");
  EXPECT_TRUE(memory.find(digest_of("b", "h")).is_known);
  EXPECT_FALSE(memory.find(digest_of("b", "h")).requestor);
  EXPECT_FALSE(memory.find(digest_of("c", "h")).is_known);
}

TEST(VerdictMemory, drops_the_oldest) {
  VerdictMemory memory(3, 1min);
  for (const char* key : {"a", "b", "c", "d"}) keep(memory, key, somebody(key));
  EXPECT_FALSE(memory.find(digest_of("a", "h")).is_known);
  for (const char* key : {"b", "c", "d"}) EXPECT_TRUE(memory.find(digest_of(key, "h")).is_known) << key;
}

TEST(VerdictMemory, a_renewed_entry_is_not_dropped_with_its_old_age) {
  VerdictMemory memory(3, 1min);
  keep(memory, "a", somebody("old"));
  std::this_thread::sleep_for(1ms);
  for (const char* key : {"b", "a", "c"}) keep(memory, key, somebody(key));
  EXPECT_EQ(memory.find(digest_of("a", "h")).requestor->principal, "a");
}

TEST(VerdictMemory, entries_end) {
  VerdictMemory memory(10, 20ms);
  keep(memory, "a", somebody("a"));
  EXPECT_TRUE(memory.find(digest_of("a", "h")).is_known);
  std::this_thread::sleep_for(30ms);
  EXPECT_FALSE(memory.find(digest_of("a", "h")).is_known);
}

TEST(VerdictMemory, of_no_size_keeps_nothing) {
  VerdictMemory memory(0, 1min);
  keep(memory, "a", somebody("a"));
  EXPECT_FALSE(memory.find(digest_of("a", "h")).is_known);
}

TEST(VerdictMemory, what_was_found_before_a_clear_is_not_kept_after_it) {
  VerdictMemory memory(10, 1min);
  const auto before = memory.generation();
  memory.clear();
  memory.insert(digest_of("a", "h"), somebody("a"), before);
  EXPECT_FALSE(memory.find(digest_of("a", "h")).is_known);
}

TEST(Failures, ten_are_free) {
  Failures failures;
  for (unsigned i = 1; i <= 10; ++i) EXPECT_EQ(failures.note("a"), i);
  EXPECT_FALSE(failures.is_over("a"));
  failures.note("a");
  EXPECT_TRUE(failures.is_over("a"));
  EXPECT_FALSE(failures.is_over("b"));
}

}  // namespace
}  // namespace nscl::security
