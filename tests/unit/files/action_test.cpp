// SPDX-License-Identifier: Apache-2.0
// Actions that move files: logs that become logData, and how far a transfer has come (rem.md 2.4, 2.7, 2.12, 4.8).
#include <algorithm>

#include "../nrem/discovered.h"
#include "files_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

const std::string log = mgmt_objects + "etsiPerformanceLog", firmware = mgmt_objects + "etsiFirmware/fw1";

struct FileActions : Discovered<FilesFixture> {
  void SetUp() override { discover(); }
  /// Starts the log's action, and has the device send `octets`.
  void fetch(const std::string& octets) {
    ASSERT_EQ(execute(log + "/perfLogAction/perfLogStart").status, Status::accepted);
    begin();
    const auto assignment = next();
    ASSERT_TRUE(assignment);
    EXPECT_EQ(value_of(*assignment, "FileType"), "4 Vendor Log File 2");
    EXPECT_EQ(value_of(*assignment, "URL").rfind("http://acs.example:7548/uploads/", 0), 0u);
    finish(*assignment, {.end = Report::End::accepted});
    EXPECT_EQ(progress(log), "1</progress><finalStatus>FAILURE");
    if (!octets.empty()) {
      EXPECT_EQ(put(target_of(*assignment), login_of(*assignment), octets).status, 201u);
      EXPECT_EQ(progress(log), "50</progress><finalStatus>FAILURE") << "it is here, and the device has not told so";
    }
    complete(assignment->key, {});
    end_session();
  }
  void move_on() {
    clock_.advance(6s);
    files_->keep(*context_);
    change([](store::Transaction&) {});
  }
};

TEST_F(FileActions, R7aLogBecomesLogData) {
  fetch("line <1> & more\r\nb\xFF\x01\n");
  EXPECT_EQ(progress(log), "100</progress><finalStatus>SUCCESS");
  const auto text = document(log);
  EXPECT_NE(text.find("logData><log xmlns=\"urn:nscl:mo\">line &lt;1&gt; &amp; more&#13;\nb"), std::string::npos) << text;
  const auto json = document(log, codec::Format::json);
  EXPECT_NE(json.find("line &lt;1&gt; &amp; more"), std::string::npos) << json;
}

TEST_F(FileActions, R7aLongOneIsReferredTo) {
  fetch(std::string(64 * 1024 + 1, 'x'));
  EXPECT_NE(document(log).find("logData><log xmlns=\"urn:nscl:mo\" href=\"/m2m-admin/files/upload-"), std::string::npos) << document(log);
  fetch(std::string(64 * 1024, 'y'));
  EXPECT_NE(document(log).find(std::string(64 * 1024, 'y') + "</log>"), std::string::npos) << "as long as it may be";
}

TEST_F(FileActions, OneThatNeverCameIsAFailure) {
  fetch({});
  EXPECT_EQ(progress(log), "100</progress><finalStatus>FAILURE");
  EXPECT_EQ(document(log).find("logData"), std::string::npos);
}

TEST_F(FileActions, LoggingCannotBeStopped) { EXPECT_EQ(execute(log + "/perfLogAction/perfLogStop").status, Status::not_implemented); }

TEST_F(FileActions, WithoutAPlaceForFilesNoLogIsFetched) {
  open(FilesOptions{});
  EXPECT_EQ(execute(log + "/perfLogAction/perfLogStart").status, Status::not_implemented);
}

TEST_F(FileActions, ADownloadShowsHowFarItHasCome) {
  ASSERT_TRUE(import("box-2.bin", std::string(100, 'x')));
  const auto set = send(Verb::update, firmware + "/firmwareURL", "<m:firmwareURL xmlns:m=\"http://uri.etsi.org/m2m\">/m2m-admin/files/box-2.bin</m:firmwareURL>");
  ASSERT_EQ(set.status, Status::ok) << (set.content ? *set.content : "");
  ASSERT_EQ(execute(firmware + "/firmwareAction/fwDownloadAndUpdate").status, Status::accepted);
  EXPECT_EQ(progress(firmware), "0</progress><finalStatus>FAILURE");
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_EQ(value_of(*assignment, "FileSize"), "100");
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_EQ(progress(firmware), "1</progress><finalStatus>FAILURE");
  listener_.changes.clear();
  for (int i = 0; i < 50; i += 10) {
    ask({.target = target_of(*assignment), .authorization = login_of(*assignment), .range = "bytes=" + std::to_string(i) + "-" + std::to_string(i + 9)});
  }
  EXPECT_EQ(progress(firmware), "1</progress><finalStatus>FAILURE") << "no write for each piece";
  move_on();
  EXPECT_EQ(progress(firmware), "25</progress><finalStatus>FAILURE");
  EXPECT_EQ(std::count(listener_.changes.begin(), listener_.changes.end(), "updated " + firmware), 1);
  ask({.target = target_of(*assignment), .authorization = login_of(*assignment), .range = "bytes=0-9"});
  move_on();
  EXPECT_EQ(progress(firmware), "25</progress><finalStatus>FAILURE") << "it does not go back";
  EXPECT_EQ(get(target_of(*assignment), login_of(*assignment)).body.size(), 100u);
  move_on();
  EXPECT_EQ(progress(firmware), "50</progress><finalStatus>FAILURE");
  complete(assignment->key, {});
  EXPECT_EQ(progress(firmware), "100</progress><finalStatus>SUCCESS");
  move_on();
  EXPECT_EQ(progress(firmware), "100</progress><finalStatus>SUCCESS");
}

}  // namespace
}  // namespace nscl::rem
