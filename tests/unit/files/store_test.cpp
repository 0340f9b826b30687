// SPDX-License-Identifier: Apache-2.0
// The octets of files: kept once, private, durable before they are named, and noticed when they change.
#include <sys/stat.h>
#include <utime.h>

#include <nscl/base/bytes.h>

#include "files_fixture.h"

namespace nscl::rem {
namespace {

struct FilesAtRest : FilesFixture {};

store::ManagedFile described(std::string type) {
  store::ManagedFile file;
  file.type = std::move(type);
  return file;
}

Status status_of(const Result<void>& result) { return result ? Status::ok : result.error().status; }

TEST_F(FilesAtRest, AreNamedByTheirDigestAndPrivate) {
  ASSERT_TRUE(import("box-1.bin", "image"));
  const auto path = octets_of("box-1.bin");
  EXPECT_EQ(path.filename().string(), hex_encode(sha256("image")));
  struct ::stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(path.parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(FilesAtRest, SameOctetsAreKeptOnce) {
  ASSERT_TRUE(import("one", "image"));
  ASSERT_TRUE(import("two", "image"));
  EXPECT_EQ(stored(), 1u);
  FileStoreOptions options;
  options.directory = directory_ / "files";
  const FileStore files(options);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(files.remove(transaction, "one")); });
  EXPECT_EQ(stored(), 1u) << "the other still names them";
  change([&](store::Transaction& transaction) { EXPECT_TRUE(files.remove(transaction, "two")); });
  EXPECT_EQ(stored(), 0u);
  change([&](store::Transaction& transaction) { EXPECT_EQ(status_of(files.remove(transaction, "two")), Status::not_found); });
}

TEST_F(FilesAtRest, F1NamesAreNoPaths) {
  for (const auto* name : {"", "../x", "../../x", "a/b", ".", "..", ".x", "-x", "a b", "a%2fb", "ä", "upload-5"})
    EXPECT_EQ(status_of(import(name, "image")), Status::bad_request) << name;
  EXPECT_EQ(status_of(import(std::string(65, 'a'), "image")), Status::bad_request);
  EXPECT_TRUE(import(std::string(64, 'a'), "image"));
  EXPECT_EQ(stored(), 1u);
}

TEST_F(FilesAtRest, ANameIsOfOneFile) {
  ASSERT_TRUE(import("box", "image"));
  EXPECT_TRUE(import("box", "image"));
  EXPECT_EQ(status_of(import("box", "another")), Status::conflict);
}

TEST_F(FilesAtRest, EmptyAndLargeOnesAreRefused) {
  EXPECT_EQ(status_of(import("box", "")), Status::bad_request);
  FileStoreOptions options;
  options.directory = directory_ / "files";
  options.image_limit = 10;
  const FileStore files(options);
  EXPECT_TRUE(files.add_from(write("a", "0123456789"), [] { auto file = described("2 Web Content"); file.name = "a"; return file; }()));
  EXPECT_FALSE(files.add_from(write("b", "0123456789a"), [] { auto file = described("2 Web Content"); file.name = "b"; return file; }()));
  EXPECT_FALSE(files.add_from(directory_, [] { auto file = described("2 Web Content"); file.name = "c"; return file; }())) << "a folder";
}

TEST_F(FilesAtRest, R710ChangedOctetsAreNoticed) {
  ASSERT_TRUE(import("box", "image"));
  FileStoreOptions options;
  options.directory = directory_ / "files";
  const FileStore files(options);
  store::ManagedFile file;
  look([&](store::View& view) { file = *view.management().file("box"); });
  EXPECT_TRUE(files.check(file));
  std::ofstream(octets_of("box"), std::ios::binary) << "imagE";
  EXPECT_EQ(status_of(files.check(file)), Status::conflict) << "though it was good before";
  std::filesystem::remove(octets_of("box"));
  EXPECT_EQ(status_of(files.check(file)), Status::conflict);
}

TEST_F(FilesAtRest, WhatIsNotKeptIsGone) {
  {
    NewFile half(directory_ / "files");
    EXPECT_TRUE(half.add("half"));
    EXPECT_EQ(stored(), 1u);
  }
  EXPECT_EQ(stored(), 0u);
}

TEST_F(FilesAtRest, OctetsAreThereBeforeTheyAreNamed) {
  FileStoreOptions options;
  options.directory = directory_ / "files";
  const FileStore files(options);
  auto file = described("2 Web Content");
  file.name = "ghost";
  file.sha256 = sha256("nowhere");
  const auto put = store_->write_and_wait([&](store::Transaction& transaction) { return files.put(transaction, file); });
  EXPECT_FALSE(put);
}

TEST_F(FilesAtRest, AFolderThatIsOpenToOthersIsRefused) {
  ::chmod((directory_ / "files").c_str(), 0755);
  FileStoreOptions options;
  options.directory = directory_ / "files";
  EXPECT_THROW(FileStore{options}, std::runtime_error);
  options.directory = directory_ / "link";
  std::filesystem::create_directory_symlink(directory_, options.directory);
  EXPECT_THROW(FileStore{options}, std::runtime_error) << "F3";
}

}  // namespace
}  // namespace nscl::rem
