// SPDX-License-Identifier: Apache-2.0
// Elements of the messages about files. All are sent always: some devices miss them otherwise.
#pragma once

#include <nscl/rem/tr069/rpc.h>
#include <nscl/rem/tr069/transfers.h>

#include "fields.h"

namespace nscl::rem::tr069 {

template <class Form, Of<FaultStruct> M>
void fields(Form& form, M& fault) {
  form.fault_code("FaultCode", fault.code);
  form.word("FaultString", fault.text);
}

template <class Form, Of<Download> M>
void fields(Form& form, M& message) {
  form.text("CommandKey", message.command_key);
  form.word("FileType", message.file_type);
  form.word("URL", message.url);
  form.text("Username", message.username);
  form.secret("Password", message.password);
  form.number("FileSize", message.file_size);
  form.word("TargetFileName", message.target_file_name);
  form.number("DelaySeconds", message.delay_seconds);
  form.word("SuccessURL", message.success_url);
  form.word("FailureURL", message.failure_url);
}

template <class Form, class M>
  requires Of<M, DownloadResponse> || Of<M, UploadResponse>
void fields(Form& form, M& message) {
  form.outcome("Status", message.status);
  form.time("StartTime", message.start_time);
  form.time("CompleteTime", message.complete_time);
}

template <class Form, Of<Upload> M>
void fields(Form& form, M& message) {
  form.text("CommandKey", message.command_key);
  form.word("FileType", message.file_type);
  form.word("URL", message.url);
  form.text("Username", message.username);
  form.secret("Password", message.password);
  form.number("DelaySeconds", message.delay_seconds);
}

template <class Form, Of<TimeWindowStruct> M>
void fields(Form& form, M& window) {
  form.number("WindowStart", window.window_start);
  form.number("WindowEnd", window.window_end);
  form.word("WindowMode", window.window_mode);
  form.text("UserMessage", window.user_message);
  form.number("MaxRetries", window.max_retries);
}

template <class Form, Of<ScheduleDownload> M>
void fields(Form& form, M& message) {
  form.text("CommandKey", message.command_key);
  form.word("FileType", message.file_type);
  form.word("URL", message.url);
  form.text("Username", message.username);
  form.secret("Password", message.password);
  form.number("FileSize", message.file_size);
  form.word("TargetFileName", message.target_file_name);
  form.list("TimeWindowList", "TimeWindowStruct", message.time_windows, max_entries);
}

template <class Form, Of<QueuedTransferStruct> M>
void fields(Form& form, M& transfer) {
  form.text("CommandKey", transfer.command_key);
  form.number("State", transfer.state);
}

template <class Form, Of<AllQueuedTransferStruct> M>
void fields(Form& form, M& transfer) {
  form.text("CommandKey", transfer.command_key);
  form.number("State", transfer.state);
  form.flag("IsDownload", transfer.is_download);
  form.word("FileType", transfer.file_type);
  form.number("FileSize", transfer.file_size);
  form.word("TargetFileName", transfer.target_file_name);
}

template <class Form, Of<GetQueuedTransfersResponse> M>
void fields(Form& form, M& message) {
  form.list("TransferList", "QueuedTransferStruct", message.transfers, max_entries);
}

template <class Form, Of<GetAllQueuedTransfersResponse> M>
void fields(Form& form, M& message) {
  form.list("TransferList", "AllQueuedTransferStruct", message.transfers, max_entries);
}

template <class Form, Of<CancelTransfer> M>
void fields(Form& form, M& message) {
  form.text("CommandKey", message.command_key);
}

template <class Form, Of<TransferComplete> M>
void fields(Form& form, M& message) {
  form.text("CommandKey", message.command_key);
  form.one("FaultStruct", message.fault);
  form.time("StartTime", message.start_time);
  form.time("CompleteTime", message.complete_time);
}

template <class Form, Of<AutonomousTransferComplete> M>
void fields(Form& form, M& message) {
  form.word("AnnounceURL", message.announce_url);
  form.word("TransferURL", message.transfer_url);
  form.flag("IsDownload", message.is_download);
  form.word("FileType", message.file_type);
  form.number("FileSize", message.file_size);
  form.word("TargetFileName", message.target_file_name);
  form.one("FaultStruct", message.fault);
  form.time("StartTime", message.start_time);
  form.time("CompleteTime", message.complete_time);
}

template <class Form, Of<ArgStruct> M>
void fields(Form& form, M& argument) {
  form.word("Name", argument.name);
  form.text("Value", argument.value);
}

template <class Form, Of<RequestDownload> M>
void fields(Form& form, M& message) {
  form.word("FileType", message.file_type);
  form.list("FileTypeArg", "ArgStruct", message.arguments, max_entries);
}

}  // namespace nscl::rem::tr069
