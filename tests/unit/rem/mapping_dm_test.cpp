// SPDX-License-Identifier: Apache-2.0
// The mapping of OMA-DM devices: the built-in table against a device that has all of it (rem.md 2.2 to 2.7).
#include <algorithm>

#include <nscl/rem/node_path.h>

#include "mapping_support.h"

namespace nscl::rem {
namespace {

using model::Object;
using model::Value;

const MappingTable& dm_table() {
  static const auto table = table_of(omadm_mappings());
  return table;
}

const std::vector<ModelledObject> all_models{
    {"urn:oma:mo:oma-fumo:1.0", "./FUMO/1/"},       {"urn:oma:mo:oma-scomo:1.0", "./SCOMO/"}, {"URN:OMA:MO:OMA-LAWMO:1.0", "./LAWMO/"},
    {"urn:oma:mo:oma-dcmo:1.0", "./DCMO/"},         {"urn:oma:mo:omadiag:memory:1.0", "./ManagedObjects/DiagMon/Memory/"},
    {"urn:oma:mo:omadiag:batteryinfo:1.0", "./ManagedObjects/DiagMon/Battery/"},
    {"urn:oma:mo:oma-diag:restart:1.0", "./ManagedObjects/DiagMon/Restart/"}, {"urn:oma:mo:ext-etsi-sclmo:1.0", "./ETSI/SCL/"}};

DeviceFacts dm_facts(std::vector<ModelledObject> models = all_models) {
  DeviceFacts facts;
  facts.root = "./";
  facts.methods = {"Exec", "Get"};
  facts.models = std::move(models);
  return facts;
}

Report told() {
  auto out = report({{"./DevInfo/DevId", "IMEI:1"}, {"./DevInfo/Man", "ACME"}, {"./DevInfo/Mod", "Box"}, {"./DevDetail/FwV", "1.0"}, {"./DevDetail/SwV", "2.0"},
                     {"./FUMO/1/State", "10"}, {"./FUMO/1/PkgName", "image"}, {"./ManagedObjects/DiagMon/Memory/Total", "512"},
                     {"./ManagedObjects/DiagMon/Memory/Avail", "100"}, {"./ManagedObjects/DiagMon/Battery/1/Level", "130"},
                     {"./ManagedObjects/DiagMon/Battery/1/Status", "4"}, {"./DCMO/camera/Property", "camera"}, {"./LAWMO/State", "30"},
                     {"./SCOMO/Download/a/PkgID", "p1"}, {"./SCOMO/Download/a/Status", "30"}, {"./SCOMO/Download/b/PkgID", "p2"},
                     {"./SCOMO/Inventory/Deployed/x/PkgIDRef", "p1"}, {"./SCOMO/Inventory/Deployed/x/Name", "agent"},
                     {"./SCOMO/Inventory/Deployed/x/State", "20"}, {"./ETSI/SCL/RegExpirationDuration", "3600"},
                     {"./ETSI/SCL/RegTargetNsclList", "http://a\nhttp://b"}, {"./ManagedObjects/DiagMon/Restart/Status", "None"}},
                    {"Exec", "Get"});
  out.objects = {"./", "./DevInfo/", "./DevDetail/", "./DCMO/", "./DCMO/camera/", "./ManagedObjects/DiagMon/Restart/Operations/"};
  out.models = all_models;
  return out;
}

std::vector<Wanted> dm_objects(const Report& what = told()) { return objects_of(what, dm_table(), dm_facts()); }

/// "originalMO moID".
std::string mo_and_model(const Wanted& wanted) {
  const auto text = [&](const char* name) { return wanted.attributes.find(name) ? std::string(wanted.attributes.find(name)->text()) : std::string(); };
  return text("originalMO") + " " + text("moID");
}

std::string what(const Result<ActionPlan>& plan) {
  if (!plan) return std::string(name_of(plan.error().status)) + " " + plan.error().detail;
  std::string out;
  for (const auto& task : plan->tasks) out += (out.empty() ? "" : " ") + to_json(task);
  return out;
}
std::string invocation(const Result<Task>& task) {
  if (!task) return std::string(name_of(task.error().status)) + " " + task.error().detail;
  const auto* invoke = std::get_if<Invoke>(&*task);
  return invoke ? text(invoke->leaves) + " Exec " + invoke->node + (invoke->restarts ? " restarts" : "") : to_json(*task);
}

TEST(NodePath, isOfDotsOrSlashes) {
  EXPECT_EQ(object_above("./FUMO/1/State"), "./FUMO/1/");
  EXPECT_EQ(object_above("./FUMO/1/"), "./FUMO/");
  EXPECT_EQ(object_above("./"), "");
  EXPECT_EQ(object_above("Device.A.3."), "Device.A.");
  EXPECT_EQ(last_name("./Vendor/a.b/"), "a.b");
  EXPECT_EQ(last_name("Device.A.3"), "3");
  EXPECT_EQ(root_of_path("./FUMO"), "./");
  EXPECT_EQ(root_of_path("Device.A."), "Device.");
  EXPECT_EQ(object_of_mo("./FUMO/1"), "./FUMO/1/");
  EXPECT_EQ(object_of_mo("Device.A.B"), "Device.A.B");
  EXPECT_EQ(mo_of_object("./FUMO/1/"), "./FUMO/1");
  EXPECT_EQ(mo_of_object("./"), ".");
  EXPECT_EQ(object_of_mo("."), "./");
  EXPECT_EQ(mo_of_object("Device.A."), "Device.A.");
}

TEST(NodePath, originalMOsAreChecked) {
  for (const std::string good : {"./DevDetail", "./FUMO/1/", "./Vendor/a%20b", "./x/IMEI:4.9", "./a/[1]"}) EXPECT_TRUE(check_original_mo(good)) << good;
  for (const std::string bad : {"./a//b", "./a/../b", "./a/./b", "./a?prop=ACL", "./a/{i}", "./a%2", "./a b", "/a", "./a\n", "DevInfo/Man", "./a%zz"}) {
    EXPECT_FALSE(check_original_mo(bad)) << bad;
  }
  EXPECT_FALSE(check_original_mo("./" + std::string(255, 'a')));
}

TEST(DmMapping, row40aDeviceIsWhatItsDevInfoAndDevDetailSay) {
  const auto all = dm_objects();
  EXPECT_EQ(find(all, "etsiDeviceInfo")->attributes, object({{"moID", "./DevInfo"}, {"originalMO", "./DevInfo"}, {"deviceLabel", "IMEI:1"}, {"manufacturer", "ACME"}, {"model", "Box"},
                                                             {"firmwareVersion", "1.0"}, {"softwareVersion", "2.0"}, {".absent", "./DevDetail/DevTyp ./DevDetail/HwV"}}));
}

TEST(DmMapping, objectsAreWhereTheirModelsAre) {
  const auto all = dm_objects();
  const auto mo = [&](const char* place) { return find(all, place) ? mo_and_model(*find(all, place)) : std::string("none"); };
  EXPECT_EQ(mo("etsiMemory"), "./ManagedObjects/DiagMon/Memory urn:oma:mo:omadiag:memory:1.0");
  EXPECT_EQ(mo("etsiBattery/battery1"), "./ManagedObjects/DiagMon/Battery/1 ");
  EXPECT_EQ(mo("etsiFirmware/fw1"), "./FUMO/1 ");
  EXPECT_EQ(mo("etsiFirmware/fw1/firmwareAction"), "./FUMO/1 ");
  EXPECT_EQ(mo("etsiReboot"), "./ManagedObjects/DiagMon/Restart urn:oma:mo:oma-diag:restart:1.0");
  EXPECT_EQ(mo("etsiDeviceCapability/camera"), "./DCMO/camera ");
  EXPECT_EQ(mo("etsiSclMo"), "./ETSI/SCL urn:oma:mo:ext-etsi-sclmo:1.0");
  EXPECT_EQ(mo("etsiTrapEvent"), "none");
  EXPECT_NE(json_of(all, "etsiBattery/battery1").find("\"battLevel\":100"), std::string::npos);
  EXPECT_NE(json_of(all, "etsiBattery/battery1").find("LOW_BATTERY"), std::string::npos);
  EXPECT_NE(json_of(all, "etsiSclMo").find("PT3600S"), std::string::npos) << json_of(all, "etsiSclMo");
  EXPECT_NE(json_of(all, "etsiSclMo").find("[\"http://a\",\"http://b\"]"), std::string::npos) << json_of(all, "etsiSclMo");
}

TEST(DmMapping, aPackageIsOneResourceWhereverItStands) {
  const auto all = dm_objects();
  ASSERT_TRUE(find(all, "etsiSoftware/unit-x"));
  EXPECT_EQ(mo_and_model(*find(all, "etsiSoftware/unit-x")), "./SCOMO/Inventory/Deployed/x ");
  EXPECT_FALSE(find(all, "etsiSoftware/unit-a")) << "it is deployed";
  EXPECT_TRUE(find(all, "etsiSoftware/unit-b"));
}

TEST(DmMapping, commandsAreThoseOfItsObjects) {
  std::string ids;
  for (const auto& each : dm_objects()) {
    if (each.type->name == "mgmtCmd") ids += each.id + " ";
  }
  EXPECT_EQ(ids, "reboot factoryReset download scheduleInform changeDUState ");
  Report bare = report({{"./DevInfo/Man", "x"}}, {"Exec"});
  const auto facts = dm_facts({});
  ids.clear();
  for (const auto& each : objects_of(bare, dm_table(), facts)) ids += each.id + " ";
  EXPECT_EQ(ids, "etsiDeviceInfo scheduleInform ");
}

TEST(DmMapping, rulesOfAnotherProtocolAreNotTried) {
  auto both = table_of(tr069_mappings());
  both.override_by(table_of(omadm_mappings()));
  EXPECT_EQ(mo_and_model(*find(objects_of(told(), both, dm_facts()), "etsiMemory")), "./ManagedObjects/DiagMon/Memory urn:oma:mo:omadiag:memory:1.0");
  const auto cpe = report({{"Device.DeviceInfo.MemoryStatus.Total", "1"}, {"Device.DeviceInfo.MemoryStatus.Free", "1"}});
  EXPECT_EQ(mo_and_model(*find(objects_of(cpe, both), "etsiMemory")), "Device.DeviceInfo.MemoryStatus. Device.DeviceInfo.");
  const auto facts = dm_facts();
  const auto asked = DeviceMapping(both, facts).discovery().objects;
  EXPECT_NE(std::ranges::find(asked, "{urn:oma:mo:oma-fumo:1.0}"), asked.end());
  EXPECT_NE(std::ranges::find(asked, "{root}DevDetail/"), asked.end());
  EXPECT_NE(std::ranges::find(asked, "{urn:oma:mo:oma-diag:memory:1.0}DiagMonData/"), asked.end());
  EXPECT_TRUE(std::ranges::none_of(asked, [](const std::string& path) { return path.ends_with('.'); }));
}

TEST(DmMapping, whatIsReadIsWrittenBackAsItWas) {
  const auto facts = dm_facts();
  const DeviceMapping mapping(dm_table(), facts);
  const auto before = object({{"originalMO", "./ETSI/SCL"}, {"regExpirationDuration", "PT1H"}});
  EXPECT_EQ(mapping.leaves(type("etsiSclMo"), before).front(), "./ETSI/SCL/RegTargetNsclList");
  const auto changed = mapping.changes(type("etsiSclMo"), before, object({{"originalMO", "./ETSI/SCL"}, {"regExpirationDuration", "PT2H"}}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(*changed, (std::vector<Leaf>{{"./ETSI/SCL/RegExpirationDuration", "7200", "int"}}));
  const auto info = object({{"originalMO", "./DevInfo"}, {"manufacturer", "ACME"}});
  EXPECT_EQ(text(mapping.changes(type("etsiDeviceInfo"), info, object({{"originalMO", "./DevInfo"}, {"manufacturer", "x"}}))),
            "STATUS_FORBIDDEN manufacturer cannot be written on the device");
  auto scl = resource("etsiSclMo", before);
  EXPECT_TRUE(mapping.apply(scl, {{"./ETSI/SCL/RegExpirationDuration", "60", "int"}}));
  EXPECT_EQ(scl.attributes.find("regExpirationDuration")->text(), "PT60S");
}

TEST(DmMapping, row44aLowLevelObjectMayBeALeaf) {
  const auto facts = dm_facts();
  const DeviceMapping mapping(dm_table(), facts);
  const auto& plain = type("mgmtObj");
  const Value leaf(model::List{Value("<a xmlns=\"urn:nscl:mo\" path=\"./Vendor/memory/a\">1</a>")});
  const auto of_leaf = object({{"originalMO", "./Vendor/memory/a"}, {"$any", leaf}});
  EXPECT_TRUE(mapping.is_new_instance(plain, of_leaf));
  EXPECT_EQ(mapping.addition(plain, {}, of_leaf).value(), (AddInstance{"./Vendor/memory/", {{"", "1"}}, std::nullopt, "a"}));
  EXPECT_EQ(mapping.leaves(plain, of_leaf), std::vector<std::string>{"./Vendor/memory/a"});
  auto shown = resource("mgmtObj", of_leaf);
  EXPECT_TRUE(mapping.apply(shown, {{"./Vendor/memory/a", "2"}}));
  EXPECT_EQ(text(mapping.changes(plain, of_leaf, shown.attributes)), "./Vendor/memory/a=2");
  EXPECT_FALSE(mapping.removal(plain, of_leaf)) << "it was there before";
  auto made = of_leaf;
  made.set(made_attribute, "true");
  EXPECT_EQ(mapping.removal(plain, made), DeleteInstance{"./Vendor/memory/a"});

  const Value inner(model::List{Value("<b xmlns=\"urn:nscl:mo\">x</b>"), Value("<c xmlns=\"urn:nscl:mo\" path=\"./Vendor/box/c\">y</c>")});
  const auto of_object = object({{"originalMO", "./Vendor/box"}, {"$any", inner}});
  EXPECT_EQ(mapping.addition(plain, {}, of_object).value(), (AddInstance{"./Vendor/", {{"b", "x"}, {"c", "y"}}, std::nullopt, "box"}));
  EXPECT_EQ(mapping.leaves(plain, of_object), (std::vector<std::string>{"./Vendor/box/b", "./Vendor/box/c"}));
  EXPECT_FALSE(mapping.is_new_instance(plain, object({{"originalMO", "./Vendor/box"}}))) << "one without values is looked for";
  const Value outside(model::List{Value("<c xmlns=\"urn:nscl:mo\" path=\"./DMAcc/x\">y</c>")});
  EXPECT_FALSE(mapping.addition(plain, {}, object({{"originalMO", "./Vendor/box"}, {"$any", outside}})));
}

TEST(DmMapping, aNodeThatTurnsOutToBeALeafIsShown) {
  const auto facts = dm_facts();
  const DeviceMapping mapping(dm_table(), facts);
  auto bound = resource("mgmtObj", object({{"originalMO", "./Vendor/log"}}));
  EXPECT_EQ(mapping.leaves(*bound.type, bound.attributes), std::vector<std::string>{"./Vendor/log/"});
  EXPECT_TRUE(mapping.apply(bound, {{"./Vendor/log", "text"}, {"./Vendor/other", "no"}}));
  EXPECT_EQ(mapping.leaves(*bound.type, bound.attributes), std::vector<std::string>{"./Vendor/log"});
}

TEST(DmMapping, originalMOsAreOfTheDevicesProtocol) {
  const auto facts = dm_facts(), cpe = facts_with();
  EXPECT_FALSE(DeviceMapping(dm_table(), facts).place_of(object({{"originalMO", "Device.X."}})));
  EXPECT_FALSE(DeviceMapping(dm_table(), cpe).place_of(object({{"originalMO", "./Vendor"}})));
  EXPECT_EQ(DeviceMapping(dm_table(), facts).place_of(object({{"originalMO", "./Vendor"}})).value(), "./Vendor/");
}

TEST(DmMapping, row61firmwareIsFetchedByFumo) {
  const auto facts = dm_facts();
  const DeviceMapping mapping(dm_table(), facts);
  const auto image = object({{"originalMO", "./FUMO/1"}, {"firmwareURL", "http://files/x"}});
  const auto plan = mapping.action(type("fwInstance"), image, "fwDownloadAndUpdate");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(plan->status, "fwActionStatus");
  const auto both = mapping.task_of(std::get<Command>(plan->tasks.front()), "e1");
  EXPECT_EQ(invocation(both), "./FUMO/1/DownloadAndUpdate/PkgURL=http://files/x Exec ./FUMO/1/DownloadAndUpdate");
  EXPECT_EQ(std::get<Invoke>(*both).state, "./FUMO/1/State");
  const auto only = mapping.action(type("fwInstance"), image, "fwDownload");
  EXPECT_EQ(invocation(mapping.task_of(std::get<Command>(only->tasks.front()), "e1")), "./FUMO/1/Download/PkgURL=http://files/x Exec ./FUMO/1/Download");
  const auto update = mapping.action(type("fwInstance"), image, "fwUpdate");
  EXPECT_EQ(invocation(update->tasks.front()), " Exec ./FUMO/1/Update");
  EXPECT_EQ(std::get<DeleteInstance>(mapping.action(type("fwInstance"), image, "fwRemove")->tasks.front()).object, "./FUMO/1/Update/PkgData");
  EXPECT_EQ(what(mapping.action(type("fwInstance"), object({{"originalMO", "./FUMO/1"}}), "fwDownload")),
            "STATUS_BAD_REQUEST fwDownload: firmwareURL is empty; set it before the action");
  const auto state = [&](const char* value) { return mapping.action_state(type("fwInstance"), image, {{"./FUMO/1/State", value}}); };
  EXPECT_EQ(state("10"), std::nullopt);
  EXPECT_EQ(state("30"), (ActionState{25, false}));
  EXPECT_EQ(state("60"), (ActionState{75, false}));
  EXPECT_EQ(state("100"), (ActionState{100, true}));
  EXPECT_EQ(state("70"), (ActionState{100, false}));
}

TEST(DmMapping, commandsBecomeNodesThatAreRun) {
  const auto facts = dm_facts();
  const DeviceMapping mapping(dm_table(), facts);
  const auto run = [&](std::string of, std::vector<Argument> arguments = {}) { return invocation(mapping.task_of({std::move(of), std::move(arguments)}, "e1")); };
  EXPECT_EQ(run("REBOOT"), " Exec ./ManagedObjects/DiagMon/Restart/Operations/Start restarts");
  EXPECT_EQ(run("RESET"), " Exec ./LAWMO/Operations/FactoryReset restarts");
  EXPECT_EQ(run("DOWNLOAD", {{"FileType", "1 Firmware Upgrade Image"}, {"URL", "http://x/"}}),
            "./FUMO/1/DownloadAndUpdate/PkgURL=http://x/ Exec ./FUMO/1/DownloadAndUpdate");
  EXPECT_EQ(run("DOWNLOAD", {{"FileType", "2 Web Content"}, {"URL", "http://x/"}}),
            "STATUS_NOT_IMPLEMENTED a device of OMA-DM fetches only FileType \"1 Firmware Upgrade Image\"");
  EXPECT_EQ(run("UPLOAD"), "STATUS_NOT_IMPLEMENTED no node is known that holds a file of this FileType: a mapping may name one");
  EXPECT_EQ(run("SCHEDULEINFORM", {{"DelaySeconds", "5"}}), to_json(Task(Command{"SCHEDULEINFORM", {{"DelaySeconds", "5"}}})));
  EXPECT_EQ(run("CHANGEDUSTATE", {{"Operations", "", {{"Operation", "Install"}, {"URL", "http://x/"}}}}),
            "./SCOMO/Download/e1/PkgID=e1 ./SCOMO/Download/e1/PkgURL=http://x/ Exec ./SCOMO/Download/e1/Operations/DownloadInstall");
  EXPECT_EQ(run("CHANGEDUSTATE", {{"Operations", "", {{"Operation", "Uninstall"}, {"UUID", "a/b"}}}}), " Exec ./SCOMO/Inventory/Deployed/a%2Fb/Operations/Remove")
      << "what a request says is one name in a path";
  const auto none = dm_facts({});
  EXPECT_EQ(invocation(DeviceMapping(dm_table(), none).task_of({"REBOOT", {}}, "e1")), "STATUS_NOT_IMPLEMENTED the device has nothing for a REBOOT of this kind");
  const auto cpe = facts_with();
  EXPECT_EQ(invocation(DeviceMapping(dm_table(), cpe).task_of({"REBOOT", {}}, "e1")), to_json(Task(Command{"REBOOT", {}})));
}

TEST(DmMapping, anUploadIsAReadingOfTheNodesThatATableNames) {
  auto facts = dm_facts({{"urn:oma:mo:oma-diag:log:1.0", "./Diag/Log/"}});
  const auto run = [&](const MappingTable& table, std::vector<Argument> arguments) { return DeviceMapping(table, facts).task_of({"UPLOAD", std::move(arguments)}, "e1"); };
  const Argument log{"FileType", "2 Vendor Log File"};
  EXPECT_EQ(run(dm_table(), {log}), Task(GetLeaves{{"./Diag/Log/DiagMonData/Log", "./Diag/Log/DiagMonData/Data"}, true}));
  EXPECT_EQ(invocation(run(dm_table(), {log, {"URL", "http://x/"}})).substr(0, 22), "STATUS_NOT_IMPLEMENTED");
  EXPECT_EQ(invocation(run(dm_table(), {{"FileType", "1 Vendor Configuration File"}})).substr(0, 22), "STATUS_NOT_IMPLEMENTED");
  auto own = dm_table();
  own.override_by(table_of("protocol = \"oma_dm\"\n[[command]]\ntype = \"UPLOAD\"\nmatch = { manufacturer = \"ACME\" }\nat = [\"{root}Vendor/\"]\n"
                           "ways = { when = { FileType = \"X 00D09E Dump\" }, read = \"{object}/Dump\" }\n"));
  facts.manufacturer = "ACME";
  EXPECT_EQ(run(own, {{"FileType", "X 00D09E Dump"}}), Task(GetLeaves{{"./Vendor/Dump"}, true}));
  EXPECT_EQ(run(own, {log}), Task(GetLeaves{{"./Diag/Log/DiagMonData/Log", "./Diag/Log/DiagMonData/Data"}, true}));
}

TEST(DmMapping, softwareIsFetchedAsANewPackage) {
  const auto facts = dm_facts();
  const DeviceMapping mapping(dm_table(), facts);
  const auto& unit = type("swInstance");
  const auto new_one = object({{"softwareName", "agent"}, {"softwareURL", "http://files/a"}});
  EXPECT_TRUE(mapping.is_unbound(unit, new_one));
  const auto plan = mapping.action(unit, new_one, "swDownloadAndInstall");
  ASSERT_TRUE(plan) << plan.error().detail;
  EXPECT_EQ(invocation(mapping.task_of(std::get<Command>(plan->tasks.front()), "e7")),
            "./SCOMO/Download/e7/PkgID=e7 ./SCOMO/Download/e7/Name=agent ./SCOMO/Download/e7/PkgURL=http://files/a Exec ./SCOMO/Download/e7/Operations/DownloadInstall");
  const auto deployed = object({{"originalMO", "./SCOMO/Inventory/Deployed/x"}, {".package", "p1"}, {"softwareURL", "http://files/b"}});
  const auto update = mapping.action(unit, deployed, "swDownloadAndInstall");
  EXPECT_EQ(invocation(mapping.task_of(std::get<Command>(update->tasks.front()), "e8")),
            "./SCOMO/Download/e8/PkgID=p1 ./SCOMO/Download/e8/PkgURL=http://files/b Exec ./SCOMO/Download/e8/Operations/DownloadInstall");
  EXPECT_EQ(invocation(mapping.action(unit, deployed, "swDeactivate")->tasks.front()), " Exec ./SCOMO/Inventory/Deployed/x/Operations/Deactivate");
  const auto fetched = object({{"originalMO", "./SCOMO/Download/b"}, {"softwareURL", "http://files/b"}});
  const auto again = mapping.action(unit, fetched, "swDownload");
  EXPECT_EQ(invocation(mapping.task_of(std::get<Command>(again->tasks.front()), "e9")), "./SCOMO/Download/b/PkgURL=http://files/b Exec ./SCOMO/Download/b/Operations/Download");
  EXPECT_EQ(what(mapping.action(unit, fetched, "swInstall")), "STATUS_CONFLICT swInstall: it is not on the device yet; swDownloadAndInstall fetches it");
  EXPECT_EQ(what(mapping.action(unit, new_one, "swRemove")).substr(0, 22), "STATUS_NOT_IMPLEMENTED");
}

TEST(DmMapping, modelsHaveOptionsOfTheirOwn) {
  auto table = table_of("[[model]]\nmatch = { oui = \"*\" }\ngpv_batch = 7\n");
  table.override_by(table_of("protocol = \"oma_dm\"\n[[model]]\nmatch = { manufacturer = \"AC*\", model = \"Box\" }\nuses_atomic = true\nget_items = 5\nauthentication = \"mac\"\n"));
  auto facts = dm_facts();
  facts.manufacturer = "ACME";
  facts.model = "Box";
  EXPECT_TRUE(dm_model_options(table, facts).uses_atomic);
  EXPECT_EQ(dm_model_options(table, facts).get_items, 5u);
  EXPECT_EQ(dm_model_options(table, facts).authentication, omadm::DmAuthentication::mac);
  EXPECT_EQ(model_options(table, facts).gpv_batch, 7u);
  facts.model = "Other";
  EXPECT_FALSE(dm_model_options(table, facts).authentication);
  EXPECT_FALSE(dm_model_options(table, facts).uses_atomic);
}

}  // namespace
}  // namespace nscl::rem
