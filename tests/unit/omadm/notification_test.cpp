// SPDX-License-Identifier: Apache-2.0
// Package 0 (rem.md 3.2; row 53): the octets of the specification, and whatever else may come in their place.
#include <stdexcept>

#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/notification.h>

#include "omadm_support.h"

namespace nscl::rem::omadm {
namespace {

Notification example() { return {.session_id = 0x0102, .server_id = "funambol"}; }

TEST(DmNotification, row53isThatOfTheSpecification) {
  EXPECT_EQ(hex_encode(write_notification(example(), server_digest(), "")), "9e87b84026291935571c1b585a74a501" "02d8000000010208" "66756e616d626f6c");
}

TEST(DmNotification, row53isTheRecordedOne) {
  const auto package = test::content_of(test::shared() / "spec/vectors/rem/dm-package0-v11-emptynonce.bin");
  if (package.empty()) GTEST_SKIP() << "no vectors";
  EXPECT_EQ(write_notification(example(), server_digest(), ""), package);
  EXPECT_EQ(read_notification(package), example());
  EXPECT_TRUE(is_authentic(package, server_digest(), ""));
}

TEST(DmNotification, eachFieldIsReadAsItWasWritten) {
  for (const auto mode : {UiMode::not_specified, UiMode::background, UiMode::informative, UiMode::interactive}) {
    for (const bool by_server : {false, true}) {
      for (const std::size_t length : {1, 255}) {
        const Notification wanted{.ui_mode = mode, .by_server = by_server, .session_id = 0xFFFE, .server_id = std::string(length, 's')};
        const auto package = write_notification(wanted, server_digest(), "n");
        EXPECT_EQ(package.size(), 24 + length);
        EXPECT_EQ(read_notification(package), wanted);
        EXPECT_EQ(read_notification(package + "vendor"), wanted);
      }
    }
  }
  EXPECT_THROW(write_notification({.session_id = 1, .server_id = ""}, server_digest(), ""), std::length_error);
  EXPECT_THROW(write_notification({.session_id = 1, .server_id = std::string(256, 's')}, server_digest(), ""), std::length_error);
}

TEST(DmNotification, anyChangedOctetShows) {
  const auto package = write_notification(example(), server_digest(), default_nonce);
  EXPECT_TRUE(is_authentic(package, server_digest(), std::string(4, '\0')));
  EXPECT_FALSE(is_authentic(package, server_digest(), ""));
  EXPECT_FALSE(is_authentic(package, digest_of("funambol", Secret("other")), default_nonce));
  for (std::size_t i = 0; i < package.size(); ++i) {
    auto changed = package;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(is_authentic(changed, server_digest(), default_nonce)) << i;
  }
}

TEST(DmNotification, whatIsNoneIsNotRead) {
  const auto package = write_notification(example(), server_digest(), "");
  for (std::size_t size = 0; size < package.size(); ++size) EXPECT_FALSE(read_notification(package.substr(0, size))) << size;
  auto version = package;
  version[16] = 0x03;
  EXPECT_FALSE(read_notification(version));
  EXPECT_FALSE(read_notification(package + std::string(600, 'x')));
  auto nobody = package.substr(0, 24);
  nobody[23] = '\0';
  EXPECT_FALSE(read_notification(nobody + "x"));
}

TEST(DmNotification, sessionsAreNamedInUpperCaseWithoutZeros) {
  EXPECT_EQ(session_name(0x0102), "102");
  EXPECT_EQ(session_name(0xABCF), "ABCF");
  EXPECT_EQ(session_name(1), "1");
}

}  // namespace
}  // namespace nscl::rem::omadm
