// SPDX-License-Identifier: Apache-2.0
// The table of sessions: one for each device, its connections, its ends.
#include "cookie.h"
#include "fake_work.h"

namespace nscl::rem::tr069 {
namespace {

using namespace std::chrono_literals;
using Place = Sessions::Place;

class SessionsTest : public testing::Test {
 protected:
  void SetUp() override { restart(); }
  void restart() {
    sessions = std::make_shared<Sessions>(limits, [this] { return now; });
  }
  std::shared_ptr<Session> session_of(const std::string& device) { return std::make_shared<Session>(work, performing, limits, device); }
  std::shared_ptr<Sessions::Line> line() { return sessions->make_line(); }

  /// A session that has begun and is not in use; its id, or the status of the refusal.
  std::string begin(Sessions::Line& at, const std::string& serial = "S1") {
    auto envelope = envelope_of(inform_of(serial));
    auto told = std::get<Inform>(*read_message(envelope));
    auto use = sessions->open(at, session_of(printable(told.device_id)), {"user", "192.0.2.7"});
    if (!use) return std::to_string(use.error().status);
    run(context, (*use)->begin(std::move(envelope), std::move(told), "192.0.2.7", context, now));
    return use->id();
  }
  unsigned end(Sessions::Line& at, const std::string& id) {
    auto use = sessions->resume(at, id);
    return use ? run(context, (*use)->take_nothing(use->is_new_connection(), context, now)).status : use.error().status;
  }

  boost::asio::io_context context{1};
  FakeWork work;
  const Performing performing = one_by_one();
  SessionLimits limits;
  Session::Clock::time_point now{1000s};
  std::shared_ptr<Sessions> sessions;
};

TEST_F(SessionsTest, IsFoundByItsConnectionAndByItsId) {
  const auto first = line(), second = line();
  const auto id = begin(*first);
  ASSERT_EQ(id.size(), 32u);
  EXPECT_EQ(sessions->find(*first, "").place, Place::here);
  EXPECT_EQ(sessions->find(*first, "stale").id, id);
  EXPECT_EQ(sessions->find(*second, "").place, Place::nowhere);
  const auto standing = sessions->find(*second, id);
  EXPECT_EQ(standing.place, Place::elsewhere);
  EXPECT_EQ(standing.caller, (Sessions::Caller{"user", "192.0.2.7"}));
  EXPECT_FALSE(sessions->resume(*first, id)->is_new_connection());
  EXPECT_TRUE(sessions->resume(*second, id)->is_new_connection());
  EXPECT_FALSE(sessions->resume(*second, id)->is_new_connection());
  EXPECT_EQ(sessions->resume(*second, std::string(32, '0')).error().status, 400u);
}

TEST_F(SessionsTest, OneRequestAtATime) {
  const auto first = line(), second = line();
  const auto id = begin(*first);
  const auto use = sessions->resume(*first, id);
  ASSERT_TRUE(use);
  EXPECT_EQ(sessions->resume(*second, id).error().status, 503u);
  EXPECT_EQ(begin(*second), "503");
}

TEST_F(SessionsTest, TwoInformsOfOneDevice) {   // row 37
  const auto first = line(), second = line();
  const auto id = begin(*first);
  EXPECT_EQ(begin(*second), "503");
  EXPECT_EQ(sessions->find(*first, "").id, id);
  now += 11s;   // the first says nothing
  EXPECT_EQ(begin(*second).size(), 32u);
  EXPECT_EQ(work.ended, std::vector<std::string>{"00AABB-Box-S1"});
  EXPECT_EQ(sessions->find(*first, "").place, Place::nowhere);
}

TEST_F(SessionsTest, AnInformEndsTheSessionBefore) {   // 4.9 row 38, on the same and after a lost connection
  auto first = line();
  begin(*first);
  const auto again = begin(*first);
  EXPECT_EQ(again.size(), 32u);
  EXPECT_EQ(work.ended.size(), 1u);
  first.reset();
  const auto second = line();
  EXPECT_EQ(begin(*second).size(), 32u);
  EXPECT_EQ(work.ended.size(), 2u);
  EXPECT_EQ(sessions->count(), 1u);
}

TEST_F(SessionsTest, ALostConnectionHasThirtySeconds) {
  auto first = line();
  const auto id = begin(*first);
  first.reset();
  now += 29s;
  sessions->sweep();
  auto second = line();
  EXPECT_EQ(sessions->find(*second, id).place, Place::elsewhere);
  EXPECT_TRUE(sessions->resume(*second, id));
  first = line();   // perhaps at the address of the one before
  EXPECT_EQ(sessions->find(*first, "").place, Place::nowhere);
  second.reset();
  now += 31s;
  sessions->sweep();
  EXPECT_EQ(sessions->find(*first, id).place, Place::nowhere);
  EXPECT_EQ(work.ended, std::vector<std::string>{"00AABB-Box-S1"});
}

TEST_F(SessionsTest, WhereEachMessageHasItsConnectionTheEndOfOneSaysNothing) {
  limits.keeps_to_connections = false;
  restart();
  auto first = line();
  const auto id = begin(*first);
  first.reset();
  const auto second = line();
  EXPECT_EQ(begin(*second), "503") << "row 37: perhaps another device of this name";
  now += 59s;
  sessions->sweep();
  EXPECT_EQ(sessions->find(*second, id).place, Place::elsewhere);
  now += 2s;
  sessions->sweep();
  EXPECT_EQ(sessions->find(*second, id).place, Place::nowhere);
}

TEST_F(SessionsTest, TheEndOfAnOldConnectionIsNotThatOfTheSession) {
  auto first = line();
  const auto second = line();
  const auto id = begin(*first);
  { const auto use = sessions->resume(*second, id); }
  first.reset();
  now += 31s;
  sessions->sweep();
  EXPECT_EQ(sessions->find(*second, "").id, id);
}

TEST_F(SessionsTest, SilenceEndsIt) {
  const auto first = line();
  begin(*first);
  now += 61s;
  sessions->sweep();
  EXPECT_EQ(work.ended.size(), 1u);
  work.wants(5, {"a"});
  const auto id = begin(*first);
  {
    auto use = sessions->resume(*first, id);
    run(context, (*use)->take_nothing(false, context, now));
  }
  now += 299s;   // it works on an RPC
  sessions->sweep();
  EXPECT_EQ(work.ended.size(), 1u);
  now += 2s;
  sessions->sweep();
  EXPECT_EQ(work.ended.back(), "00AABB-Box-S1 5");
}

TEST_F(SessionsTest, AnEndedSessionIsKnownForAWhile) {   // 4.9 row 23
  const auto first = line(), second = line();
  const auto id = begin(*first);
  EXPECT_EQ(end(*first, id), 204u);
  EXPECT_EQ(sessions->count(), 0u);
  EXPECT_EQ(end(*second, id), 204u);
  now += 9s;
  sessions->sweep();
  EXPECT_EQ(end(*second, id), 204u);   // from now on it counts anew
  now += 9s;
  sessions->sweep();
  EXPECT_EQ(sessions->find(*second, id).place, Place::here);
  EXPECT_EQ(begin(*first).size(), 32u);   // it is in nobody's way
  now += 2s;
  sessions->sweep();
  EXPECT_EQ(sessions->find(*second, id).place, Place::nowhere);
  EXPECT_EQ(work.ended.size(), 1u);
}

TEST_F(SessionsTest, NotTooOftenAndNotTooMany) {
  const auto first = line(), second = line();
  for (unsigned i = 0; i < limits.per_minute; ++i) EXPECT_EQ(begin(*first).size(), 32u);
  const auto refused = sessions->open(*first, session_of("00AABB-Box-S1"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, 503u);
  EXPECT_EQ(refused.error().retry_after, 60s);
  now += 61s;
  EXPECT_EQ(begin(*first).size(), 32u);
  limits.sessions = 1;
  restart();
  begin(*first);
  EXPECT_TRUE(sessions->is_full());
  EXPECT_EQ(begin(*second, "S2"), "503");
  EXPECT_EQ(begin(*first).size(), 32u);
}

TEST(Cookie, IsFoundWhereverItStands) {
  const std::string id = "0123456789abcdef0123456789abcdef";
  for (const auto& field : {"session=" + id, "session=" + id + "; Path=/; HttpOnly", "a=b; session=" + id + ",x", "session=\"" + id + "\"", "$Version=1;session=" + id,
                            "session=old; session=" + id, "mysession=" + std::string(32, '1') + "; session=" + id})
    EXPECT_EQ(session_in(field), id) << field;
  for (const auto& field : {std::string(), std::string("session="), "session=" + id + "0", "xsession=" + id, "session=" + id.substr(1), "session=" + id.substr(1) + "G"})
    EXPECT_EQ(session_in(field), "") << field;
}

}  // namespace
}  // namespace nscl::rem::tr069
