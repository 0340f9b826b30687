// SPDX-License-Identifier: Apache-2.0
// Commands that name files, from their EXECUTE to what the device is told, and back (rem.md 2.6, 4.8, 5.1).
#include "files_fixture.h"

namespace nscl::rem {
namespace {

struct FileCommands : FilesFixture {
  std::string status_of(const std::string& instance) { return text_between(retrieve(instance), "execStatus>", "<"); }
  static std::string arg(const std::string& name, const std::string& value) { return "<execReqArg><name>" + name + "</name><value>" + value + "</value></execReqArg>"; }
  core::ResponseConfirm try_command(const std::string& id) { return execute("scls/gw/mgmtObjs/" + id + "/execEnable"); }
  std::string run_command(const std::string& id) {
    const auto answer = try_command(id);
    EXPECT_EQ(answer.status, Status::accepted) << (answer.content ? *answer.content : "");
    return answer.resource;
  }
  void give_facts(const std::string& oui, const std::string& product_class) {
    DeviceFacts facts;
    facts.oui = oui;
    facts.product_class = product_class;
    change([&](store::Transaction& transaction) {
      auto device = *transaction.management().device(device_);
      device.facts = to_json(facts);
      transaction.manage().put_device(device);
    });
  }
  std::string body_of(std::uint64_t operation) {
    std::string out;
    look([&](store::View& view) {
      const auto found = view.management().operation(operation);
      out = found->body + found->outcome + found->change;
    });
    return out;
  }
};

TEST_F(FileCommands, R20aDownloadIsToldWhereItsFileIs) {
  ASSERT_TRUE(import("box-2.bin", "image"));
  make_command("load", "DOWNLOAD", arg("File", "box-2.bin") + arg("DelaySeconds", "5"));
  run_command("load");
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  const auto url = value_of(*assignment, "URL");
  EXPECT_EQ(url.rfind("http://acs.example:7548/files/", 0), 0u) << url;
  EXPECT_TRUE(url.ends_with("/box-2.bin")) << url;
  EXPECT_LE(url.size(), 256u);
  EXPECT_EQ(value_of(*assignment, "FileType"), "1 Firmware Upgrade Image");
  EXPECT_EQ(value_of(*assignment, "FileSize"), "5");
  EXPECT_EQ(value_of(*assignment, "TargetFileName"), "box-2.bin");
  EXPECT_EQ(value_of(*assignment, "DelaySeconds"), "5");
  EXPECT_EQ(value_of(*assignment, "File"), "");
  EXPECT_EQ(get(target_of(*assignment), login_of(*assignment)).body, "image");
}

TEST_F(FileCommands, row61aDeviceOfOmaDmIsToldItByFumo) {
  ASSERT_TRUE(import("box", "image"));
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.protocol = store::ManagementProtocol::oma_dm;
    DeviceFacts facts;
    facts.root = "./";
    facts.methods = {"Exec"};
    facts.models = {{"urn:oma:mo:oma-fumo:1.0", "./FUMO/1/"}};
    device.facts = to_json(facts);
    transaction.manage().put_device(device);
  });
  make_command("load", "DOWNLOAD", arg("File", "box"));
  run_command("load");
  const auto assignment = next();
  ASSERT_TRUE(assignment && std::holds_alternative<Invoke>(assignment->task));
  const auto& run = std::get<Invoke>(assignment->task);
  EXPECT_EQ(run.node, "./FUMO/1/DownloadAndUpdate");
  ASSERT_EQ(run.leaves.size(), 1u);
  EXPECT_EQ(run.leaves.front().path, "./FUMO/1/DownloadAndUpdate/PkgURL");
  EXPECT_TRUE(run.leaves.front().value.starts_with("http://acs.example:7548/files/") && run.leaves.front().value.ends_with("/box")) << run.leaves.front().value;
  EXPECT_EQ(body_of(assignment->operation).find("acs.example"), std::string::npos) << "the place is in no row";
}

TEST_F(FileCommands, R63whatTheDeviceIsToldIsInNoRow) {
  ASSERT_TRUE(import("box", "image"));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  run_command("load");
  begin();
  const auto assignment = next();
  const auto password = value_of(*assignment, "Password"), token = target_of(*assignment).substr(7, 26);
  const auto row = transfer_of(assignment->operation);
  for (const auto& secret : {password, token}) {
    EXPECT_EQ(secret.size(), 26u);
    EXPECT_EQ(body_of(assignment->operation).find(secret), std::string::npos);
    EXPECT_EQ((row.token + row.secret + row.user + row.file).find(secret), std::string::npos);
  }
  finish(*assignment, {.end = Report::End::accepted});
  complete(assignment->key, {});
  EXPECT_EQ(body_of(assignment->operation).find(password), std::string::npos);
}

TEST_F(FileCommands, AnotherAttemptHasTheSamePlace) {
  ASSERT_TRUE(import("box", "image"));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  run_command("load");
  begin();
  const auto first = next();
  end_session(first->operation);
  begin();
  const auto again = next();
  ASSERT_TRUE(again->may_have_happened);
  EXPECT_EQ(value_of(*again, "URL"), value_of(*first, "URL"));
  EXPECT_EQ(value_of(*again, "Password"), value_of(*first, "Password"));
}

TEST_F(FileCommands, ArgumentsAreJudgedAtOnce) {
  ASSERT_TRUE(import("box", "image"));
  make_command("none", "DOWNLOAD", arg("File", "nothing"));
  EXPECT_EQ(try_command("none").status, Status::not_found);
  make_command("both", "DOWNLOAD", arg("File", "box") + arg("URL", "http://elsewhere.example/x"));
  EXPECT_EQ(try_command("both").status, Status::bad_request);
  make_command("other", "REBOOT", arg("File", "box"));
  EXPECT_EQ(try_command("other").status, Status::bad_request);
  make_command("up", "UPLOAD", arg("File", "box"));
  EXPECT_EQ(try_command("up").status, Status::bad_request);
  look([&](store::View& view) { EXPECT_TRUE(view.children("scls/gw/mgmtObjs/none/execInstances", 9).empty()) << "half applied"; });
}

TEST_F(FileCommands, R710F1aFileForOtherDevicesIsNotSent) {
  store::ManagedFile for_others;
  for_others.oui = "00AA00";
  for_others.product_class = "Box";
  ASSERT_TRUE(import("box", "image", for_others));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  EXPECT_EQ(try_command("load").status, Status::conflict) << "nothing is known of the device";
  give_facts("00AA00", "Other");
  EXPECT_EQ(try_command("load").status, Status::conflict);
  give_facts("00AA00", "Box");
  run_command("load");
  give_facts("00AA00", "Other");
  begin();
  EXPECT_FALSE(next()) << "what it is, is looked at again";
}

TEST_F(FileCommands, R710ADamagedImageIsRefusedBeforeTheCommandLeaves) {
  ASSERT_TRUE(import("box", "image"));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  make_command("boot", "REBOOT");
  const auto instance = run_command("load");
  run_command("boot");
  std::ofstream(octets_of("box"), std::ios::binary) << "imagE";
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment) << "the rest of the queue goes on in the same session";
  EXPECT_EQ(std::get<Command>(assignment->task).type, "REBOOT");
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "REFUSED");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "FAILURE");
}

TEST_F(FileCommands, UnsignedFirmwareDoesNotGoOverPlainHttpUnlessThatIsAllowed) {
  auto options = usual();
  options.unsigned_over_http = false;
  open(options);
  ASSERT_TRUE(import("box", "image"));
  store::ManagedFile page;
  page.type = "2 Web Content";
  ASSERT_TRUE(import("page", "html", page));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  EXPECT_EQ(try_command("load").status, Status::forbidden);
  make_command("page", "DOWNLOAD", arg("File", "page"));
  EXPECT_EQ(try_command("page").status, Status::accepted);
  options.url = "https://acs.example";
  open(options);
  EXPECT_EQ(try_command("load").status, Status::accepted);
}

TEST_F(FileCommands, GoByTheSchemeThatTheModelTakes) {   // 4.8, 4.9
  std::string scheme = "http";
  auto options = usual();
  options.url = "https://acs.example:7548";
  options.scheme = [&](const DeviceFacts&) { return scheme; };
  options.unsigned_over_http = false;
  open(options);
  ASSERT_TRUE(import("box", "image"));
  store::ManagedFile page;
  page.type = "2 Web Content";
  ASSERT_TRUE(import("page", "html", page));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  make_command("page", "DOWNLOAD", arg("File", "page"));
  EXPECT_EQ(try_command("page").status, Status::not_implemented) << "it cannot be reached by http";
  options.other_url = "http://acs.example:7549";
  open(options);
  EXPECT_EQ(try_command("load").status, Status::forbidden) << "unsigned firmware, and plain HTTP";
  run_command("page");
  begin();
  EXPECT_EQ(value_of(*next(), "URL").rfind("http://acs.example:7549/files/", 0), 0u);
  scheme = "https";
  run_command("load");
  EXPECT_EQ(value_of(*next(), "URL").rfind("https://acs.example:7548/files/", 0), 0u);
}

TEST_F(FileCommands, WithoutAPlaceForFilesTheyAreRefused) {
  ASSERT_TRUE(import("box", "image"));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  make_command("up", "UPLOAD", arg("FileType", "2 Vendor Log File"));
  make_command("own", "UPLOAD", arg("FileType", "2 Vendor Log File") + arg("URL", "http://elsewhere.example/x"));
  open(FilesOptions{});
  EXPECT_EQ(try_command("load").status, Status::not_implemented);
  EXPECT_EQ(try_command("up").status, Status::not_implemented);
  restart();   // no files at all
  EXPECT_EQ(try_command("load").status, Status::not_implemented);
  EXPECT_EQ(try_command("own").status, Status::accepted);
}

TEST_F(FileCommands, R23anUploadIsStoredAndTold) {
  make_command("up", "UPLOAD", arg("FileType", "2 Vendor Log File"));
  const auto instance = run_command("up");
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_EQ(value_of(*assignment, "FileType"), "2 Vendor Log File");
  EXPECT_EQ(put(target_of(*assignment), login_of(*assignment), "the log").status, 201u);
  finish(*assignment, {.end = Report::End::accepted});
  complete(assignment->key, {});
  const auto url = item(retrieve(instance), "FileURL");
  EXPECT_EQ(url, "/m2m-admin/files/upload-" + std::to_string(assignment->operation));
  look([&](store::View& view) {
    const auto file = view.management().file(url.substr(url.rfind('/') + 1));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->device, device_);
    EXPECT_EQ(file->type, "2 Vendor Log File");
    EXPECT_EQ(file->size, 7u);
  });
}

/// A device of OMA-DM with a log: its session reads it.
struct DmUploads : FileCommands {
  void SetUp() override {
    change([&](store::Transaction& transaction) {
      auto device = *transaction.management().device(device_);
      device.protocol = store::ManagementProtocol::oma_dm;
      DeviceFacts facts;
      facts.root = "./";
      facts.methods = {"Exec"};
      facts.models = {{"urn:oma:mo:oma-diag:log:1.0", "./Diag/Log/"}};
      device.facts = to_json(facts);
      transaction.manage().put_device(device);
    });
    make_command("up", "UPLOAD", arg("FileType", "2 Vendor Log File"));
  }
  /// What the device tells of its log; the execInstance.
  std::string told(Report report) {
    const auto instance = run_command("up");
    operation_ = next();
    EXPECT_TRUE(operation_ && std::holds_alternative<GetLeaves>(operation_->task));
    if (operation_) finish(*operation_, std::move(report));
    return instance;
  }
  std::string octets_of_upload() {
    std::ifstream file(octets_of("upload-" + std::to_string(operation_->operation)), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::optional<Assignment> operation_;
};

TEST_F(DmUploads, R23whatTheSessionReadsIsAFileAsIfItWasSent) {
  open(FilesOptions{});   // no place that devices could send it to
  const auto instance = told({.leaves = {{"./Diag/Log/DiagMonData/Log", "the log", "chr"}}});
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
  EXPECT_EQ(item(retrieve(instance), "FileURL"), "/m2m-admin/files/upload-" + std::to_string(operation_->operation));
  EXPECT_EQ(octets_of_upload(), "the log");
  look([&](store::View& view) {
    const auto file = view.management().file("upload-" + std::to_string(operation_->operation));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->device, device_);
    EXPECT_EQ(file->type, "2 Vendor Log File");
    EXPECT_EQ(file->size, 7u);
  });
  EXPECT_EQ(body_of(operation_->operation).find("the log"), std::string::npos) << "it is in the file alone";
}

TEST_F(DmUploads, OctetsAreDecoded) {
  const std::string octets("\x00\xFF\x01", 3);
  for (const auto* format : {"bin", "b64"}) {
    told({.leaves = {{"./Diag/Log/DiagMonData/Log", "AP8B", format}}});
    EXPECT_EQ(octets_of_upload(), octets) << format;
  }
  told({.leaves = {{"./Diag/Log/DiagMonData/Log", "no base64!", "b64"}}});
  EXPECT_EQ(octets_of_upload(), "no base64!");
  told({.leaves = {{"./Diag/Log/DiagMonData/Log", "", "chr"}}});
  EXPECT_EQ(octets_of_upload(), "");
}

TEST_F(DmUploads, R22aNodeThatIsMissingIsAFailure) {
  const auto instance = told({.end = Report::End::failed, .status = Status::not_found, .code = "404", .text = "OMA-DM 404 Not found: ./Diag/Log/DiagMonData/Log", .unknown_path = true});
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "404");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "FAILURE");
  EXPECT_EQ(item(retrieve(instance), "FileURL"), "");
}

TEST_F(DmUploads, MoreThanMayBeUploadedIsRefused) {
  auto options = usual();
  options.upload_limit = 6;
  open(options);
  const auto instance = told({.leaves = {{"./Diag/Log/DiagMonData/Log", "the log", "chr"}}});
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "REFUSED");
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "FAILURE");
  EXPECT_EQ(body_of(operation_->operation).find("the log"), std::string::npos);
}

TEST_F(DmUploads, ArgumentsAreJudgedAtOnce) {
  make_command("wrong", "UPLOAD", arg("FileType", "2 Vendor Log File") + arg("Delay", "5"));
  EXPECT_EQ(try_command("wrong").status, Status::bad_request);
  make_command("file", "UPLOAD", arg("FileType", "2 Vendor Log File") + arg("File", "box"));
  EXPECT_EQ(try_command("file").status, Status::bad_request);
  make_command("elsewhere", "UPLOAD", arg("FileType", "2 Vendor Log File") + arg("URL", "http://elsewhere.example/x"));
  EXPECT_EQ(try_command("elsewhere").status, Status::not_implemented);
  make_command("other", "UPLOAD", arg("FileType", "1 Vendor Configuration File"));
  EXPECT_EQ(try_command("other").status, Status::not_implemented);
  make_command("later", "UPLOAD", arg("FileType", "2 Vendor Log File") + arg("DelaySeconds", "600"));
  run_command("later");
  EXPECT_FALSE(next());
  clock_.advance(601s);
  EXPECT_TRUE(next());
  restart();   // no files at all
  EXPECT_EQ(try_command("up").status, Status::not_implemented);
}

TEST_F(DmUploads, WhatALostSessionReadIsReadAgain) {
  const auto instance = run_command("up");
  const auto first = next();
  end_session(first->operation);
  operation_ = next();
  ASSERT_TRUE(operation_);
  EXPECT_TRUE(operation_->may_have_happened);
  finish(*operation_, {.leaves = {{"./Diag/Log/DiagMonData/Log", "the log", "chr"}}});
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "SUCCESS");
  EXPECT_EQ(octets_of_upload(), "the log");
}

TEST_F(FileCommands, AnUploadThatNeverCameIsNotTold) {
  make_command("up", "UPLOAD", arg("FileType", "2 Vendor Log File"));
  const auto instance = run_command("up");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  complete(assignment->key, {});
  EXPECT_EQ(item(retrieve(instance), "FileURL"), "");
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "0");
}

TEST_F(FileCommands, APlaceLastsAnHourBeyondTheReportAndAWeekAtMost) {
  ASSERT_TRUE(import("box", "image"));
  make_command("load", "DOWNLOAD", arg("File", "box"));
  run_command("load");
  run_command("load");
  begin();
  const auto reported = next(), silent = next();
  for (const auto& each : {*reported, *silent}) finish(each, {.end = Report::End::accepted});
  complete(reported->key, {});
  clock_.advance(59min);
  EXPECT_EQ(get(target_of(*reported), login_of(*reported)).status, 200u);
  clock_.advance(2min);
  EXPECT_EQ(get(target_of(*reported), login_of(*reported)).status, 404u);
  EXPECT_EQ(get(target_of(*silent), login_of(*silent)).status, 200u);
  clock_.advance(7 * 24h);
  EXPECT_EQ(get(target_of(*silent), login_of(*silent)).status, 404u);
  files_->keep(*context_);
  change([](store::Transaction&) {});
  EXPECT_EQ(transfer_of(silent->operation).token, "") << "and the row is gone";
}

}  // namespace
}  // namespace nscl::rem
