// SPDX-License-Identifier: Apache-2.0
// Firmware whose report is lost (rem.md 5.4, 5.5).
#include <nscl/base/log.h>
#include <nscl/core/authorise.h>

#include "state.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

constexpr std::chrono::minutes grace{10};   ///< within which the device may say something else
constexpr std::string_view firmware = "1 ";   // "1 Firmware Upgrade Image"

/// The version that a download brings; empty if it is not known, or no firmware.
std::string version_of(store::View& view, const Operation& operation, const Effect& effect) {
  const auto task = task_from_json(operation.body);
  const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
  if (!command || (command->type != "DOWNLOAD" && command->type != "SCHEDULEDOWNLOAD")) return {};
  const auto name = argument(*command, "File"), type = argument(*command, "FileType");
  if (!name.empty()) {
    const auto file = view.management().file(name);
    const bool is_firmware = file && (type.empty() ? std::string_view(file->type) : type).starts_with(firmware);
    return is_firmware ? file->version : std::string();
  }
  const auto image = type.starts_with(firmware) && !effect.status_resource.empty() ? view.find(effect.status_resource) : nullptr;
  return image ? std::string(core::text_of(*image, "firmwareVersion")) : std::string();
}

}  // namespace

Result<void> Nrem::State::note_version(store::Transaction& transaction, const std::string& device, const std::string& version) {
  for (auto& operation : transaction.management().pending(device, pending_looked_at)) {
    const bool is_begun = operation.state == OperationState::accepted || operation.state == OperationState::undecided;
    auto effect = effect_from_json(operation.change);
    if (!is_begun || !effect || version.empty() || version_of(transaction, operation, *effect) != version) continue;
    log::info("operation.version_seen", {{"device", device}, {"operation", operation.id}, {"version", version}});
    // It is not sent again in this session either.
    if (operation.state == OperationState::undecided) {
      if (auto done = take_report(transaction, operation, {.end = Report::End::accepted}); !done) return done;
      operation = *transaction.management().operation(operation.id);
      effect = effect_from_json(operation.change);
      if (!effect || operation.state != OperationState::accepted) continue;
    }
    effect->installed = version;
    operation.change = to_json(*effect);
    operation.expires = std::min<Time>(operation.expires, clock.now() + grace);
    transaction.manage().put_operation(operation);
  }
  return {};
}

bool Nrem::State::was_fetched(store::Transaction& transaction, const Operation& operation, const Task& task) const {
  const auto* command = std::get_if<Command>(&task);
  return command && (command->type == "DOWNLOAD" || command->type == "SCHEDULEDOWNLOAD") && options.transfers && options.transfers->was_fetched(transaction, operation);
}

}  // namespace nscl::rem
