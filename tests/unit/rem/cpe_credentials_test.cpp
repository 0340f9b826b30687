// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/cpe_credentials.h>

#include "../security/key_fixture.h"

namespace nscl::rem {
namespace {

class CpeCredentialsTest : public security::KeyTest {
 protected:
  void put(store::ManagementCredential credential, std::string_view password) {
    credential.secret = seal(*wrapper, credential, Secret(password));
    write_row(credential);
  }
  void write_row(const store::ManagementCredential& credential) {
    ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return t.manage().put_credential(credential), Result<void>{}; }));
  }
  static store::ManagementCredential login(std::string user, std::string device, std::string oui = {}) {
    store::ManagementCredential out;
    out.user = std::move(user);
    out.device = std::move(device);
    out.oui = std::move(oui);
    return out;
  }

  std::unique_ptr<security::KeyWrapper> wrapper = security::aes_wrapper(random_secret(32));
};

TEST_F(CpeCredentialsTest, FindsWhatWasSealed) {
  put(login("own", "00AABB-S1"), "p 1");
  put(login("shared", "", "00AABB"), "p 2");
  StoredCpeCredentials credentials(*store, *wrapper);
  const auto own = credentials.find("own"), shared = credentials.find("shared");
  ASSERT_TRUE(own && shared);
  EXPECT_EQ(own->device, "00AABB-S1");
  EXPECT_EQ(own->password.view(), "p 1");
  EXPECT_EQ(shared->oui, "00AABB");
  EXPECT_EQ(shared->password.view(), "p 2");
  EXPECT_FALSE(credentials.find("nobody"));
  EXPECT_TRUE(credentials.has_own("00AABB-S1"));
  EXPECT_FALSE(credentials.has_own("00AABB-S2"));
}

TEST_F(CpeCredentialsTest, ASecretIsGoodForItsRowAlone) {
  auto row = login("own", "00AABB-S1");
  row.secret = seal(*wrapper, row, Secret(std::string_view("p")));
  row.device = "00AABB-S2";   // as somebody with an editor for the database would
  write_row(row);
  StoredCpeCredentials credentials(*store, *wrapper);
  EXPECT_FALSE(credentials.find("own"));
}

}  // namespace
}  // namespace nscl::rem
