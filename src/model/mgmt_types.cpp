// SPDX-License-Identifier: Apache-2.0
// Data types of the management objects, as the schemas of v2.1.1 declare them.
#include <nscl/model/mgmt_types.h>

#include <algorithm>

#include "fields.h"

namespace nscl::model::types {
namespace {

Field id_attribute(int min = 1) { return {.name = "id", .type = &id, .min = min, .form = Field::Form::attribute}; }

/// A piece of XML that is one element and nothing else. Its text is ours: '<' and '>' stand for markup only.
bool is_one_element(std::string_view xml) {
  int depth = 0;
  for (auto at = xml.find('<'); at != xml.npos; at = xml.find('<', at + 1)) {
    const auto end = xml.find('>', at);
    if (depth == 0 && at != 0) return false;
    if (xml[at + 1] == '/') --depth;
    else if (xml[end - 1] != '/') ++depth;
    if (depth == 0 && end + 1 != xml.size()) return false;
  }
  return !xml.empty() && xml.front() == '<' && depth == 0;
}

bool is_memory_size(std::string_view text) {
  if (text.size() < 2 || text.size() > 16 || std::string_view("BKMGT").find(text.back()) == std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const DataType text_32{.name = "string", .max_length = 32};
const DataType text_64{.name = "string", .max_length = 64};
const DataType text_256{.name = "string", .max_length = 256};
const DataType text_1024{.name = "string", .max_length = 1024};

namespace {
const DataType per_cent{.name = "short", .kind = Kind::integer, .minimum = 0, .maximum = 100};
const DataType final_status{.name = "FinalStatus", .kind = Kind::enumeration, .values = {"SUCCESS", "FAILURE"}};
const DataType name_value{.name = "NameValuePairItem", .kind = Kind::complex, .fields = {element("name", string, 1), element("value", string, 1)}};
}  // namespace
const DataType action_status{.name = "ActionStatus", .kind = Kind::complex,
                             .fields = {local("action", uri, 1), local("progress", per_cent, 1), local("finalStatus", final_status, 1)},
                             .always_local = true};
const DataType name_value_set{.name = "AreaNwkTypeInfoSet", .kind = Kind::complex, .fields = {element("areaNwkTypeItem", name_value, 0, unbounded)}};

const DataType battery_level{.name = "BatteryLevel", .kind = Kind::integer, .minimum = 0, .maximum = 100};
const DataType battery_status{.name = "BatteryStatus", .kind = Kind::enumeration,
                              .values = {"NORMAL", "CHARGING", "CHARGE_COMPLETE", "DAMAGED", "LOW_BATTERY", "NOT_INSTALLED", "UNKNOWN"}};
const DataType log_type{.name = "logTypId", .kind = Kind::enumeration, .values = {"systLog", "appLog"}};
const DataType log_data{.name = "LogDataFile", .kind = Kind::any, .matches = is_one_element, .form = "exactly one XML element, of any kind"};
const DataType occured_events{.name = "OccuredEvents", .kind = Kind::complex,
                              .fields = {local("currentIndex", per_cent, 1), local("trapEventTimeStamp", date_time, 1, 100)},
                              .always_local = true};
const DataType reboot_level{.name = "RebootLevel", .kind = Kind::enumeration, .values = {"RESTART_OS", "RESTART_ALL_APPLS", "RESTART_ONE_APPL"}};
const DataType reboot_timing{.name = "RebootTiming", .kind = Kind::enumeration, .values = {"IMMEDIATE", "ASAP"}};
const DataType area_nwk_type{.name = "AreaNwkType", .kind = Kind::enumeration,
                             .values = {"6LOWPAN", "6LOWPAN-BLUETOOTH", "6LOWPAN-WIFI", "6LOWPAN-PLC", "IPV4-WPAN", "IPV4-BLUETOOTH", "IPV4-WIFI",
                                        "IPV4-PLC", "ZIGBEE"}};
const DataType area_nwk_status{.name = "AreaNwkStatus", .kind = Kind::enumeration, .values = {"ASLEEP", "AWAKE"}};
const DataType group{
    .name = "Group", .kind = Kind::complex,
    .fields = {element("expirationTime", date_time, 0), element("accessRightID", uri, 0), element("searchStrings", search_strings, 0),
               element("creationTime", date_time, 0), element("lastModifiedTime", date_time, 0), element("announceTo", announce_to, 0),
               element("memberType", member_type, 0), element("currentNrOfMembers", integer, 0), element("maxNrOfMembers", integer, 0),
               element("members", uri_list, 0), element("membersContentAccessRightID", uri, 0), element("memberTypeValidated", boolean, 0),
               element("consistencyStrategy", consistency_strategy, 0), element("membersContentReference", uri, 0),
               element("subscriptionsReference", uri, 0), id_attribute(0)}};

const DataType memory_size{.name = "MemorySize", .matches = is_memory_size, .form = "a number of at most 15 digits and one of B K M G T, such as 64K"};
const DataType ranked_an_list{.name = "RankedAnList", .kind = Kind::complex, .fields = {element("accessNetwork", string, 1, unbounded), id_attribute()}};

namespace {
const DataType abs_time_span{.name = "AbsTimeSpan", .kind = Kind::complex,
                             .fields = {element("startTime", date_time, 1), element("endTime", date_time, 1), id_attribute()}};
const DataType sched_item{.name = "SchedItem", .kind = Kind::complex,
                          .fields = {element("absTimeSpan", abs_time_span, 0, unbounded), element("schedule", schedule, 0, unbounded), id_attribute()}};
const DataType rcat_schedule{.name = "RcatSchedule", .kind = Kind::complex,
                             .fields = {element("rcatValue", rcat, 1), element("schedItem", sched_item, 1, unbounded), id_attribute()}};
const DataType block_item{.name = "BlockItem", .kind = Kind::complex,
                          .fields = {element("failedAttempts", integer, 1), element("blockDuration", duration, 1), id_attribute()}};
}  // namespace
const DataType rcat_sched_list{.name = "RcatSchedList", .kind = Kind::complex, .fields = {element("rcatSchedule", rcat_schedule, 1, 8), id_attribute()}};
const DataType block_list{.name = "BlockList", .kind = Kind::complex, .fields = {element("blockItem", block_item, 1, unbounded), id_attribute()}};

namespace {
const DataType argument{.name = "ExecReqArg", .kind = Kind::complex, .fields = {local("name", string, 1), local("value", any, 1)}, .always_local = true};
const DataType result{.name = "ExecResultItem", .kind = Kind::complex, .fields = {local("name", string, 1), local("value", any, 1)}, .always_local = true};
}  // namespace
const DataType cmd_type{.name = "CmdType", .kind = Kind::enumeration,
                        .values = {"RESET", "REBOOT", "UPLOAD", "DOWNLOAD", "SCHEDULEDOWNLOAD", "SCHEDULEINFORM", "CHANGEDUSTATE"}};
const DataType exec_req_args{.name = "ExecReqArgsList", .kind = Kind::complex, .fields = {local("execReqArg", argument, 0, unbounded)},
                             .always_local = true};
const DataType exec_status{.name = "ExecStatus", .kind = Kind::enumeration, .values = {"INITIATED", "STARTED", "FINISHED", "CANCELLING"}};
const DataType exec_result{.name = "ExecResultList", .kind = Kind::complex, .fields = {local("execResultItem", result, 0, unbounded)},
                           .always_local = true};

}  // namespace nscl::model::types
