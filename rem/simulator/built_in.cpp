// SPDX-License-Identifier: Apache-2.0
// What the simulated devices have: enough of TR-181 and TR-098 for everything that is mapped.
#include "built_in.h"

namespace nscl::rem::simulator {
namespace {

/// In both models, below their root. R. stands for the root.
constexpr std::string_view common = R"(R. o
R.DeviceInfo. o
R.DeviceInfo.Manufacturer r string(64) NSCL Simulator
R.DeviceInfo.ManufacturerOUI r string(6) 00A0C9
R.DeviceInfo.ModelName r string(64) Simulated CPE
R.DeviceInfo.ProductClass r string(64) SIM
R.DeviceInfo.SerialNumber r string(64)
R.DeviceInfo.HardwareVersion r! string(64) 1.0
R.DeviceInfo.SoftwareVersion r! string(64) 1.0.0
R.DeviceInfo.AdditionalSoftwareVersion r string(64) bootloader 1.0
R.DeviceInfo.ProvisioningCode w! string(64)
R.DeviceInfo.UpTime r unsignedInt 0
R.DeviceInfo.MemoryStatus. o
R.DeviceInfo.MemoryStatus.Total r unsignedInt 262144
R.DeviceInfo.MemoryStatus.Free r unsignedInt 131072
R.DeviceInfo.VendorLogFileNumberOfEntries r unsignedInt 1
R.DeviceInfo.VendorLogFile. t
R.DeviceInfo.VendorLogFile.{i}. o
R.DeviceInfo.VendorLogFile.{i}.Name r string(64)
R.DeviceInfo.VendorLogFile.{i}.MaximumSize r unsignedInt 65536
R.DeviceInfo.VendorLogFile.{i}.Persistent r boolean true
R.DeviceInfo.VendorLogFile.1. i
R.DeviceInfo.VendorLogFile.1.Name = syslog
R.ManagementServer. o
R.ManagementServer.URL w string(256)
R.ManagementServer.Username w string(256)
R.ManagementServer.Password p string(256)
R.ManagementServer.PeriodicInformEnable w boolean true
R.ManagementServer.PeriodicInformInterval w unsignedInt[1:] 86400
R.ManagementServer.PeriodicInformTime w dateTime 0001-01-01T00:00:00Z
R.ManagementServer.ParameterKey r string(32)
R.ManagementServer.ConnectionRequestURL r! string(256)
R.ManagementServer.ConnectionRequestUsername w string(256)
R.ManagementServer.ConnectionRequestPassword p string(256)
R.ManagementServer.UpgradesManaged w boolean false
R.ManagementServer.UDPConnectionRequestAddress r string(256)
R.ManagementServer.STUNEnable w boolean false
R.ManagementServer.STUNServerAddress w string(256)
R.ManagementServer.STUNServerPort w unsignedInt[0:65535] 3478
R.ManagementServer.NATDetected r boolean false
)";

constexpr std::string_view tr181 = R"(R.RootDataModelVersion r string(32) 2.14
R.DeviceInfo.Description r string(256) Simulated customer premises equipment
R.DeviceInfo.ActiveFirmwareImage r string(256) Device.DeviceInfo.FirmwareImage.1.
R.DeviceInfo.BootFirmwareImage w string(256) Device.DeviceInfo.FirmwareImage.1.
R.DeviceInfo.FirmwareImageNumberOfEntries r unsignedInt 2
R.DeviceInfo.FirmwareImage. t
R.DeviceInfo.FirmwareImage.{i}. o
R.DeviceInfo.FirmwareImage.{i}.Alias w string(64)
R.DeviceInfo.FirmwareImage.{i}.Name w string(64)
R.DeviceInfo.FirmwareImage.{i}.Version r string(32)
R.DeviceInfo.FirmwareImage.{i}.Available w boolean true
R.DeviceInfo.FirmwareImage.{i}.Status r string NoImage
R.DeviceInfo.FirmwareImage.{i}.BootFailureLog r string
R.DeviceInfo.FirmwareImage.1. i
R.DeviceInfo.FirmwareImage.1.Name = primary
R.DeviceInfo.FirmwareImage.1.Version = 1.0.0
R.DeviceInfo.FirmwareImage.1.Status = Active
R.DeviceInfo.FirmwareImage.2. i
R.DeviceInfo.FirmwareImage.2.Name = secondary
R.ManagementServer.AliasBasedAddressing r boolean false
R.ManagementServer.SupportedConnReqMethods r string HTTP
R.ManagementServer.ScheduleReboot w dateTime 0001-01-01T00:00:00Z
R.ManagementServer.DelayReboot w int -1
R.SoftwareModules. o
R.SoftwareModules.ExecEnvNumberOfEntries r unsignedInt 1
R.SoftwareModules.ExecEnv. t
R.SoftwareModules.ExecEnv.{i}. o
R.SoftwareModules.ExecEnv.{i}.Enable w boolean true
R.SoftwareModules.ExecEnv.{i}.Status r string Up
R.SoftwareModules.ExecEnv.{i}.Reset a boolean false
R.SoftwareModules.ExecEnv.{i}.Name r string(32) default
R.SoftwareModules.ExecEnv.1. i
R.SoftwareModules.DeploymentUnitNumberOfEntries r unsignedInt 0
R.SoftwareModules.DeploymentUnit. t
R.SoftwareModules.DeploymentUnit.{i}. o
R.SoftwareModules.DeploymentUnit.{i}.UUID r string(36)
R.SoftwareModules.DeploymentUnit.{i}.DUID r string(64)
R.SoftwareModules.DeploymentUnit.{i}.Name r string(64)
R.SoftwareModules.DeploymentUnit.{i}.Status r string Installed
R.SoftwareModules.DeploymentUnit.{i}.Resolved r boolean true
R.SoftwareModules.DeploymentUnit.{i}.URL r string(1024)
R.SoftwareModules.DeploymentUnit.{i}.Vendor r string(128) NSCL Simulator
R.SoftwareModules.DeploymentUnit.{i}.Version r string(32) 1.0
R.SoftwareModules.DeploymentUnit.{i}.ExecutionUnitList r string
R.SoftwareModules.DeploymentUnit.{i}.ExecutionEnvRef r string Device.SoftwareModules.ExecEnv.1.
R.SoftwareModules.ExecutionUnitNumberOfEntries r unsignedInt 0
R.SoftwareModules.ExecutionUnit. t
R.SoftwareModules.ExecutionUnit.{i}. o
R.SoftwareModules.ExecutionUnit.{i}.EUID r string(64)
R.SoftwareModules.ExecutionUnit.{i}.Name r string(32)
R.SoftwareModules.ExecutionUnit.{i}.Status r string Idle
R.SoftwareModules.ExecutionUnit.{i}.RequestedState w string{Idle,Active}
R.SoftwareModules.ExecutionUnit.{i}.AutoStart w boolean false
R.SoftwareModules.ExecutionUnit.{i}.Version r string(32) 1.0
R.SoftwareModules.ExecutionUnit.{i}.ExecutionEnvRef r string Device.SoftwareModules.ExecEnv.1.
R.WiFi. o
R.WiFi.RadioNumberOfEntries r unsignedInt 1
R.WiFi.Radio. t
R.WiFi.Radio.{i}. o
R.WiFi.Radio.{i}.Enable w boolean true
R.WiFi.Radio.{i}.Status r string Up
R.WiFi.Radio.{i}.Name r string(64) radio0
R.WiFi.Radio.{i}.Channel w unsignedInt[1:255] 6
R.WiFi.Radio.1. i
R.PeriodicStatistics. o
R.PeriodicStatistics.MinSampleInterval r unsignedInt 10
R.PeriodicStatistics.SampleSetNumberOfEntries r unsignedInt 1
R.PeriodicStatistics.SampleSet. T
R.PeriodicStatistics.SampleSet.{i}. o
R.PeriodicStatistics.SampleSet.{i}.Enable w boolean false
R.PeriodicStatistics.SampleSet.{i}.Status r string Disabled
R.PeriodicStatistics.SampleSet.{i}.Name w string(128)
R.PeriodicStatistics.SampleSet.{i}.SampleInterval w unsignedInt[10:] 3600
R.PeriodicStatistics.SampleSet.{i}.ReportSamples w unsignedInt[1:] 24
R.PeriodicStatistics.SampleSet.1. i
R.DHCPv4. o
R.DHCPv4.Server. o
R.DHCPv4.Server.Enable w boolean true
R.DHCPv4.Server.PoolNumberOfEntries r unsignedInt 1
R.DHCPv4.Server.Pool. T
R.DHCPv4.Server.Pool.{i}. o
R.DHCPv4.Server.Pool.{i}.Enable w boolean false
R.DHCPv4.Server.Pool.{i}.VendorClassID w string(255)
R.DHCPv4.Server.Pool.{i}.MinAddress w string(15)
R.DHCPv4.Server.Pool.{i}.MaxAddress w string(15)
R.DHCPv4.Server.Pool.{i}.LeaseTime w int[-1:] 86400
R.DHCPv4.Server.Pool.{i}.StaticAddressNumberOfEntries r unsignedInt 0
R.DHCPv4.Server.Pool.{i}.StaticAddress. T
R.DHCPv4.Server.Pool.{i}.StaticAddress.{i}. o
R.DHCPv4.Server.Pool.{i}.StaticAddress.{i}.Enable w boolean false
R.DHCPv4.Server.Pool.{i}.StaticAddress.{i}.Chaddr w string(17)
R.DHCPv4.Server.Pool.{i}.StaticAddress.{i}.Yiaddr w string(15)
R.DHCPv4.Server.Pool.1. i
R.DHCPv4.Server.Pool.1.Enable = true
R.DHCPv4.Server.Pool.1.MinAddress = 192.168.1.64
R.DHCPv4.Server.Pool.1.MaxAddress = 192.168.1.254
R.FaultMgmt. o
R.FaultMgmt.SupportedAlarmNumberOfEntries r unsignedInt 1
R.FaultMgmt.SupportedAlarm. t
R.FaultMgmt.SupportedAlarm.{i}. o
R.FaultMgmt.SupportedAlarm.{i}.EventType r string(64)
R.FaultMgmt.SupportedAlarm.{i}.ProbableCause r string(64)
R.FaultMgmt.SupportedAlarm.{i}.SpecificProblem r string(128)
R.FaultMgmt.SupportedAlarm.{i}.PerceivedSeverity r string Major
R.FaultMgmt.SupportedAlarm.{i}.ReportingMechanism w string 3 Disabled
R.FaultMgmt.SupportedAlarm.1. i
R.FaultMgmt.SupportedAlarm.1.EventType = Environmental Alarm
R.FaultMgmt.SupportedAlarm.1.ProbableCause = Temperature
R.FaultMgmt.SupportedAlarm.1.SpecificProblem = Overheating
R.FaultMgmt.ExpeditedEventNumberOfEntries r! unsignedInt 0
R.FaultMgmt.ExpeditedEvent. t
R.FaultMgmt.ExpeditedEvent.{i}. o
R.FaultMgmt.ExpeditedEvent.{i}.EventTime r dateTime 0001-01-01T00:00:00Z
R.FaultMgmt.ExpeditedEvent.{i}.SpecificProblem r string(128)
R.FaultMgmt.ExpeditedEvent.{i}.PerceivedSeverity r string Major
)";

/// The M2M service capability layers that a device has (TR-181 2.6).
constexpr std::string_view etsi = R"(R.ETSIM2M. o
R.ETSIM2M.SCLNumberOfEntries r unsignedInt 1
R.ETSIM2M.SCL. t
R.ETSIM2M.SCL.{i}. o
R.ETSIM2M.SCL.{i}.Enable w boolean true
R.ETSIM2M.SCL.{i}.Alias w string(64)
R.ETSIM2M.SCL.{i}.AnnouncedToSCLList w string
R.ETSIM2M.SCL.{i}.SAFPolicySetNumberOfEntries r unsignedInt 1
R.ETSIM2M.SCL.{i}.AreaNwkInstanceNumberOfEntries r unsignedInt 2
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstanceNumberOfEntries r unsignedInt 1
R.ETSIM2M.SCL.{i}.Reregistration. o
R.ETSIM2M.SCL.{i}.Reregistration.Reregistration a boolean false
R.ETSIM2M.SCL.{i}.Reregistration.RegTargetNSCLList w string
R.ETSIM2M.SCL.{i}.Reregistration.RegSearchStrings w string
R.ETSIM2M.SCL.{i}.Reregistration.RegAccessRightID w string
R.ETSIM2M.SCL.{i}.Reregistration.RegExpirationDuration w int[-1:] 86400
R.ETSIM2M.SCL.{i}.Reregistration.ActionStatus. o
R.ETSIM2M.SCL.{i}.Reregistration.ActionStatus.Progress r unsignedInt 0
R.ETSIM2M.SCL.{i}.Reregistration.ActionStatus.FinalStatus r string
R.ETSIM2M.SCL.{i}.Discovery. o
R.ETSIM2M.SCL.{i}.Discovery.MaxNumberOfDiscovRecords w unsignedInt 100
R.ETSIM2M.SCL.{i}.Discovery.MaxSizeOfDiscovAnswer w unsignedInt 65536
R.ETSIM2M.SCL.{i}.SAFPolicySet. T
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}. o
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.Enable w boolean false
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.Alias w string(64)
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.PolicyScope w string
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy. o
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.DefaultRCATValue w unsignedInt[0:7] 0
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategoryNumberOfEntries r unsignedInt 0
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory. T
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory.{i}. o
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory.{i}.RCAT w unsignedInt[0:7] 0
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory.{i}.TolerableDelay w int[-1:] -1
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory.{i}.Thresh w int[-1:] 0
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory.{i}.Mem w string(64)
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.M2MSPPolicy.RequestCategory.{i}.RankedANList w string
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.ANPPolicyNumberOfEntries r unsignedInt 0
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.ANPPolicy. T
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.ANPPolicy.{i}. o
R.ETSIM2M.SCL.{i}.SAFPolicySet.{i}.ANPPolicy.{i}.ANName w string
R.ETSIM2M.SCL.{i}.AreaNwkInstance. t
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}. o
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.ID r string
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.AreaNwkType r string ZIGBEE
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.ListOfDevices r string
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.PropertyNumberOfEntries r unsignedInt 1
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.Property. t
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.Property.{i}. o
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.Property.{i}.Name r string addressType
R.ETSIM2M.SCL.{i}.AreaNwkInstance.{i}.Property.{i}.Value r string IEEE 802.15.4
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance. t
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}. o
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.AreaNwkInstance r string
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.Active r boolean true
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.Status r string AWAKE
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.SleepInterval w int[-1:] 60
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.SleepDuration w int[-1:] 30
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.Host r string
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.ListOfDeviceNeighbors r string
R.ETSIM2M.SCL.{i}.AreaNwkDeviceInfoInstance.{i}.ListOfDeviceApplications r string
R.ETSIM2M.SCL.1. i
R.ETSIM2M.SCL.1.SAFPolicySet.1. i
R.ETSIM2M.SCL.1.AreaNwkInstance.1. i
R.ETSIM2M.SCL.1.AreaNwkInstance.1.ID = 1
R.ETSIM2M.SCL.1.AreaNwkInstance.1.ListOfDevices = Device.ETSIM2M.SCL.1.AreaNwkDeviceInfoInstance.1.
R.ETSIM2M.SCL.1.AreaNwkInstance.1.Property.1. i
R.ETSIM2M.SCL.1.AreaNwkInstance.2. i
R.ETSIM2M.SCL.1.AreaNwkInstance.2.ID = 2
R.ETSIM2M.SCL.1.AreaNwkInstance.2.AreaNwkType = 6LOWPAN
R.ETSIM2M.SCL.1.AreaNwkInstance.2.Property.1. i
R.ETSIM2M.SCL.1.AreaNwkInstance.2.Property.1.Value = primary
R.ETSIM2M.SCL.1.AreaNwkDeviceInfoInstance.1. i
R.ETSIM2M.SCL.1.AreaNwkDeviceInfoInstance.1.AreaNwkInstance = Device.ETSIM2M.SCL.1.AreaNwkInstance.1.
)";

constexpr std::string_view tr098 = R"(R.DeviceSummary r string InternetGatewayDevice:1.4[](Baseline:1)
R.LANDeviceNumberOfEntries r unsignedInt 1
R.WANDeviceNumberOfEntries r unsignedInt 1
R.DeviceInfo.SpecVersion r! string(16) 1.0
R.WANDevice. t
R.WANDevice.{i}. o
R.WANDevice.{i}.WANConnectionDevice. t
R.WANDevice.{i}.WANConnectionDevice.{i}. o
R.WANDevice.{i}.WANConnectionDevice.{i}.WANIPConnection. t
R.WANDevice.{i}.WANConnectionDevice.{i}.WANIPConnection.{i}. o
R.WANDevice.{i}.WANConnectionDevice.{i}.WANIPConnection.{i}.Enable w boolean true
R.WANDevice.{i}.WANConnectionDevice.{i}.WANIPConnection.{i}.ExternalIPAddress r! string(15) 192.0.2.1
R.WANDevice.1. i
R.WANDevice.1.WANConnectionDevice.1. i
R.WANDevice.1.WANConnectionDevice.1.WANIPConnection.1. i
R.LANDevice. t
R.LANDevice.{i}. o
R.LANDevice.{i}.LANHostConfigManagement. o
R.LANDevice.{i}.LANHostConfigManagement.DHCPServerEnable w boolean true
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalPoolNumberOfEntries r unsignedInt 0
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalServingPool. T
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalServingPool.{i}. o
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalServingPool.{i}.Enable w boolean false
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalServingPool.{i}.VendorClassID w string(256)
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalServingPool.{i}.MinAddress w string(15)
R.LANDevice.{i}.LANHostConfigManagement.DHCPConditionalServingPool.{i}.MaxAddress w string(15)
R.LANDevice.1. i
)";

/// Lines that take the place of those above.
constexpr std::string_view fixed_interval = R"(R.ManagementServer.PeriodicInformEnable r boolean true
R.ManagementServer.PeriodicInformInterval r unsignedInt[1:] 86400
)";

/// "R." at the beginning of each line is the root.
void append_model(std::string& out, std::string_view text, std::string_view root) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.append(root).append(text.substr(2, end - 1));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string built_in_text(ModelKind kind, bool has_fixed_interval) {
  const bool is_new = kind == ModelKind::tr181;
  const std::string_view root = is_new ? "Device." : "InternetGatewayDevice.";
  std::string out;
  append_model(out, common, root);
  append_model(out, is_new ? tr181 : tr098, root);
  if (is_new) append_model(out, etsi, root);
  if (has_fixed_interval) append_model(out, fixed_interval, root);
  return out;
}

}  // namespace nscl::rem::simulator
