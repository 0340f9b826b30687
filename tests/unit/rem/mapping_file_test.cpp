// SPDX-License-Identifier: Apache-2.0
// Mapping files: what is wrong is told with file, line and key; who overrides whom; models of devices.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nscl/base/bytes.h>

#include "mapping_support.h"

namespace nscl::rem {
namespace {

std::string problems(std::string_view text) {
  const auto table = app::read_mappings(text, "f.toml", registry());
  return table ? "" : table.error().detail;
}

/// What is wrong with an entry for etsiMemory that holds `lines` besides.
std::string wrong(const std::string& lines) { return problems("[[object]]\ntype = \"etsiMemory\"\nat = [\"{root}X.\"]\n" + lines); }

TEST(MappingFile, TheBuiltInOnesAreSound) {
  for (const auto text : {tr069_mappings(), omadm_mappings()}) {
    EXPECT_EQ(problems(text), "");
    const auto table = table_of(text);
    EXPECT_GT(table.objects.size(), 20u);
    // Every model is mapped, but for those that hold the triggers of another one.
    for (const auto* of : registry().all()) {
      if (of->xsi_type.empty() || std::ranges::any_of(of->attributes, &model::Attribute::trigger)) continue;
      EXPECT_TRUE(std::ranges::any_of(table.objects, [&](const auto& rule) { return rule.type == of; })) << of->name;
    }
  }
}

TEST(MappingFile, EveryTriggerOfAModelHasARule) {
  auto table = table_of(tr069_mappings());
  table.override_by(table_of(omadm_mappings()));
  for (const auto& rule : table.objects) {
    if (!rule.action_type) continue;
    for (const auto& attribute : rule.action_type->attributes) {
      if (!attribute.trigger) continue;
      EXPECT_TRUE(std::ranges::any_of(rule.actions, [&](const auto& action) { return action.name == attribute.name; })) << rule.type->name << " " << attribute.name;
    }
  }
}

TEST(MappingFile, aFileIsForOneProtocol) {
  const auto of_dm = [](const std::string& lines) { return problems("protocol = \"oma_dm\"\n" + lines); };
  EXPECT_EQ(problems("protocol = \"snmp\"\n"), "f.toml:1: protocol: is none of \"bbf_tr069\", \"oma_dm\"");
  EXPECT_EQ(of_dm("[[object]]\ntype = \"etsiMemory\"\nat = [\"{root}X.\"]\n"),
            "f.toml:4: at: \"{root}X.\" is no path such as {root}X/{i}/ or {urn:...} with a slash at its end");
  EXPECT_EQ(problems("[[command]]\ntype = \"REBOOT\"\n"), "f.toml:1: command: unknown key");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"JUMP\"\n"), "f.toml:2: type: \"JUMP\" is no cmdType");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"REBOOT\"\nways = { set = { \"{root}x\" = \"1\" } }\n"), "f.toml:2: ways: each is one `exec`, of an UPLOAD `read` too, or `unsupported`, or `conflict`");
  EXPECT_EQ(of_dm("[[model]]\nmatch = { model = \"x\" }\ngpv_batch = 3\n"), "f.toml:4: gpv_batch: unknown key");
  const std::string gateway = "[[gateway]]\nat = [\"{urn:x}{i}/\"]\nid = \"DevID\"\n";
  EXPECT_EQ(of_dm(gateway + "mode = { leaf = \"Mode\", transparent = \"*own*\" }\n"), "");
  EXPECT_EQ(of_dm(gateway + "mode = { leaf = \"Mode\" }\n"), "f.toml:5: mode: needs leaf and transparent: where the mode stands, and how it is called");
  EXPECT_EQ(of_dm(gateway + "mode = \"Mode\"\n"), "f.toml:5: mode: is no table");
  EXPECT_EQ(of_dm(gateway + "mode = { leaf = \"Mode\", transparent = \"1\", proxy = \"2\" }\n"), "f.toml:5: mode.proxy: unknown key");
  EXPECT_EQ(wrong("same = \".nothing\"\n"), "f.toml:4: same: \".nothing\" is nothing that a resource keeps beside its attributes");
  const std::string capability = "[[object]]\ntype = \"capabilityInstance\"\nparent = \"etsiDeviceCapability\"\nat = [\"{urn:x}{i}/\"]\n[object.actions]\nchild = \"capabilityAction\"\n";
  EXPECT_EQ(of_dm(capability + "devCapEnable = { exec = \"{object}/On\", restarts = true }\n"), "");
  EXPECT_EQ(of_dm(capability + "devCapEnable = { remove = \"{object}\", state = \"{object}/State\" }\n"), "f.toml:8: actions.devCapEnable: write, data, state, idle and restarts go with exec");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"DOWNLOAD\"\nways = { exec = \"{root}A/Start\", cancel = \"{root}A/Stop\" }\n"), "");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"UPLOAD\"\nways = { read = [\"{root}A/Log\", \"{root}A/Data\"] }\n"), "");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"UPLOAD\"\nways = { read = \"{root}DMAcc/a/AAuthSecret\" }\n"), "f.toml:4: ways: read: {root}DMAcc/a/AAuthSecret is a password, which no file may hold");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"DOWNLOAD\"\nways = { read = \"{root}A/Log\" }\n"),
            "f.toml:2: ways: each is one `exec`, of an UPLOAD `read` too, or `unsupported`, or `conflict`");
  EXPECT_EQ(of_dm("[[command]]\ntype = \"DOWNLOAD\"\nways = { exec = \"{root}A/Start\", cancel = \"{}\" }\n"), "f.toml:4: ways: {} stands for nothing");
  EXPECT_EQ(of_dm(capability + "devCapEnable = { exec = \"{object}/On\", cancel = \"{object}/Off\" }\n"), "f.toml:8: actions.devCapEnable: cancel goes with the exec of a command");
  EXPECT_EQ(of_dm(capability + "devCapEnable = { read = \"{object}/Log\" }\n"), "f.toml:8: actions.devCapEnable: read is for a command");
  EXPECT_EQ(of_dm(capability + "devCapEnable = { exec = \"{nothing}\" }\n"), "f.toml:8: actions.devCapEnable: {nothing} stands for nothing");
}

TEST(MappingFile, IsToml) {
  EXPECT_TRUE(problems("[[object]]\ntype = \n").starts_with("f.toml:2: ")) << problems("[[object]]\ntype = \n");
  EXPECT_EQ(problems("x = 1"), "f.toml:1: x: unknown key");
  EXPECT_NE(problems("[object]\ntype = \"etsiMemory\"").find("f.toml:1: object: is written [[object]]"), std::string::npos);
  EXPECT_NE(problems(std::string((1u << 20) + 1, '#')).find("f.toml: is larger"), std::string::npos);
}

TEST(MappingFile, NamesTheLineAndTheKey) {
  EXPECT_EQ(problems("[[object]]\nat = [\"{root}X.\"]"), "f.toml:1: type: is missing");
  EXPECT_EQ(problems("\n[[object]]\ntype = \"etsiRadio\""), "f.toml:3: type: \"etsiRadio\" is no model of a management object");
  EXPECT_EQ(problems("[[object]]\ntype = \"container\""), "f.toml:2: type: \"container\" is no model of a management object");
  EXPECT_EQ(wrong("colour = 1"), "f.toml:4: colour: unknown key");
  EXPECT_EQ(wrong("all = 1"), "f.toml:4: all: is neither true nor false");
  EXPECT_EQ(wrong("match = { serial = \"1\" }"), "f.toml:4: match.serial: unknown key");
  EXPECT_EQ(wrong("parent = \"etsiBattery\""), "f.toml:4: parent: a etsiMemory stands in mgmtObjs only");
  EXPECT_EQ(wrong("attributes.ramTotal = 7"), "f.toml:4: attributes.ramTotal: is no table\nf.toml:4: attributes.ramTotal: names no leaf");
  EXPECT_EQ(wrong("[object.attributes]\nramTotal = \"T\"\ncolour = \"C\""), "f.toml:6: attributes.colour: etsiMemory has no such attribute");
  EXPECT_EQ(wrong("attributes.parametersCollection = \"C\""), "f.toml:4: attributes.parametersCollection: etsiMemory has no such attribute");
  EXPECT_EQ(wrong("attributes.\".colour\" = \"C\""), "f.toml:4: attributes..colour: etsiMemory has no such attribute");
  EXPECT_EQ(wrong("attributes.ramTotal = { leaf = \"T\", unit = \"K\" }"), "f.toml:4: attributes.ramTotal.unit: unknown key");
  EXPECT_EQ(wrong("attributes.ramTotal = { leaf = \"T\", divide = 0 }"), "f.toml:4: attributes.ramTotal.divide: is no number from 1 to 1000000000");
  EXPECT_EQ(wrong("attributes.ramTotal = { leaf = \"T\", as = \"seconds\" }"), "f.toml:4: attributes.ramTotal: its type cannot be mapped in this way");
  EXPECT_NE(wrong("attributes.ramTotal = { leaf = \"T\", as = \"hours\" }").find("attributes.ramTotal.as: \"hours\" is none of"), std::string::npos);
  EXPECT_NE(wrong("attributes.ramTotal = { default = \"1\" }").find("attributes.ramTotal: names no leaf"), std::string::npos);
  EXPECT_EQ(wrong("attributes.ramTotal = \"" + std::string(600, 'x') + "\""), "f.toml:4: attributes.ramTotal: is longer than 512 octets");
}

TEST(MappingFile, PathsAreChecked) {
  for (const auto* path : {"Device.X.", "{root}X", "{root}X..", "{root}../", "{root}{j}.", ""}) {
    EXPECT_NE(problems("[[object]]\ntype = \"etsiMemory\"\nat = [\"" + std::string(path) + "\"]").find("f.toml:3: at: "), std::string::npos) << path;
  }
  EXPECT_NE(problems("[[object]]\ntype = \"etsiMemory\"").find("f.toml:1: at: is missing"), std::string::npos);
}

std::string wrong_action(const std::string& action) {
  return problems("[[object]]\ntype = \"etsiReboot\"\nat = [\"{root}\"]\n[object.actions]\nchild = \"rebootAction\"\n" + action);
}

TEST(MappingFile, ActionsAreChecked) {
  EXPECT_EQ(wrong_action("reboot = { command = \"REBOOT\" }"), "");
  EXPECT_EQ(wrong_action("halt = { command = \"REBOOT\" }"), "f.toml:6: actions.halt: rebootAction has no such action");
  EXPECT_EQ(wrong_action("reboot = { command = \"HALT\" }"), "f.toml:6: actions.reboot: \"HALT\" is no cmdType");
  EXPECT_EQ(wrong_action("reboot = {}"), "f.toml:6: actions.reboot: needs one of command, set, notify, steps, unsupported and conflict");
  EXPECT_EQ(wrong_action("reboot = { notify = { \"{root}X\" = \"3\" } }"), "f.toml:6: actions.reboot: notify: the level of {root}X is none of \"0\", \"1\" and \"2\"");
  EXPECT_EQ(wrong_action("reboot = { set = { \"{root}X\" = \"3\" }, notify = { \"{root}X\" = \"2\" } }"), "f.toml:6: actions.reboot: needs a command, or leaves to set or to be notified of");
  EXPECT_EQ(wrong_action("reboot = { command = \"REBOOT\", unsupported = \"x\" }"), "f.toml:6: actions.reboot: needs one of command, set, notify, steps, unsupported and conflict");
  EXPECT_EQ(wrong_action("reboot = { set = { \"{object}.X\" = \"{colour}\" } }"), "f.toml:6: actions.reboot: {colour} stands for nothing");
  EXPECT_EQ(wrong_action("reboot = { when = { colour = \"1\" }, command = \"REBOOT\" }"), "f.toml:6: actions.reboot: when: \"colour\" is no simple attribute of etsiReboot");
  EXPECT_EQ(wrong_action("status = \"rebootLevel\""), "f.toml:6: actions.status: etsiReboot has no such attribute of type ActionStatus");
  EXPECT_NE(wrong_action("reboot = { command = \"CHANGEDUSTATE\" }").find("needs operation"), std::string::npos);
  EXPECT_NE(wrong_action("reboot = { command = \"REBOOT\", fast = true }").find("f.toml:6: actions.reboot.fast: unknown key"), std::string::npos);
}

TEST(MappingFile, TheWordsAreThoseOfTheType) {
  const auto battery = [](const std::string& rule) { return problems("[[object]]\ntype = \"batteryInstance\"\nparent = \"etsiBattery\"\nat = [\"{root}B.{i}.\"]\nattributes.battStatus = " + rule); };
  EXPECT_EQ(battery("{ leaf = \"S\", words = { a = \"NORMAL\" } }"), "");
  EXPECT_EQ(battery("{ leaf = \"S\", words = { a = \"GOOD\" } }"), "f.toml:5: attributes.battStatus: \"GOOD\" is no value of the attribute");
  EXPECT_EQ(battery("{ leaf = \"S\", otherwise = \"ODD\" }"), "f.toml:5: attributes.battStatus: \"ODD\" is no value of the attribute");
}

const std::string other_memory = "[[object]]\ntype = \"etsiMemory\"\nat = [\"{root}X_00D09E_Memory.\"]\nattributes.ramTotal = { leaf = \"Octets\", divide = 1024 }\n";

std::string memory_of(const MappingTable& table, std::string_view oui, std::string_view version = "1.0") {
  auto facts = facts_with();
  facts.oui = oui;
  facts.software_version = version;
  return json_of(objects_of(report({{"Device.DeviceInfo.MemoryStatus.Total", "7"}, {"Device.X_00D09E_Memory.Octets", "9216"}}), table, facts), "etsiMemory");
}

TEST(MappingFile, LaterEntriesReplaceThoseOfTheSameTypeAndMatch) {
  auto table = table_of(tr069_mappings());
  table.override_by(table_of(other_memory));
  EXPECT_NE(memory_of(table, "00D09E").find("\"ramTotal\":9}"), std::string::npos) << memory_of(table, "00D09E");
  EXPECT_EQ(std::ranges::count_if(table.objects, [](const auto& rule) { return rule.type->name == "etsiMemory"; }), 1);
}

TEST(MappingFile, EntriesOfAModelGoBeforeTheOthers) {
  auto table = table_of(tr069_mappings());
  table.override_by(table_of(other_memory + "match = { oui = \"00D0*\", software_version = \"1.*\" }\n"));
  EXPECT_NE(memory_of(table, "00D09E").find("\"ramTotal\":9}"), std::string::npos);
  EXPECT_NE(memory_of(table, "00D09E", "2.1").find("\"ramTotal\":7}"), std::string::npos);
  EXPECT_NE(memory_of(table, "001122").find("\"ramTotal\":7}"), std::string::npos);
}

TEST(MappingFile, AnAttributeInAPathLeadsNowhereElse) {
  const auto table = table_of("[[object]]\ntype = \"etsiReboot\"\nat = [\"{root}\"]\n[object.actions]\nchild = \"rebootAction\"\n"
                              "reboot = { set = { \"{root}X.{applicationRef}\" = \"1\" } }\n");
  const auto facts = facts_with();
  const auto with = [&](const char* application) {
    return DeviceMapping(table, facts).action(type("etsiReboot"), object({{"originalMO", "Device."}, {"applicationRef", application}}), "reboot");
  };
  EXPECT_TRUE(with("Name"));
  for (const auto* bad : {"", "A..B", "A B", "A."}) {
    const auto plan = with(bad);
    ASSERT_FALSE(plan) << bad;
    EXPECT_EQ(plan.error().status, Status::bad_request);
  }
}

TEST(MappingFile, TheDocumentedExampleDoesWhatItSays) {
  std::ifstream in(NSCL_SOURCE_DIR "/docs/mappings.md");
  const std::string page(std::istreambuf_iterator<char>(in), {});
  const auto begin = page.find("[[object]] ");
  auto table = table_of(tr069_mappings());
  table.override_by(table_of(page.substr(begin, page.find("```", begin) - begin)));
  auto facts = facts_with();
  facts.software_version = "2.0";
  const auto told = report({{"Device.X_00D09E_Memory.Octets", "4096"}, {"Device.X_00D09E_Camera.1.Power", "On"}, {"Device.WiFi.Radio.1.Enable", "1"}});
  const auto all = objects_of(told, table, facts);
  EXPECT_NE(json_of(all, "etsiMemory").find("\"ramTotal\":4"), std::string::npos) << json_of(all, "etsiMemory");
  for (const auto* place : {"etsiDeviceCapability/X_00D09E_Camera.1/capabilityAction", "etsiDeviceCapability/WiFi.Radio.1/capabilityAction"}) EXPECT_NE(find(all, place), nullptr) << place;
  const auto plan = DeviceMapping(table, facts).action(type("capabilityInstance"), object({{"originalMO", "Device.X_00D09E_Camera.1."}}), "devCapDisable");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(rem::text(std::get<SetLeaves>(plan->tasks.at(0)).leaves), "Device.X_00D09E_Camera.1.Power=Off");
}

TEST(MappingFile, IsReadFromDisk) {
  const auto folder = std::filesystem::temp_directory_path() / ("nscl-mapping-" + random_name(12));
  std::filesystem::create_directory(folder);
  const auto file = (folder / "my.toml").string();
  std::ofstream(file) << other_memory;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto table = app::load_mappings({file}, registry());
  EXPECT_TRUE(table) << table.error().detail;
  if (table) { EXPECT_NE(memory_of(*table, "00D09E").find("\"ramTotal\":9}"), std::string::npos); }
  const auto missing = app::load_mappings({file + "x"}, registry());
  EXPECT_TRUE(!missing && missing.error().detail.find(file + "x") != std::string::npos);
  std::filesystem::permissions(file, std::filesystem::perms::others_write, std::filesystem::perm_options::add);
  EXPECT_FALSE(app::load_mappings({file}, registry()));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace nscl::rem
