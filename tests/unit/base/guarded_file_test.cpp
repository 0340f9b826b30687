// SPDX-License-Identifier: Apache-2.0
// F3: what others could have changed, or could read, is refused, and nothing blocks.
#include <nscl/base/guarded_file.h>

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nscl {
namespace {

namespace fs = std::filesystem;

class GuardedFile : public testing::Test {
 protected:
  GuardedFile() {
    std::string name = testing::TempDir() + "nscl_guarded_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    file_ = folder_ / "file";
    std::ofstream(file_) << "content";
    ::chmod(file_.c_str(), 0600);
  }
  ~GuardedFile() override { fs::remove_all(folder_); }

  /// What is read, or "refused: " and why.
  std::string read(Guard guard = Guard::change, std::size_t most = 100) const {
    try {
      return std::string(read_guarded_file(file_, guard, most).view());
    } catch (const std::runtime_error& error) {
      return std::string("refused: ") + error.what();
    }
  }

  fs::path folder_, file_;
};

#define EXPECT_REFUSED(text, part) EXPECT_TRUE((text).starts_with("refused: ") && (text).find(part) != std::string::npos) << (text)

TEST_F(GuardedFile, IsReadWhole) {
  EXPECT_EQ(read(), "content");
  EXPECT_EQ(read(Guard::sight), "content");
  EXPECT_EQ(read(Guard::sight, 7), "content");
  EXPECT_REFUSED(read(Guard::sight, 6), "is larger than 6 octets");
}

TEST_F(GuardedFile, MayBeReadByEverybodyOnlyIfItIsNoSecret) {
  ::chmod(file_.c_str(), 0644);
  EXPECT_EQ(read(Guard::change), "content");
  EXPECT_REFUSED(read(Guard::sight), "open to everybody");
}

TEST_F(GuardedFile, ThatIsSecretMayBeReadByAGroupOfTheProcess) {
  ::chmod(file_.c_str(), 0440);
  EXPECT_EQ(read(Guard::sight), "content");
  ::chmod(file_.c_str(), 0660);
  EXPECT_REFUSED(read(Guard::sight), "group may change it");
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ::chmod(file_.c_str(), 0440);
  ASSERT_EQ(::chown(file_.c_str(), 0, 54321), 0);
  EXPECT_REFUSED(read(Guard::sight), "another group");
}

TEST_F(GuardedFile, IsRefusedIfEverybodyMayChangeItF3) {
  ::chmod(file_.c_str(), 0602);
  EXPECT_REFUSED(read(), "is writable by everybody");
  ::chmod(file_.c_str(), 0600);
  ::chmod(folder_.c_str(), 0777);
  EXPECT_REFUSED(read(), "lies in");
  ::chmod(folder_.c_str(), 01777);   // sticky: nobody takes the file of another away
  EXPECT_EQ(read(), "content");
}

TEST_F(GuardedFile, IsRefusedIfAFolderFurtherUpIsWritableF3) {
  fs::create_directories(folder_ / "a" / "b");
  fs::rename(file_, folder_ / "a" / "b" / "file");
  file_ = folder_ / "a" / "b" / "file";
  ::chmod(folder_.c_str(), 0777);
  EXPECT_REFUSED(read(), "lies in " + fs::canonical(folder_).string());
  ::chmod(folder_.c_str(), 0700);
  EXPECT_EQ(read(), "content");
}

TEST_F(GuardedFile, OfAnotherKindIsRefusedF3) {
  fs::create_symlink(file_, folder_ / "link");
  ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
  for (const auto& [name, part] : {std::pair{"link", "symbolic link"}, {"fifo", "not a regular file"}, {".", "directory"}, {"none", "cannot be read"}}) {
    file_ = folder_ / name;
    EXPECT_REFUSED(read(), part);
  }
}

}  // namespace
}  // namespace nscl
