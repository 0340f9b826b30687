// SPDX-License-Identifier: Apache-2.0
// The files of the audit trail's key: private, whole after a crash, and never those of somebody else.
#include "audit_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "administrator.h"

namespace nscl::app {
namespace {

namespace fs = std::filesystem;

class AuditFilesTest : public testing::Test {
 protected:
  AuditFilesTest() {
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  ~AuditFilesTest() override { fs::remove_all(directory_); }

  std::string refusal() {
    try {
      open_audit_key(directory_);
      return "none";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
  void expect_refusal(const std::string& part) {
    const auto text = refusal();
    EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_NE(text.find(key_.string()), std::string::npos) << text;
  }

  fs::path directory_ = fs::path(testing::TempDir()) / ("nscl_audit_files_" + std::to_string(::getpid()));
  fs::path key_ = directory_ / "audit.key";
  fs::path public_ = directory_ / "audit.pub";
};

TEST_F(AuditFilesTest, AreMadeOnceAndPrivate) {
  EXPECT_EQ(read_audit_public_keys(directory_), "");
  const auto key = open_audit_key(directory_);
  EXPECT_EQ(open_audit_key(directory_).public_text(), key.public_text());
  EXPECT_EQ(read_audit_public_keys(directory_), key.public_text());
  for (const auto& file : {key_, public_}) {
    struct ::stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u) << file;
  }
}

TEST_F(AuditFilesTest, ALostKeyIsReplacedAndItsSignaturesStayVerifiable) {
  const auto lost = open_audit_key(directory_);
  fs::remove(key_);
  const auto fresh = open_audit_key(directory_);
  EXPECT_NE(fresh.public_text(), lost.public_text());
  EXPECT_EQ(read_audit_public_keys(directory_), lost.public_text() + fresh.public_text());
  EXPECT_TRUE(security::AuditPublicKeys(read_audit_public_keys(directory_)).verify("x", lost.sign("x")));
}

TEST_F(AuditFilesTest, ACrashBetweenTheTwoIsMended) {
  const auto key = open_audit_key(directory_);
  fs::remove(public_);
  open_audit_key(directory_);
  EXPECT_EQ(read_audit_public_keys(directory_), key.public_text());
}

TEST_F(AuditFilesTest, WhatIsNoPrivateFileIsRefused) {
  open_audit_key(directory_);
  fs::permissions(key_, fs::perms::group_read, fs::perm_options::add);
  expect_refusal("may be opened by others");
  fs::rename(key_, directory_ / "elsewhere");
  fs::create_symlink("elsewhere", key_);
  expect_refusal("");
  fs::remove(key_);
  fs::create_symlink("nowhere", key_);
  expect_refusal("");
  fs::remove(key_);
  ASSERT_EQ(::mkfifo(key_.c_str(), 0600), 0);
  expect_refusal("no regular file");
  fs::remove(key_);
  fs::create_directory(key_);
  expect_refusal("");
  fs::remove(key_);
  write_secret_file(key_, "garbage");
  expect_refusal("holds no Ed25519 key");
  write_secret_file(key_, std::string(100'000, 'x'));
  expect_refusal("too long");
}

}  // namespace
}  // namespace nscl::app
