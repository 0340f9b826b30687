// SPDX-License-Identifier: Apache-2.0
// A simulated DM client: sessions, credentials of both sides, its tree.
#include <nscl/rem/omadm/notification.h>

#include "dm_simulated.h"

namespace nscl::rem::simulator {
namespace {

TEST_F(SimulatedDmClient, OpensWithWhoItIsAndEndsWhenNobodyAsks) {   // row 40
  options_.server_password.~Secret();
  new (&options_.server_password) Secret();
  make();
  begin();
  EXPECT_EQ(said(), (Said{"Alert 1201", "Replace "}));
  const auto info = all<CommandElement>()[1];
  ASSERT_EQ(info.items.size(), 5u);
  EXPECT_EQ(info.items[0].source, "./DevInfo/DevId");
  EXPECT_EQ(info.items[0].data, "D1");
  EXPECT_EQ(posted_->header.source, "D1");
  EXPECT_EQ(posted_->header.meta.max_msg_size, 16'384u);
  ASSERT_TRUE(posted_->header.cred);
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest_of("D1", Secret("devpwd")), ""));
  EXPECT_TRUE(posted_->is_final);
  EXPECT_EQ(call_.uri, "http://server.example/dm");
  close();
  EXPECT_EQ(client_->next(), never);
}

}  // namespace
}  // namespace nscl::rem::simulator
