// SPDX-License-Identifier: Apache-2.0
// What files that go over make of the actions that they are a part of (rem.md 2.4, 2.7, 4.8).
#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>
#include <nscl/rem/mapping.h>

#include "objects.h"
#include "state.h"

namespace nscl::rem {
namespace {

constexpr std::size_t longest_log = 64 * 1024;
constexpr int whole = 50;   ///< per cent of the action, once the file is there

/// 1 to 49 while it goes over; 50 then.
int progress_of(const store::Transfer& transfer) {
  if (transfer.size == 0 || transfer.moved >= transfer.size) return transfer.size == 0 ? 1 : whole;
  return 1 + static_cast<int>(static_cast<double>(transfer.moved) / static_cast<double>(transfer.size) * (whole - 2));
}

bool is_upload(const std::optional<store::Operation>& operation) {
  const auto task = operation ? task_from_json(operation->body) : Result<Task>(GetLeaves{});
  const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
  return command && command->type == "UPLOAD";
}

/// A leaf has its octets as base64.
std::string octets_of(Leaf leaf) {
  const bool is_text = leaf.type != "bin" && leaf.type != "b64";
  return is_text ? std::move(leaf.value) : base64_decode(leaf.value).value_or(leaf.value);
}

}  // namespace

net::Task<std::optional<KeptOctets>> Nrem::State::keep_read(std::uint64_t operation, Report& report, boost::asio::io_context& context) {
  std::optional<KeptOctets> out;
  if (report.end != Report::End::done || report.leaves.empty() || !options.transfers) co_return out;
  bool is_wanted = false;
  store.read([&](store::View& view) { is_wanted = is_upload(view.management().operation(operation)); }, context);
  if (!is_wanted) co_return out;
  auto octets = octets_of(std::move(report.leaves.front()));
  report.leaves.clear();
  auto kept = co_await options.transfers->keep_octets(std::move(octets));
  if (kept) {
    out = *std::move(kept);
    co_return out;
  }
  report = refused(kept.error());
  if (report.status == Status::service_unavailable) report.end = Report::End::later;   // the disk may have space another time
  co_return out;
}

Result<void> Nrem::State::show_moved(store::Transaction& transaction, const store::Transfer& transfer) {
  const auto operation = transaction.management().operation(transfer.operation);
  if (!operation || store::is_over(operation->state)) return {};
  const auto effect = effect_from_json(operation->change);
  if (!effect) return tl::unexpected(effect.error());
  if (effect->kind != Effect::Kind::action) return {};
  auto where = tree(transaction);
  return show_action(where, *effect, progress_of(transfer), false);
}

Result<model::Value> Nrem::State::log_data_of(store::View& view, const store::Operation& operation) const {
  if (!options.transfers) return failure(Status::not_found, "no files are kept here");
  const auto sent = options.transfers->sent(view, operation, longest_log);
  if (!sent) return tl::unexpected(sent.error());
  if (sent->octets) return log_of(*sent->octets);
  std::string text = "<log xmlns=\"" + std::string(object_attribute_namespace) + "\"";
  codec::append_xml_attribute(text += " href=\"", sent->url);
  return model::Value(text + "\"/>");
}

}  // namespace nscl::rem
