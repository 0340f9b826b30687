// SPDX-License-Identifier: Apache-2.0
// RPCs about files, in both directions. A time that is not there was not known to the device.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>

namespace nscl::rem::tr069 {

/// The end of a transfer: 0 is success, and so is a FaultStruct that is missing.
struct FaultStruct {
  std::uint32_t code = 0;
  std::string text;
};

struct Download {
  static constexpr std::string_view name = "Download";
  std::string command_key;               ///< at most 32 characters
  std::string file_type;                 ///< "1 Firmware Upgrade Image" ..., at most 64 characters
  std::string url;                       ///< at most 256 characters
  std::string username;
  Secret password;
  std::uint32_t file_size = 0;           ///< octets; 0: unknown
  std::string target_file_name;
  std::uint32_t delay_seconds = 0;
  std::string success_url;
  std::string failure_url;
};
struct DownloadResponse {
  static constexpr std::string_view name = "DownloadResponse";
  std::uint32_t status = 0;              ///< 0 done, 1 a TransferComplete follows
  std::optional<Time> start_time;
  std::optional<Time> complete_time;
};

struct Upload {
  static constexpr std::string_view name = "Upload";
  std::string command_key;
  std::string file_type;
  std::string url;
  std::string username;
  Secret password;
  std::uint32_t delay_seconds = 0;
};
struct UploadResponse {
  static constexpr std::string_view name = "UploadResponse";
  std::uint32_t status = 0;
  std::optional<Time> start_time;
  std::optional<Time> complete_time;
};

struct TimeWindowStruct {
  std::uint32_t window_start = 0;        ///< seconds from now
  std::uint32_t window_end = 0;
  std::string window_mode;               ///< "1 At Any Time", "2 Immediately", "3 When Idle", "4 Confirmation Needed"
  std::string user_message;
  std::int32_t max_retries = 0;          ///< -1: as often as the device likes
};

struct ScheduleDownload {
  static constexpr std::string_view name = "ScheduleDownload";
  std::string command_key;
  std::string file_type;
  std::string url;
  std::string username;
  Secret password;
  std::uint32_t file_size = 0;
  std::string target_file_name;
  std::vector<TimeWindowStruct> time_windows;   ///< one or two
};
struct ScheduleDownloadResponse {
  static constexpr std::string_view name = "ScheduleDownloadResponse";
};

/// State: 1 not started, 2 going on, 3 done and to be reported.
struct QueuedTransferStruct {
  std::string command_key;
  std::uint32_t state = 0;
};
struct AllQueuedTransferStruct {
  std::string command_key;
  std::uint32_t state = 0;
  bool is_download = false;
  std::string file_type;
  std::uint32_t file_size = 0;
  std::string target_file_name;
};

struct GetQueuedTransfers {
  static constexpr std::string_view name = "GetQueuedTransfers";
};
struct GetQueuedTransfersResponse {
  static constexpr std::string_view name = "GetQueuedTransfersResponse";
  std::vector<QueuedTransferStruct> transfers;
};
struct GetAllQueuedTransfers {
  static constexpr std::string_view name = "GetAllQueuedTransfers";
};
struct GetAllQueuedTransfersResponse {
  static constexpr std::string_view name = "GetAllQueuedTransfersResponse";
  std::vector<AllQueuedTransferStruct> transfers;
};

struct CancelTransfer {
  static constexpr std::string_view name = "CancelTransfer";
  std::string command_key;
};
struct CancelTransferResponse {
  static constexpr std::string_view name = "CancelTransferResponse";
};

struct TransferComplete {
  static constexpr std::string_view name = "TransferComplete";
  std::string command_key;               ///< may be empty, or one that nobody knows
  FaultStruct fault;
  std::optional<Time> start_time;
  std::optional<Time> complete_time;
};
struct TransferCompleteResponse {
  static constexpr std::string_view name = "TransferCompleteResponse";
};

struct AutonomousTransferComplete {
  static constexpr std::string_view name = "AutonomousTransferComplete";
  std::string announce_url;
  std::string transfer_url;
  bool is_download = false;
  std::string file_type;
  std::uint32_t file_size = 0;
  std::string target_file_name;
  FaultStruct fault;
  std::optional<Time> start_time;
  std::optional<Time> complete_time;
};
struct AutonomousTransferCompleteResponse {
  static constexpr std::string_view name = "AutonomousTransferCompleteResponse";
};

struct ArgStruct {
  std::string name;
  std::string value;
};
struct RequestDownload {
  static constexpr std::string_view name = "RequestDownload";
  std::string file_type;
  std::vector<ArgStruct> arguments;
};
struct RequestDownloadResponse {
  static constexpr std::string_view name = "RequestDownloadResponse";
};

}  // namespace nscl::rem::tr069
