// SPDX-License-Identifier: Apache-2.0
// Where the master key comes from, and what is refused (F3).
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/master_key.h>

#include "key_fixture.h"

namespace nscl::security {
namespace {

const std::string raw(32, 'k');

class MasterKey : public testing::Test {
 protected:
  /// The key in hexadecimal digits, or what the refusal says.
  static std::string load(const std::string& source) {
    try {
      return hex_encode(load_master_key(source).view());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
  static void expect_refusal(const std::string& source, std::string_view why) {
    EXPECT_NE(load(source).find(why), std::string::npos) << source << ": " << load(source);
  }
  std::string program(const std::string& text, ::mode_t mode = 0700) { return folder.write("program", "#!/bin/sh\n" + text, mode); }

  TemporaryFolder folder;
};

TEST_F(MasterKey, names_of_sources) {
  for (const char* good : {"file:/a", "credential:nscl.master", "command:/a/b"}) EXPECT_FALSE(problem_of_master_source(good)) << good;
  for (const char* bad : {"", "file:", "file:a", "/a", "credential:", "credential:../a", "credential:..", "command:a", "tpm2:0x81", "file"})
    EXPECT_TRUE(problem_of_master_source(bad)) << bad;
}

TEST_F(MasterKey, octets_or_digits) {
  const std::string wanted = hex_encode(raw);
  EXPECT_EQ(load("file:" + folder.write("raw", raw).string()), wanted);
  for (const char* end : {"", "\n", "\r\n"}) EXPECT_EQ(load("file:" + folder.write("hex", wanted + end).string()), wanted);
  for (const std::string& bad : {std::string(), raw + "\n", raw.substr(1), wanted + "\n\n", wanted.substr(2), wanted + "00", "x" + wanted.substr(1), std::string(5000, 'a')})
    EXPECT_NE(load("file:" + folder.write("bad", bad).string()), wanted) << bad.size();
  expect_refusal("file:" + folder.write("secret", "hunter2hunter2").string(), "64 hexadecimal digits");
  EXPECT_EQ(load("file:" + (folder.path() / "secret").string()).find("hunter2"), std::string::npos) << "the text tells the content";
}

TEST_F(MasterKey, F3_files_that_others_can_read_or_replace) {
  for (const ::mode_t mode : {0644u, 0640u, 0604u, 0660u, 0620u}) expect_refusal("file:" + folder.write("open", raw, mode).string(), "chmod 600");
  EXPECT_EQ(load("file:" + folder.write("mounted", raw, 0440).string()), hex_encode(raw)) << "a mounted secret of the own group";
  EXPECT_EQ(load("file:" + folder.write("read_only", raw, 0400).string()), hex_encode(raw));
  std::filesystem::create_symlink(folder.write("real", raw), folder.path() / "link");
  expect_refusal("file:" + (folder.path() / "link").string(), "symbolic link");
  ASSERT_EQ(::mkfifo((folder.path() / "fifo").c_str(), 0600), 0);
  expect_refusal("file:" + (folder.path() / "fifo").string(), "regular file");
  expect_refusal("file:" + folder.path().string(), "regular file");
  expect_refusal("file:" + (folder.path() / "none").string(), "cannot be read");
  ::chmod(folder.path().c_str(), 0777);
  expect_refusal("file:" + (folder.path() / "real").string(), "writable by everybody");
  ::chmod(folder.path().c_str(), 01777);
  EXPECT_EQ(load("file:" + (folder.path() / "real").string()), hex_encode(raw)) << "in a sticky directory nobody can replace it";
}

TEST_F(MasterKey, credential) {
  ::unsetenv("CREDENTIALS_DIRECTORY");
  expect_refusal("credential:nscl.master", "CREDENTIALS_DIRECTORY");
  ::setenv("CREDENTIALS_DIRECTORY", folder.path().c_str(), 1);
  expect_refusal("credential:nscl.master", "nscl.master cannot be read");
  folder.write("nscl.master", raw, 0440);
  EXPECT_EQ(load("credential:nscl.master"), hex_encode(raw));
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(MasterKey, command) {
  EXPECT_EQ(load("command:" + program("echo " + hex_encode(raw))), hex_encode(raw));
  EXPECT_EQ(load("command:" + program("cat\nprintf " + raw)), hex_encode(raw)) << "its standard input is empty";
  expect_refusal("command:" + program("echo " + hex_encode(raw) + "\nexit 3"), "failed");
  expect_refusal("command:" + program("kill -9 $$"), "failed");
  expect_refusal("command:" + program("echo no key"), "gives no master key");
  expect_refusal("command:" + program("head -c 100000 /dev/zero"), "more than 4096 octets");
  expect_refusal("command:" + program("echo x", 0600), "cannot be run");
  expect_refusal("command:" + program("echo x", 0722), "replaced by others");
  expect_refusal("command:" + (folder.path() / "none").string(), "cannot be run");
  expect_refusal("command:" + folder.path().string(), "regular file");
}

TEST_F(MasterKey, is_made_once_and_for_the_owner_alone) {
  const auto file = master_key_file(folder.path());
  make_master_key(file);
  struct ::stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_EQ(status.st_nlink, 1u);
  const auto first = load("file:" + file.string());
  EXPECT_EQ(first.size(), 64u);
  make_master_key(file);
  EXPECT_EQ(load("file:" + file.string()), first) << "the one that is there stays";
  const auto begin = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin, std::filesystem::directory_iterator{}), 1) << "nothing else is left";
  EXPECT_THROW(make_master_key(folder.path() / "none" / "master.key"), std::runtime_error);
}

}  // namespace
}  // namespace nscl::security
