// SPDX-License-Identifier: Apache-2.0
// The first administrator: once, with a password nobody else can read, whatever a crash left behind.
#include "administrator.h"

#include <sys/stat.h>

#include <fstream>

#include <gtest/gtest.h>

#include <nscl/resources/all.h>
#include <nscl/security/credentials.h>

namespace nscl::app {
namespace {

class AdministratorTest : public testing::Test {
 protected:
  AdministratorTest() : directory_(testing::TempDir() + "nscl_administrator_" + std::to_string(getpid())) {
    std::filesystem::remove_all(directory_);
    store::Options options;
    options.directory = directory_;
    store_ = store::open_sqlite(options, registry_, system_clock());
  }
  ~AdministratorTest() override {
    store_->stop();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  std::string read(const std::string& name) const {
    std::ifstream in(directory_ / name);
    std::string line;
    std::getline(in, line);
    return line;
  }
  std::optional<store::Principal> find(const std::string& name) {
    std::optional<store::Principal> found;
    store_->read([&](store::View& view) { found = view.find_principal(name); });
    return found;
  }

  std::filesystem::path directory_;
  model::Registry registry_{resources::all()};
  std::unique_ptr<store::Store> store_;
};

TEST_F(AdministratorTest, IsMadeOnceWithAPasswordThatWorks) {
  const auto password = make_first_administrator(*store_, directory_);
  ASSERT_TRUE(password);
  EXPECT_EQ(password->size(), 24u);
  EXPECT_EQ(read("admin-password"), *password);
  const auto principal = find("admin");
  ASSERT_TRUE(principal);
  EXPECT_TRUE(principal->is_operator);
  EXPECT_TRUE(security::verify_password(*password, principal->verifier));
  EXPECT_FALSE(security::verify_password("admin", principal->verifier));
  EXPECT_EQ(principal->verifier.find(*password), std::string::npos);

  EXPECT_FALSE(make_first_administrator(*store_, directory_));
  EXPECT_EQ(read("admin-password"), *password);
}

TEST_F(AdministratorTest, PasswordFileIsForTheOwnerOnly) {
  ::umask(0);
  ASSERT_TRUE(make_first_administrator(*store_, directory_));
  struct stat figures {};
  ASSERT_EQ(::stat((directory_ / "admin-password").c_str(), &figures), 0);
  EXPECT_EQ(figures.st_mode & 07777, 0600u);
}

TEST_F(AdministratorTest, RecoversFromACrashBeforeTheCommit) {
  std::ofstream(directory_ / "admin-password") << "of the start that crashed\n";
  std::ofstream(directory_ / "admin-password.new") << "half";
  const auto password = make_first_administrator(*store_, directory_);
  ASSERT_TRUE(password);
  EXPECT_EQ(read("admin-password"), *password);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "admin-password.new"));
}

TEST_F(AdministratorTest, IsNotMadeBesideOtherPrincipals) {
  ASSERT_TRUE(store_->write_and_wait([](store::Transaction& transaction) -> Result<void> {
    store::Principal principal;
    principal.name = "gw1";
    principal.entity = "scls/gw1";
    transaction.put_principal(principal);
    return {};
  }));
  EXPECT_FALSE(make_first_administrator(*store_, directory_));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "admin-password"));
}

}  // namespace
}  // namespace nscl::app
