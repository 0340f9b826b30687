// SPDX-License-Identifier: Apache-2.0
// What the simulated DM clients have: the standard objects, and places to try commands on.
#include <nscl/rem/simulator/dm_tree.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view tree = R"(. n
./DevInfo n urn:oma:mo:oma-dm-devinfo:1.0
./DevInfo/DevId r chr
./DevInfo/Man r chr NSCL Simulator
./DevInfo/Mod r chr Simulated DM client
./DevInfo/DmV r chr 1.2
./DevInfo/Lang r chr en
./DevInfo/Bearer n
./DevInfo/Ext n
./DevDetail n urn:oma:mo:oma-dm-devdetail:1.0
./DevDetail/DevTyp r chr M2M device
./DevDetail/OEM r chr NSCL
./DevDetail/FwV r chr 1.0.0
./DevDetail/SwV r chr 1.0
./DevDetail/HwV r chr 1.0
./DevDetail/LrgObj r bool true
./DevDetail/URI n
./DevDetail/URI/MaxDepth r int 16
./DevDetail/URI/MaxTotLen r int 255
./DevDetail/URI/MaxSegLen r int 48
./DMAcc n
./DMAcc/account n urn:oma:mo:oma-dm-dmacc:1.0
./DMAcc/account/AppID r chr w7
./DMAcc/account/ServerID w chr
./DMAcc/account/Name w chr
./DMAcc/account/AppAddr n
./DMAcc/account/AppAddr/1 n
./DMAcc/account/AppAddr/1/Addr w chr
./DMAcc/account/AppAddr/1/AddrType w chr URI
./DMAcc/account/AAuthPref w chr DIGEST
./DMAcc/account/AppAuth n
./DMAcc/account/AppAuth/client n
./DMAcc/account/AppAuth/client/AAuthLevel r chr CLCRED
./DMAcc/account/AppAuth/client/AAuthType w chr DIGEST
./DMAcc/account/AppAuth/client/AAuthName w chr
./DMAcc/account/AppAuth/client/AAuthSecret ws chr
./DMAcc/account/AppAuth/server n
./DMAcc/account/AppAuth/server/AAuthLevel r chr SRVCRED
./DMAcc/account/AppAuth/server/AAuthType w chr DIGEST
./DMAcc/account/AppAuth/server/AAuthName w chr
./DMAcc/account/AppAuth/server/AAuthSecret ws chr
./FUMO n
./FUMO/1 n urn:oma:mo:oma-fumo:1.0
./FUMO/1/PkgName w chr
./FUMO/1/PkgVersion w chr
./FUMO/1/Download nx
./FUMO/1/Download/PkgURL w chr
./FUMO/1/Update nxa
./FUMO/1/DownloadAndUpdate nx
./FUMO/1/DownloadAndUpdate/PkgURL w chr
./FUMO/1/State r int 10
./FUMO/1/Ext n
./FUMO/1/Ext/Stop x null
./SCOMO n urn:oma:mo:oma-scomo:1.0
./SCOMO/Download na
./SCOMO/Download/{x} nad
./SCOMO/Download/{x}/Status r int 10
./SCOMO/Download/{x}/Operations n
./SCOMO/Download/{x}/Operations/Download x null
./SCOMO/Download/{x}/Operations/DownloadInstall x null
./SCOMO/Download/{x}/Operations/DownloadInstallInactive x null
./SCOMO/Inventory n
./SCOMO/Inventory/Delivered n
./SCOMO/Inventory/Delivered/{x} n
./SCOMO/Inventory/Delivered/{x}/PkgID r chr
./SCOMO/Inventory/Delivered/{x}/Description r chr
./SCOMO/Inventory/Delivered/{x}/State r int 10
./SCOMO/Inventory/Delivered/{x}/Status r int 10
./SCOMO/Inventory/Delivered/{x}/Operations n
./SCOMO/Inventory/Delivered/{x}/Operations/Install x null
./SCOMO/Inventory/Delivered/{x}/Operations/InstallInactive x null
./SCOMO/Inventory/Delivered/{x}/Operations/Remove x null
./SCOMO/Inventory/Deployed n
./SCOMO/Inventory/Deployed/{x} n
./SCOMO/Inventory/Deployed/{x}/ID r chr
./SCOMO/Inventory/Deployed/{x}/PkgIDRef r chr
./SCOMO/Inventory/Deployed/{x}/Name r chr
./SCOMO/Inventory/Deployed/{x}/Version r chr
./SCOMO/Inventory/Deployed/{x}/Description r chr
./SCOMO/Inventory/Deployed/{x}/State r int 20
./SCOMO/Inventory/Deployed/{x}/Status r int 10
./SCOMO/Inventory/Deployed/{x}/Operations n
./SCOMO/Inventory/Deployed/{x}/Operations/Activate x null
./SCOMO/Inventory/Deployed/{x}/Operations/Deactivate x null
./SCOMO/Inventory/Deployed/{x}/Operations/Remove x null
./LAWMO n urn:oma:mo:oma-lawmo:1.0
./LAWMO/State r int 30
./LAWMO/LAWMOConfig n
./LAWMO/LAWMOConfig/NotifyUser w bool false
./LAWMO/Operations n
./LAWMO/Operations/FullyLock x null
./LAWMO/Operations/PartiallyLock x null
./LAWMO/Operations/UnLock x null
./LAWMO/Operations/FactoryReset x null
./DCMO n urn:oma:mo:oma-dcmo:1.0
./DCMO/camera n
./DCMO/camera/Property r chr camera
./DCMO/camera/Group r chr imaging
./DCMO/camera/Description r chr Built-in camera
./DCMO/camera/Attached r bool true
./DCMO/camera/Enabled r bool true
./DCMO/camera/NotifyUser w bool false
./DCMO/camera/Operations n
./DCMO/camera/Operations/Enable x null
./DCMO/camera/Operations/Disable x null
./ManagedObjects n
./ManagedObjects/DiagMon n
./ManagedObjects/DiagMon/Battery n urn:oma:mo:omadiag:batteryinfo:1.0
./ManagedObjects/DiagMon/Battery/1 n
./ManagedObjects/DiagMon/Battery/1/Level r int 80
./ManagedObjects/DiagMon/Battery/1/Status r int 0
./ManagedObjects/DiagMon/Battery/1/Temp r int 25
./ManagedObjects/DiagMon/Battery/1/Type r chr Li-Ion
./ManagedObjects/DiagMon/Battery/1/Voltage r int 3700
./ManagedObjects/DiagMon/Memory n urn:oma:mo:omadiag:memory:1.0
./ManagedObjects/DiagMon/Memory/Avail r int 131072
./ManagedObjects/DiagMon/Memory/Total r int 262144
./ManagedObjects/DiagMon/Memory/PercentFree r int 50
./ManagedObjects/DiagMon/Restart n urn:oma:mo:oma-diag:restart:1.0
./ManagedObjects/DiagMon/Restart/DiagMonConfig n
./ManagedObjects/DiagMon/Restart/DiagMonConfig/ConfigParms na
./ManagedObjects/DiagMon/Restart/Status r chr None
./ManagedObjects/DiagMon/Restart/Operations n
./ManagedObjects/DiagMon/Restart/Operations/Start x null
./ManagedObjects/DiagMon/Trap n urn:oma:mo:oma-diag:trap:1.0
./ManagedObjects/DiagMon/Trap/TrapID r chr alarm
./ManagedObjects/DiagMon/Trap/Enabled r bool false
./ManagedObjects/DiagMon/Trap/Operations n
./ManagedObjects/DiagMon/Trap/Operations/Enable x null
./ManagedObjects/DiagMon/Trap/Operations/Disable x null
./ManagedObjects/DiagMon/Log n urn:oma:mo:oma-diag:log:1.0
./ManagedObjects/DiagMon/Log/DiagMonData n
./ManagedObjects/DiagMon/Log/Operations n
./ManagedObjects/DiagMon/Log/Operations/Start x null
./ManagedObjects/DiagMon/Log/Operations/Stop x null
./ETSI n
./ETSI/SclMo n urn:oma:mo:ext-etsi-etsisclmo:1.0
./ETSI/SclMo/RegTargetNsclList w chr
./ETSI/SclMo/RegExpirationDuration w int 3600
./ETSI/SclMo/RegAccessRightID w chr
./ETSI/SclMo/RegSearchStrings w chr
./ETSI/SclMo/AnnouncedToSclList w chr
./ETSI/SclMo/MaxNumberOfDiscovRecords w int 100
./ETSI/SclMo/MaxSizeOfDiscovAnswer w int 100000
./ETSI/SclMo/ReRegistration x null
./ETSI/SclMo/DeRegistration x null
./ETSI/SclMo/SclActionStatus n
./ETSI/SclMo/SclActionStatus/Progress r int 0
./ETSI/SclMo/SclActionStatus/FinalStatus r chr
./ETSI/SclMo/SafPolicySet na
./ETSI/SclMo/SafPolicySet/{x} nad
./ETSI/SclMo/SafPolicySet/{x}/M2mSpPolicy na
./ETSI/SclMo/SafPolicySet/{x}/M2mSpPolicy/DefaultRcatValue w int 0
./ETSI/SclMo/SafPolicySet/{x}/M2mSpPolicy/RcatParamList na
./ETSI/SclMo/SafPolicySet/{x}/AnpPolicy na
./ETSI/AreaNwkInfo n urn:oma:mo:ext-etsi-etsiareanwkinfo:1.0
./ETSI/AreaNwkInfo/NumOfAreaNwks r int 1
./ETSI/AreaNwkInfo/AreaNwkInstance n
./ETSI/AreaNwkInfo/AreaNwkInstance/1 n
./ETSI/AreaNwkInfo/AreaNwkInstance/1/ID r chr 1
./ETSI/AreaNwkInfo/AreaNwkInstance/1/AreaNwkType r chr ZigBee
./ETSI/AreaNwkInfo/AreaNwkInstance/1/AddressType r chr EUI-64
./ETSI/AreaNwkInfo/AreaNwkInstance/1/ListOfDevices r chr
./Vendor n
./Vendor/memory na
./test n
./test/execute x null
)";

constexpr std::string_view log_leaf = "./ManagedObjects/DiagMon/Log/DiagMonData/Log";

}  // namespace

std::shared_ptr<const DmFactoryTree> DmFactoryTree::built_in(std::size_t log_size, bool has_large_objects, std::string_view more) {
  constexpr std::string_view line = "0123456789abcdefghijklmnopqrstuvwxyz;simulated-octets-of-a-log;";
  std::string log;
  while (log.size() < log_size) log += line.substr(0, log_size - log.size());
  auto text = std::string(tree) + std::string(log_leaf) + " r chr " + log + '\n';
  if (!has_large_objects) text += "./DevDetail/LrgObj r bool false\n";
  text += more;
  return std::make_shared<const DmFactoryTree>(text);
}

}  // namespace nscl::rem::simulator
