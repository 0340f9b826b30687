// SPDX-License-Identifier: Apache-2.0
// What devices of a model have to show, and what this server shows them (rem.md 3.4).
#include "dm_fixture.h"

namespace nscl::rem::omadm {
namespace {

const std::string basic = cred_text("syncml:auth-basic", base64_encode("user:right"));

class DmPolicy : public DmTest {
 protected:
  /// "d" is known as a Box, as its messages say too (package_1()).
  void box_shows(DmAuthentication authentication) {
    least["Box"] = authentication;
    accounts.facts["d"].model = "Box";
  }
  static std::string asked_type(const DmMessage& answer) {
    const auto& status = element_at<StatusElement>(answer, 0);
    return status.chal ? status.chal->type : "";
  }
  /// Our Cred, after the device has refused the first one and asked for basic.
  Cred shown_for_basic() {
    wants(5, {{command_on(Kind::get, {"./A"})}});
    begin();
    const auto again = say(status_text("1", "1", "0", "SyncHdr", "401", chal_text("fresh", "syncml:auth-basic")) + final_text);
    return again.header.cred.value_or(Cred{});
  }
};

const std::string without_info = alert_text("1", "1201") + final_text;
const std::string as_other = alert_text("1", "1201") + "<Replace><CmdID>2</CmdID><Item><Source><LocURI>./DevInfo/Mod</LocURI></Source><Data>Other</Data></Item></Replace>" + final_text;

TEST_F(DmPolicy, AModelThatHasToShowMac) {
  box_shows(DmAuthentication::mac);
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto first = say(package_1(), md5_cred(accounts.ours));
  EXPECT_EQ(header_code(first), 401);
  EXPECT_EQ(asked_type(first), "syncml:auth-MAC");
  EXPECT_TRUE(work.contacts.empty());
  const auto second = say_with_mac(package_1(), nonce_in(first));
  EXPECT_EQ(header_code(second), 200);
  EXPECT_EQ(asked_type(second), "syncml:auth-MAC");
  ASSERT_EQ(commands(second).size(), 1u);
  EXPECT_EQ(header_code(say(taken(second) + final_text)), 401) << "each message has to be proved";
  EXPECT_TRUE(refused.empty()) << "a weaker type is no attempt";
}

TEST_F(DmPolicy, WhatItSaysToBeDoesNotFreeItFromMac) {
  box_shows(DmAuthentication::mac);
  least["Other"] = DmAuthentication::basic;
  for (const auto& body : {without_info, as_other}) {
    call_anew(body == as_other ? "2" : "1");
    const auto asked = say(body);
    const auto answer = say(body, md5_cred(nonce_in(asked)));
    EXPECT_EQ(header_code(answer), 401);
    EXPECT_EQ(asked_type(answer), "syncml:auth-MAC") << "who has the password is told what is wanted";
  }
  EXPECT_TRUE(work.contacts.empty());
}

TEST_F(DmPolicy, Row42AModelThatMayShowBasicDoesSoOverTlsOnly) {
  box_shows(DmAuthentication::basic);
  EXPECT_EQ(asked_type(say(package_1(), basic)), "syncml:auth-md5");
  request.tls = &tls;
  call_anew("2");
  EXPECT_EQ(asked_type(say(package_1())), "syncml:auth-basic");
  EXPECT_EQ(header_code(say(package_1(), basic)), 212);
  request.tls = nullptr;
  options.basic_without_tls = true;
  restart();
  call_anew("3");
  EXPECT_EQ(header_code(say(package_1(), basic)), 212);
}

TEST_F(DmPolicy, OfADeviceThatIsNotKnownTheConfiguredTypeIsTaken) {
  least["Box"] = DmAuthentication::basic;   // it only says so
  request.tls = &tls;
  const auto answer = say(package_1(), basic);
  EXPECT_EQ(header_code(answer), 401);
  EXPECT_EQ(asked_type(answer), "syncml:auth-md5");
  EXPECT_EQ(header_code(say(package_1(), md5_cred(nonce_in(answer)))), 212);
}

TEST_F(DmPolicy, AModelHasToShowSomethingWhereOthersNeedNot) {
  options.authentication = DmAuthentication::off;
  restart();
  EXPECT_EQ(header_code(say(package_1())), 200);
  box_shows(DmAuthentication::md5);
  call_anew("2");
  const auto asked = say(package_1());
  EXPECT_EQ(header_code(asked), 407);
  const auto answer = say(package_1(), md5_cred(nonce_in(asked)));
  EXPECT_EQ(header_code(answer), 212);
  EXPECT_EQ(nonce_in(answer), accounts.ours) << "for its next session";
}

// Else the type that is asked for would tell which devices are known.
TEST_F(DmPolicy, StrangersAreAskedTheSameForDevicesThatAreKnown) {
  box_shows(DmAuthentication::mac);
  unsigned id = 0;
  const auto seen_of = [&](std::string name, std::string_view body, std::string_view cred) {
    device = std::move(name);
    call_anew(std::to_string(++id));
    const auto answer = say(body, cred);
    return std::to_string(header_code(answer)) + asked_type(answer);
  };
  const auto wrong = md5_cred("", "wrong"), strange = cred_text("x", "y"), wrong_basic = cred_text("syncml:auth-basic", base64_encode("user:wrong"));
  for (const auto& body : {without_info, package_1()}) {
    for (const auto& cred : {std::string(), strange, wrong, wrong_basic}) {
      restart();   // three wrong ones would be too many
      EXPECT_EQ(seen_of("d", body, cred), seen_of("nobody", body, cred)) << body << cred;
    }
  }
  EXPECT_EQ(seen_of("nobody", package_1(), {}), "407syncml:auth-MAC");
  EXPECT_EQ(seen_of("nobody", without_info, {}), "407syncml:auth-md5");
}

TEST_F(DmPolicy, ThreeWrongOnesAreThreeWhateverTheirType) {
  box_shows(DmAuthentication::mac);
  const auto wrong = cred_text("syncml:auth-basic", base64_encode("user:wrong"));
  EXPECT_FALSE(asked_type(say(package_1(), wrong)).empty());
  EXPECT_FALSE(asked_type(say(package_1(), wrong)).empty());
  EXPECT_TRUE(asked_type(say(package_1(), wrong)).empty());
}

TEST_F(DmPolicy, OurPasswordIsNotShownWhereItCanBeRead) {
  const auto cred = shown_for_basic();
  EXPECT_EQ(cred.type, "syncml:auth-md5");
  EXPECT_EQ(cred.data, md5_data(digest_of("funambol", Secret(std::string_view("srvpwd"))), "fresh"));
}

TEST_F(DmPolicy, OurPasswordIsShownOverTls) {
  request.tls = &tls;
  EXPECT_EQ(shown_for_basic().data, base64_encode("funambol:srvpwd"));
}

TEST_F(DmPolicy, OurPasswordIsShownWhereThatIsAllowed) {
  options.basic_without_tls = true;
  restart();
  EXPECT_EQ(shown_for_basic().data, base64_encode("funambol:srvpwd"));
}

TEST_F(DmPolicy, ASessionDoesNotGoOnWithoutItsTls) {
  request.tls = &tls;
  shown_for_basic();
  ASSERT_NE(last.find(base64_encode("funambol:srvpwd")), std::string::npos);
  request.tls = nullptr;
  --msg_id;   // the same message again
  const auto answer = say(status_text("1", "1", "0", "SyncHdr", "401", chal_text("fresh", "syncml:auth-basic")) + final_text);
  EXPECT_EQ(header_code(answer), 400);
  EXPECT_TRUE(has_alert(answer, "1223"));
  EXPECT_EQ(last.find(base64_encode("funambol:srvpwd")), std::string::npos);
  EXPECT_EQ(work.ended, std::vector<std::string>{"d 5"});
}

}  // namespace
}  // namespace nscl::rem::omadm
