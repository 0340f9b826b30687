// SPDX-License-Identifier: Apache-2.0
// CPEs as light as they can be: an Inform, an empty POST, answers to whatever RPCs come, until the 204.
#include <utility>

#include "dialect.h"

namespace nscl::bench {
namespace {

std::string envelope(std::string_view id, std::string_view body) {
  std::string out = R"(<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/" )"
                    R"(xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-2">)"
                    R"(<soap-env:Header><cwmp:ID soap-env:mustUnderstand="1">)";
  return out.append(id).append("</cwmp:ID></soap-env:Header><soap-env:Body>").append(body).append("</soap-env:Body></soap-env:Envelope>");
}

const std::vector<std::pair<std::string, std::string>> parameters = {
    {"Device.DeviceInfo.Manufacturer", "Bench"},     {"Device.DeviceInfo.ModelName", "Load"},
    {"Device.DeviceInfo.HardwareVersion", "1.0"},    {"Device.DeviceInfo.SoftwareVersion", "1.0"},
    {"Device.DeviceInfo.ProvisioningCode", ""},      {"Device.RootDataModelVersion", "2.11"},
    {"Device.ManagementServer.ParameterKey", ""},    {"Device.ManagementServer.AliasBasedAddressing", "0"},
    {"Device.ManagementServer.ConnectionRequestURL", "http://127.0.0.1:9/bench"}};

std::string values(std::string_view below) {
  std::string list;
  std::size_t count = 0;
  for (const auto& [name, value] : parameters) {
    if (!name.starts_with(below)) continue;
    list += "<ParameterValueStruct><Name>" + name + R"(</Name><Value xsi:type="xsd:string">)" + value + "</Value></ParameterValueStruct>";
    ++count;
  }
  return R"(<ParameterList soap-enc:arrayType="cwmp:ParameterValueStruct[)" + std::to_string(count) + "]\">" + list + "</ParameterList>";
}

std::string inform(std::size_t device, const std::string& event) {
  return envelope("1", "<cwmp:Inform><DeviceId><Manufacturer>Bench</Manufacturer><OUI>00BE4C</OUI><ProductClass>Load</ProductClass><SerialNumber>" + digits_of(device) +
                           R"(</SerialNumber></DeviceId><Event soap-enc:arrayType="cwmp:EventStruct[1]"><EventStruct><EventCode>)" + event +
                           "</EventCode><CommandKey></CommandKey></EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-01-01T00:00:00Z</CurrentTime>"
                           "<RetryCount>0</RetryCount>" + values("Device.") + "</cwmp:Inform>");
}

std::string names(std::string_view path) {
  std::string list;
  std::size_t count = 0;
  const auto add = [&](const std::string& name) {
    list += "<ParameterInfoStruct><Name>" + name + "</Name><Writable>0</Writable></ParameterInfoStruct>";
    ++count;
  };
  if (path == "Device.") add("Device.DeviceInfo.");
  for (const auto& each : parameters) {
    if (path == "Device.DeviceInfo." && each.first.starts_with(path)) add(each.first);
  }
  return R"(<ParameterList soap-enc:arrayType="cwmp:ParameterInfoStruct[)" + std::to_string(count) + "]\">" + list + "</ParameterList>";
}

std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == text.npos) return {};
  const auto to = text.find(end, from + begin.size());
  return to == text.npos ? std::string_view() : text.substr(from + begin.size(), to - from - begin.size());
}

/// What a device says to an RPC; what it does not know is fault 9000.
std::string answer_to(std::string_view request, LoadFigures& figures) {
  ++figures.rpcs;
  const auto id = between(between(request, "<cwmp:ID", "/cwmp:ID>"), ">", "<");
  const auto body = request.substr(std::min(request.find("Body>"), request.size()));
  const auto name = between(body, "<cwmp:", ">").substr(0, between(body, "<cwmp:", ">").find_first_of(" /"));
  std::string answer;
  if (name == "GetRPCMethods") {
    answer = R"(<MethodList soap-enc:arrayType="xsd:string[7]"><string>GetRPCMethods</string><string>SetParameterValues</string><string>GetParameterValues</string>)"
             "<string>GetParameterNames</string><string>Download</string><string>Reboot</string><string>FactoryReset</string></MethodList>";
  } else if (name == "GetParameterNames") {
    answer = names(between(body, "<ParameterPath>", "<"));
  } else if (name == "GetParameterValues") {
    answer = values("Device.DeviceInfo.");
  } else if (name == "SetParameterValues") {
    answer = "<Status>0</Status>";
  } else if (name == "Download") {
    ++figures.commands;
    answer = "<Status>0</Status><StartTime>2026-01-01T00:00:00Z</StartTime><CompleteTime>2026-01-01T00:00:01Z</CompleteTime>";
  } else if (name != "Reboot") {
    return envelope(id, "<soap-env:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>9000</FaultCode>"
                        "<FaultString>not known</FaultString></cwmp:Fault></detail></soap-env:Fault>");
  }
  const auto response = std::string(name) + "Response";
  return envelope(id, "<cwmp:" + response + ">" + answer + "</cwmp:" + response + ">");
}

class Cwmp final : public Dialect {
 public:
  explicit Cwmp(std::string event) : event_(std::move(event)) {}
  std::string_view path() const override { return "/acs"; }
  std::string_view content_type() const override { return "text/xml; charset=utf-8"; }
  unsigned posts() const override { return 2; }
  std::string first(std::size_t device, std::uint64_t) override { return inform(device, event_); }
  std::optional<std::string> next(std::size_t, unsigned posts, std::string_view answer, LoadFigures& figures) override {
    return posts == 1 ? std::string() : answer_to(answer, figures);
  }

 private:
  std::string event_;
};

}  // namespace

std::unique_ptr<Dialect> cwmp_dialect(std::string event) { return std::make_unique<Cwmp>(std::move(event)); }

std::string digits_of(std::size_t device) {
  auto digits = std::to_string(device);
  return std::string(digits.size() < 7 ? 7 - digits.size() : 0, '0') + digits;
}

}  // namespace nscl::bench
