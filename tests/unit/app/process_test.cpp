// SPDX-License-Identifier: Apache-2.0
// Whom the daemon becomes, and when it will not serve as root. What the running process may do: tests/system/process.py.
#include "process.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace nscl::app {
namespace {

Config config_for(const std::string& address, const std::string& user = {}) {
  Config config;
  config.listeners[0].address = address;
  config.user = user;
  return config;
}

std::string refusal(const Config& config, bool allow_root = false) {
  try {
    choose_account(config, allow_root);
    return "none";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(ChooseAccount, LetsRootServeThisHostAlone) {
  for (const char* address : {"127.0.0.1", "::1"}) EXPECT_EQ(refusal(config_for(address)), "none");
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    EXPECT_CONTAINS(refusal(config_for(address)), "will not serve other hosts as root");
    EXPECT_EQ(refusal(config_for(address), true), "none");
  }
  auto both = config_for("127.0.0.1");
  both.listeners.push_back(config_for("0.0.0.0").listeners[0]);
  EXPECT_CONTAINS(refusal(both), "0.0.0.0");
}

TEST(ChooseAccount, FindsTheUserOrSaysWhyNot) {
  EXPECT_CONTAINS(refusal(config_for("127.0.0.1", "no-such-user")), "there is no user \"no-such-user\"");
  EXPECT_CONTAINS(refusal(config_for("127.0.0.1", "root")), "is root");
  if (::geteuid() != 0) {
    EXPECT_CONTAINS(refusal(config_for("127.0.0.1", "daemon")), "only root can become");
    return;
  }
  const auto account = choose_account(config_for("0.0.0.0", "daemon"), false);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->name, "daemon");
  EXPECT_NE(account->user, 0u);
}

}  // namespace
}  // namespace nscl::app
