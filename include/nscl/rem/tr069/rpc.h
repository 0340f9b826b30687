// SPDX-License-Identifier: Apache-2.0
// Every message of CWMP that is used, for both sides: the ACS that we are, and the CPE that a simulator is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nscl/rem/tr069/faults.h>
#include <nscl/rem/tr069/inform.h>
#include <nscl/rem/tr069/parameters.h>
#include <nscl/rem/tr069/soap.h>
#include <nscl/rem/tr069/software.h>
#include <nscl/rem/tr069/transfers.h>

namespace nscl::rem::tr069 {

struct GetRPCMethods {
  static constexpr std::string_view name = "GetRPCMethods";
};
struct GetRPCMethodsResponse {
  static constexpr std::string_view name = "GetRPCMethodsResponse";
  std::vector<std::string> methods;
};
struct Reboot {
  static constexpr std::string_view name = "Reboot";
  std::string command_key;
};
struct RebootResponse {
  static constexpr std::string_view name = "RebootResponse";
};
struct FactoryReset {
  static constexpr std::string_view name = "FactoryReset";
};
struct FactoryResetResponse {
  static constexpr std::string_view name = "FactoryResetResponse";
};
struct ScheduleInform {
  static constexpr std::string_view name = "ScheduleInform";
  std::uint32_t delay_seconds = 0;
  std::string command_key;
};
struct ScheduleInformResponse {
  static constexpr std::string_view name = "ScheduleInformResponse";
};

/// Moved, not copied: some hold passwords.
using Message = std::variant<
    Fault, Inform, InformResponse, GetRPCMethods, GetRPCMethodsResponse,
    GetParameterNames, GetParameterNamesResponse, GetParameterValues, GetParameterValuesResponse,
    SetParameterValues, SetParameterValuesResponse, GetParameterAttributes, GetParameterAttributesResponse,
    SetParameterAttributes, SetParameterAttributesResponse, AddObject, AddObjectResponse, DeleteObject, DeleteObjectResponse,
    Download, DownloadResponse, Upload, UploadResponse, ScheduleDownload, ScheduleDownloadResponse,
    Reboot, RebootResponse, FactoryReset, FactoryResetResponse, ScheduleInform, ScheduleInformResponse,
    GetQueuedTransfers, GetQueuedTransfersResponse, GetAllQueuedTransfers, GetAllQueuedTransfersResponse,
    CancelTransfer, CancelTransferResponse, ChangeDUState, ChangeDUStateResponse,
    TransferComplete, TransferCompleteResponse, AutonomousTransferComplete, AutonomousTransferCompleteResponse,
    DUStateChangeComplete, DUStateChangeCompleteResponse, AutonomousDUStateChangeComplete, AutonomousDUStateChangeCompleteResponse,
    RequestDownload, RequestDownloadResponse>;

/// Bounds of a message that is read; one beyond them is refused with 8004.
inline constexpr std::size_t max_events = 64;
inline constexpr std::size_t max_inform_parameters = 4096;
inline constexpr std::size_t max_parameters = 100'000;   ///< of every other list of parameters or names
inline constexpr std::size_t max_entries = 256;          ///< of every other list
inline constexpr std::size_t max_identity_octets = 256;  ///< of each part of a DeviceId

std::string_view name_of(const Message& message);

/// The message in an envelope. The order of elements is free and any may be missing: what is missing, or makes no sense as the
/// number, boolean or date that it should be, has its default. An error is the fault to answer with: 8000 (no such RPC), 8003 (a
/// Status, an InstanceNumber or an operation that cannot be read, since no default would be safe; an identity that is too long),
/// 8004 (too many). A CPE answers with the code of the same last digits from 9000.
tl::expected<Message, Fault> read_message(const Envelope& envelope);

/// The whole document: one line, no XML declaration, every element of the schema in its order, booleans as 1 and 0.
std::string write_message(const Header& header, const Message& message);

}  // namespace nscl::rem::tr069
