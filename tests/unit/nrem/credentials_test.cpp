// SPDX-License-Identifier: Apache-2.0
// The passwords of devices at rest (rem.md 4.3, storage): wrapped, and good for one purpose, user and device alone.
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/credentials.h>
#include <nscl/rem/secret_names.h>
#include <nscl/rem/device_json.h>
#include <nscl/security/key_wrapper.h>

#include "nrem_fixture.h"

namespace nscl::rem {
namespace {

using store::CredentialPurpose;
using store::ManagementCredential;

constexpr std::string_view password = "a password of a device";

class Credentials : public NremFixture {
 protected:
  Credentials() {
    security::Keystore::Options options;
    options.directory = directory_ / "data";
    keystore_ = std::make_unique<security::Keystore>(*store_, options, clock_);
    credentials_ = std::make_unique<DeviceCredentials>(*keystore_);
  }
  ~Credentials() override {
    credentials_.reset();
    keystore_.reset();
  }

  static ManagementCredential login(std::string user, std::string device, std::string oui = {}) {
    return {.purpose = CredentialPurpose::login, .user = std::move(user), .device = std::move(device), .oui = std::move(oui)};
  }
  Status put(const ManagementCredential& description, std::string_view secret = password) {
    const auto done = store_->write_and_wait([&](store::Transaction& transaction) { return credentials_->put(transaction, description, Secret(secret)); });
    return done ? Status::ok : done.error().status;
  }
  ManagementCredential row(std::string_view user) {
    std::optional<ManagementCredential> found;
    look([&](store::View& view) { found = view.management().login(user); });
    return found.value_or(ManagementCredential{});
  }
  std::string opened(const ManagementCredential& credential) {
    std::string text;
    look([&](store::View& view) {
      const auto secret = credentials_->open(view, credential);
      text = secret ? std::string(secret->view()) : "does not open";
    });
    return text;
  }

  std::unique_ptr<security::Keystore> keystore_;
  std::unique_ptr<DeviceCredentials> credentials_;
};

TEST_F(Credentials, M1aBootstrapIsNotStoredInClearAndGoodForItsDeviceAndAddressAlone) {
  const store::ManagementBootstrap wanted{.device = device_, .address = "tel:+49151", .push = {}, .created = clock_.now()};
  change([&](store::Transaction& transaction) { ASSERT_TRUE(credentials_->put_bootstrap(transaction, wanted, Secret(password))); });
  std::optional<store::ManagementBootstrap> kept;
  std::optional<Secret> key;
  look([&](store::View& view) {
    kept = view.management().bootstrap(device_);
    key = std::move(*keystore_->find_secret(view, management_secret_name));
  });
  ASSERT_TRUE(kept && key);
  EXPECT_EQ(kept->push.find(password), std::string::npos);
  const auto wrapper = security::aes_wrapper(std::move(*key));
  EXPECT_EQ(rem::open(*wrapper, *kept)->view(), password);
  auto other_device = *kept, other_address = *kept;
  other_device.device = "other";
  other_address.address = "tel:+1900";
  EXPECT_FALSE(rem::open(*wrapper, other_device));
  EXPECT_FALSE(rem::open(*wrapper, other_address));
}

TEST_F(Credentials, M1aNewPasswordEndsABootstrapThatTellsOfAnother) {
  for (const auto purpose : {CredentialPurpose::login, CredentialPurpose::connection_request}) {
    change([&](store::Transaction& transaction) {
      for (const auto& id : {device_, std::string("other")}) transaction.manage().put_bootstrap({.device = id, .address = "tel:+49151", .push = "p", .created = clock_.now()});
    });
    auto description = login("box-1", device_);
    description.purpose = purpose;
    ASSERT_EQ(put(description), Status::ok);
    look([&](store::View& view) {
      EXPECT_FALSE(view.management().bootstrap(device_));
      EXPECT_TRUE(view.management().bootstrap("other"));
    });
  }
}

class NewPasswords : public Credentials {
 protected:
  NewPasswords() {
    put(login("box-1", device_));
    auto server = login("nscl", device_);
    server.purpose = CredentialPurpose::connection_request;
    put(server);
  }
  Status plan() {
    const auto done = store_->write_and_wait([&](store::Transaction& transaction) { return credentials_->plan_change(transaction, device_, clock_.now()); });
    return done ? Status::ok : done.error().status;
  }
  /// What is kept of it; empty: nothing.
  std::string kept(CredentialPurpose purpose) {
    std::optional<ManagementCredential> found;
    look([&](store::View& view) { found = view.management().credential(device_, purpose); });
    return found ? found->user + " " + opened(*found) : "";
  }
};

TEST_F(NewPasswords, areMadeForBothSidesAndNotStoredInClear) {
  ASSERT_EQ(plan(), Status::ok);
  const auto own = kept(CredentialPurpose::next_login), servers = kept(CredentialPurpose::next_connection_request);
  EXPECT_EQ(own.substr(0, 6), "box-1 ");
  EXPECT_EQ(servers.substr(0, 5), "nscl ");
  EXPECT_EQ(own.size(), 6u + 26u);
  EXPECT_NE(own.substr(6), servers.substr(5));
  EXPECT_EQ(kept(CredentialPurpose::login), "box-1 " + std::string(password)) << "which is in effect until the device has taken the other";
  look([&](store::View& view) { EXPECT_EQ(view.management().credential(device_, CredentialPurpose::next_login)->secret.find(own.substr(6)), std::string::npos); });
  look([&](store::View& view) { EXPECT_TRUE(details_of(view.management(), device_).password_change); });
}

TEST_F(NewPasswords, thatADeviceMayKnowStay) {
  ASSERT_EQ(plan(), Status::ok);
  const auto own = kept(CredentialPurpose::next_login);
  clock_.advance(1h);
  EXPECT_EQ(plan(), Status::ok);
  EXPECT_EQ(kept(CredentialPurpose::next_login), own);
}

TEST_F(NewPasswords, comeAfterThoseBeforeWereSeenInUse) {
  change([&](store::Transaction& transaction) {
    auto former = *transaction.manage().credential(device_, CredentialPurpose::login);
    former.purpose = CredentialPurpose::former_login;
    transaction.manage().put_credential(former);
  });
  EXPECT_EQ(plan(), Status::conflict);
  EXPECT_EQ(kept(CredentialPurpose::next_connection_request), "") << "all or nothing";
}

TEST_F(NewPasswords, needOnesOfBothSides) {
  change([&](store::Transaction& transaction) { transaction.manage().erase_credential(device_, CredentialPurpose::connection_request, "nscl"); });
  EXPECT_EQ(plan(), Status::conflict);
  EXPECT_EQ(kept(CredentialPurpose::next_login), "");
}

TEST_F(NewPasswords, areNoneOnceAnOperatorSetsAnother) {
  ASSERT_EQ(plan(), Status::ok);
  ASSERT_EQ(put(login("box-1", device_), "by hand"), Status::ok);
  EXPECT_EQ(kept(CredentialPurpose::next_login), "");
  EXPECT_NE(kept(CredentialPurpose::next_connection_request), "") << "the other side is another matter";
  change([&](store::Transaction& transaction) { erase_change(transaction.manage(), device_, CredentialPurpose::connection_request); });
  EXPECT_EQ(kept(CredentialPurpose::next_connection_request), "");
  look([&](store::View& view) { EXPECT_FALSE(details_of(view.management(), device_).password_change); });
}

TEST_F(Credentials, openAsTheyWerePutAndAreNotStoredInClear) {
  ASSERT_EQ(put(login("box-1", device_)), Status::ok);
  const auto stored = row("box-1");
  EXPECT_EQ(opened(stored), password);
  EXPECT_EQ(stored.secret.find(password), std::string::npos);
  ASSERT_EQ(put(login("box-1", device_)), Status::ok);
  EXPECT_NE(row("box-1").secret, stored.secret) << "the same password twice looks different";
}

TEST_F(Credentials, openForNobodyElse) {
  ASSERT_EQ(put(login("box-1", device_)), Status::ok);
  const auto stored = row("box-1");
  auto moved = stored;
  moved.device = "00D09E-Box-2";
  EXPECT_EQ(opened(moved), "does not open");
  moved = stored;
  moved.user = "box-2";
  EXPECT_EQ(opened(moved), "does not open");
  moved = stored;
  moved.purpose = CredentialPurpose::connection_request;
  EXPECT_EQ(opened(moved), "does not open");
  moved = stored;
  moved.secret.back() = static_cast<char>(moved.secret.back() ^ 1);
  EXPECT_EQ(opened(moved), "does not open");
  moved.secret.clear();
  EXPECT_EQ(opened(moved), "does not open");
}

TEST_F(Credentials, openBeforeThereWasAnyIsAnError) { EXPECT_EQ(opened(login("box-1", device_)), "does not open"); }

TEST_F(Credentials, outliveTheDaemonAndAnotherDataKey) {
  ASSERT_EQ(put(login("box-1", device_)), Status::ok);
  ASSERT_TRUE(keystore_->change_data_key());
  EXPECT_EQ(opened(row("box-1")), password);
}

TEST_F(Credentials, aLoginIsOneDevices) {
  ASSERT_EQ(put(login("box-1", device_)), Status::ok);
  EXPECT_EQ(put(login("box-1", "00D09E-Box-2")), Status::conflict);
  EXPECT_EQ(put(login("box-1", "", "00D09E")), Status::conflict);
  EXPECT_EQ(opened(row("box-1")), password);
  EXPECT_EQ(put({.purpose = CredentialPurpose::connection_request, .user = "box-1", .device = "00D09E-Box-2"}), Status::ok) << "there it is another matter";
}

TEST_F(Credentials, aSharedLoginHasAnOui) {
  EXPECT_EQ(put(login("factory", "")), Status::bad_request);
  EXPECT_EQ(put(login("factory", "", "00D09E")), Status::ok);
  EXPECT_EQ(put(login("factory", "", "00D09E")), Status::ok);
  EXPECT_EQ(put(login("factory", "", "00D09F")), Status::conflict);
  EXPECT_EQ(put({.purpose = CredentialPurpose::connection_request, .user = "factory", .device = "", .oui = "00D09E"}), Status::bad_request);
}

TEST_F(Credentials, whatNoDeviceCanSendIsRefused) {
  for (const std::string& user : {std::string(), std::string("a:b"), std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"), std::string(257, 'a')})
    EXPECT_EQ(put(login(user, device_)), Status::bad_request) << user;
  for (const std::string& secret : {std::string(), std::string("a\nb"), std::string(257, 'a')}) EXPECT_EQ(put(login("box-1", device_), secret), Status::bad_request);
  EXPECT_EQ(put(login(std::string(256, 'a'), device_), std::string(256, 'b')), Status::ok);
}

TEST_F(Credentials, onlyOneIsLeftWhereThatIsWanted) {
  ASSERT_EQ(put(login("old", device_)), Status::ok);
  ASSERT_EQ(put(login("older", device_)), Status::ok);
  ASSERT_EQ(put(login("another's", "00D09E-Box-2")), Status::ok);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(credentials_->put_only(transaction, login("new", device_), Secret(password))); });
  EXPECT_EQ(opened(row("new")), password);
  EXPECT_TRUE(row("old").user.empty());
  EXPECT_TRUE(row("older").user.empty());
  EXPECT_EQ(opened(row("another's")), password);
}

TEST(SecretNames, areToldByTheirLastSegment) {
  for (const char* name : {"Password", "Device.ManagementServer.Password", "InternetGatewayDevice.ManagementServer.ConnectionRequestPassword", "Device.WiFi.AccessPoint.1.Security.KeyPassphrase",
                           "X.PreSharedKey", "PreSharedKey", "./DMAcc/x/AAuthSecret", "./DMAcc/x/AAuthData", "Cred/Data", "sig", "password", "X.PrivateKey", "Device.WiFi.AccessPoint.1.Security.WEPKey"})
    EXPECT_TRUE(is_secret(name)) << name;
  for (const char* name : {"", "Device.ManagementServer.URL", "Username", "Device.Password.Enable", "design", "Data"}) EXPECT_FALSE(is_secret(name)) << name;
}

TEST(Operations, areShownWithoutSecrets) {
  store::Operation operation;
  operation.body = to_json(Task(SetLeaves{{{"Device.ManagementServer.Password", "hush-1"}, {"Device.Time.NTPServer1", "ntp.example"}, {"Device.X.URL", "http://u:hush-2@h/"}}}));
  auto text = to_json(operation);
  EXPECT_EQ(text.find("hush"), std::string::npos) << text;
  EXPECT_NE(text.find("ntp.example"), std::string::npos) << text;
  EXPECT_NE(text.find("\"kind\":\"set\""), std::string::npos) << text;
  operation.body = to_json(Task(Command{"DOWNLOAD", {{"URL", "http://h/f"}, {"Password", "hush-3"}, {"List", "", {{"Password", "hush-4"}}}, {"Password", "", {{"x", "hush-5"}}}}}));
  Report report{.end = Report::End::failed, .status = Status::forbidden, .code = "9001", .text = "Request denied"};
  report.leaves = {{"Device.ManagementServer.Password", "hush-6"}};
  operation.outcome = to_json(report);
  text = to_json(operation);
  EXPECT_EQ(text.find("hush"), std::string::npos) << text;
  EXPECT_NE(text.find("http://h/f"), std::string::npos);
  EXPECT_NE(text.find("{\"code\":\"9001\",\"text\":\"Request denied\"}"), std::string::npos) << text;
  EXPECT_EQ(kind_of(operation), "DOWNLOAD");
  operation.body = operation.outcome = "nonsense";
  EXPECT_EQ(kind_of(operation), "damaged");
  EXPECT_EQ(outcome_of(operation).code, "damaged");
}

}  // namespace
}  // namespace nscl::rem
