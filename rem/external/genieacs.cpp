// SPDX-License-Identifier: Apache-2.0
// The driver for GenieACS. A task is in its queue, or it failed and is still there beside a fault, or it is gone: done.
#include <nscl/rem/genieacs.h>

#include <utility>

#include <boost/asio/use_awaitable.hpp>

#include "genie_client.h"
#include "genie_document.h"
#include "genie_task.h"

namespace nscl::rem {
namespace {

using Json = nlohmann::json;

constexpr std::size_t tasks_looked_at = 512;
constexpr std::uint64_t largest_file = 64u << 20;   // it is held in memory while it goes over

ExternalProgress ended(Report report, std::string ticket = {}) { return {.ticket = std::move(ticket), .report = std::move(report)}; }
ExternalProgress waiting(std::string ticket) { return {.is_waiting = true, .ticket = std::move(ticket), .report = {}}; }

ExternalProgress refused(Status status, std::string text) {
  return ended({.end = Report::End::failed, .status = status, .code = "REFUSED", .text = std::move(text)});
}
ExternalProgress later(Status status, std::string text) {
  return ended({.end = Report::End::later, .status = status, .code = "EXTERNAL_ACS", .text = std::move(text)});
}

/// Whether nothing of the call can have arrived.
bool was_not_sent(net::WebFailure::Kind kind) {
  using Kind = net::WebFailure::Kind;
  return kind == Kind::bad_uri || kind == Kind::not_supported || kind == Kind::forbidden_address || kind == Kind::unresolvable || kind == Kind::refused ||
         kind == Kind::insecure || kind == Kind::busy;
}

class GenieAcs final : public ExternalAcs {
 public:
  GenieAcs(boost::asio::io_context& context, net::WebClientOptions web, GenieAcsOptions options)
      : files_(std::exchange(options.files, {})), client_(context, std::move(web), std::move(options)) {}

  net::Task<Result<std::optional<ExternalDevice>>> find(std::string device) override;
  net::Task<Result<std::vector<ExternalDevice>>> list(std::string after, std::size_t limit) override;
  net::Task<ExternalProgress> submit(ExternalDevice device, Assignment assignment) override;
  net::Task<ExternalProgress> look(ExternalDevice device, Assignment assignment, std::string ticket) override;
  net::Task<Withdrawal> withdraw(ExternalDevice device, Assignment assignment, std::string ticket) override;
  void stop() override { client_.stop(); }

 private:
  net::Task<ExternalProgress> post(ExternalDevice device, Assignment assignment, Json task);
  net::Task<ExternalProgress> look_for(ExternalDevice device, Assignment assignment, Json task);
  net::Task<Result<std::string>> ticket_for(std::string device, Json task);
  net::Task<Result<std::optional<Report>>> made_before(ExternalDevice device, Assignment assignment);
  net::Task<ExternalProgress> conclude(ExternalDevice device, Assignment assignment, std::string ticket);
  net::Task<Result<Json>> document(std::string device, std::vector<std::string> projection);

  net::Task<std::optional<ExternalProgress>> bring_file(Json& task);

  const GenieFiles files_;
  GenieClient client_;
};

/// An empty object if GenieACS does not know the device.
net::Task<Result<Json>> GenieAcs::document(std::string device, std::vector<std::string> projection) {
  GenieQuery query;
  query.collection = "devices";
  query.where = Json{{"_id", device}};
  query.projection = std::move(projection);
  auto found = co_await client_.find(std::move(query));
  if (!found) co_return found;
  for (auto& each : *found) {
    if (each.is_object() && each.contains("_id") && each["_id"] == device) co_return std::move(each);
  }
  co_return Json::object();
}

net::Task<Result<std::optional<ExternalDevice>>> GenieAcs::find(std::string device) {
  const auto found = co_await document(std::move(device), identity_projection());
  if (!found) co_return tl::unexpected(found.error());
  co_return external_device_of(*found);
}

net::Task<Result<std::vector<ExternalDevice>>> GenieAcs::list(std::string after, std::size_t limit) {
  GenieQuery query;
  query.collection = "devices";
  query.where = Json::object();
  if (!after.empty()) query.where["_id"] = Json{{"$gt", after}};
  query.projection = identity_projection();
  query.limit = limit;
  const auto found = co_await client_.find(std::move(query));
  if (!found) co_return tl::unexpected(found.error());
  std::vector<ExternalDevice> out;
  for (const auto& document : *found) {
    auto device = external_device_of(document);
    if (device && device->id > after && out.size() < limit) out.push_back(*std::move(device));
  }
  co_return out;
}

net::Task<ExternalProgress> GenieAcs::submit(ExternalDevice device, Assignment assignment) {
  auto task = genie_task(assignment, device.facts.root);
  if (!task) co_return refused(task.error().status, std::move(task.error().detail));
  if (!assignment.ticket.empty()) {
    auto ticket = assignment.ticket;
    co_return co_await look(std::move(device), std::move(assignment), std::move(ticket));
  }
  if (assignment.may_have_happened || assignment.attempts > 1) co_return co_await look_for(std::move(device), std::move(assignment), *std::move(task));
  co_return co_await post(std::move(device), std::move(assignment), *std::move(task));
}

/// Devices fetch from GenieACS alone: it is given the file first. Nothing: the task may be submitted.
net::Task<std::optional<ExternalProgress>> GenieAcs::bring_file(Json& task) {
  if (!files_) co_return refused(Status::not_implemented, "no files are kept here");
  const auto copy = co_await files_(task.at("fileName").get<std::string>(), largest_file);
  if (!copy) co_return refused(copy.error().status, copy.error().detail);
  if (task.at("fileType") == "") task["fileType"] = copy->file.type;
  std::vector<std::pair<std::string, std::string>> fields;
  fields.emplace_back("fileType", task.at("fileType").get<std::string>());
  fields.emplace_back("oui", copy->file.oui);
  fields.emplace_back("productClass", copy->file.product_class);
  fields.emplace_back("version", copy->file.version);
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
  const auto answer = co_await client_.put_file(copy->file.name, std::move(fields), copy->octets);
  if (!answer) co_return later(Status::service_unavailable, "the external ACS does not take the file: " + answer.error().detail);
  if (answer->status != 200 && answer->status != 201) co_return later(Status::bad_gateway, "the external ACS answered a file with " + std::to_string(answer->status));
  co_return std::nullopt;
}

net::Task<ExternalProgress> GenieAcs::post(ExternalDevice device, Assignment assignment, Json task) {
  if (task.at("name") == "download") {
    auto problem = co_await bring_file(task);
    if (problem) co_return *std::move(problem);
  }
  const auto answer = co_await client_.submit(device.id, std::move(task));
  if (!answer && was_not_sent(answer.error().kind)) co_return later(Status::service_unavailable, "the external ACS cannot be reached: " + answer.error().detail);
  if (!answer) co_return waiting(std::string());
  const auto status = answer->status;
  if (status == 404) co_return refused(Status::not_found, "the external ACS does not know the device any more");
  if (status == 401 || status == 403) co_return later(Status::bad_gateway, "the external ACS does not take these credentials");
  if (status != 200 && status != 202) {
    auto text = "the external ACS answered " + std::to_string(status);
    co_return status < 500 ? refused(Status::bad_gateway, std::move(text)) : later(Status::bad_gateway, std::move(text));
  }
  auto ticket = ticket_in(Json::parse(answer->body, nullptr, false));
  if (status == 200) co_return co_await conclude(std::move(device), std::move(assignment), std::move(ticket));
  if (ticket.empty()) co_return waiting(std::string());
  co_return co_await look(std::move(device), std::move(assignment), std::move(ticket));   // it may have failed at once
}

/// Of our task in the queue of the device; empty: it is not there.
net::Task<Result<std::string>> GenieAcs::ticket_for(std::string device, Json task) {
  GenieQuery query;
  query.collection = "tasks";
  query.where = Json{{"device", device}};
  query.limit = tasks_looked_at;
  const auto found = co_await client_.find(std::move(query));
  if (!found) co_return tl::unexpected(found.error());
  for (const auto& each : *found) {
    auto ticket = is_task(each, task) ? ticket_in(each) : std::string();
    if (!ticket.empty()) co_return ticket;
  }
  co_return std::string();
}

/// The answer of an earlier submission was lost, or there was none. If the task is not in the queue it is done, or it never arrived, and is
/// submitted: all but an addition may be done twice (rem.md 5.4).
net::Task<ExternalProgress> GenieAcs::look_for(ExternalDevice device, Assignment assignment, Json task) {
  auto ticket = co_await ticket_for(device.id, task);
  if (!ticket) co_return waiting(std::string());
  if (!ticket->empty()) co_return co_await look(std::move(device), std::move(assignment), *std::move(ticket));
  auto made = co_await made_before(device, assignment);
  if (!made) co_return waiting(std::string());
  if (*made) co_return ended(**std::move(made));
  co_return co_await post(std::move(device), std::move(assignment), std::move(task));
}

/// Nothing: it is no addition, or there is no new instance.
net::Task<Result<std::optional<Report>>> GenieAcs::made_before(ExternalDevice device, Assignment assignment) {
  const auto* const add = std::get_if<AddInstance>(&assignment.task);
  if (!add) co_return std::nullopt;
  auto paths = genie_paths(assignment.task, device.facts.root);
  const auto shown = co_await document(device.id, std::move(paths));
  if (!shown) co_return tl::unexpected(shown.error());
  const auto made = made_instance(*add, tree_of(*shown, device.facts.root));
  if (made && !*made) co_return std::nullopt;
  co_return report_of_document(assignment, *shown, device.facts.root);
}

net::Task<ExternalProgress> GenieAcs::look(ExternalDevice device, Assignment assignment, std::string ticket) {
  if (ticket.empty()) {
    auto task = genie_task(assignment, device.facts.root);
    if (!task) co_return refused(task.error().status, std::move(task.error().detail));
    co_return co_await look_for(std::move(device), std::move(assignment), *std::move(task));
  }
  GenieQuery faults;
  faults.collection = "faults";
  faults.where = Json{{"_id", device.id + ":task_" + ticket}};
  const auto fault = co_await client_.find(std::move(faults));
  if (!fault || (!fault->empty() && is_passing_fault(fault->front()))) co_return waiting(std::move(ticket));
  if (!fault->empty()) co_return ended(report_of_fault(fault->front(), assignment), std::move(ticket));
  GenieQuery tasks;
  tasks.collection = "tasks";
  tasks.where = Json{{"_id", ticket}};
  tasks.projection = {"_id"};
  const auto task = co_await client_.find(std::move(tasks));
  if (!task || !task->empty()) co_return waiting(std::move(ticket));
  co_return co_await conclude(std::move(device), std::move(assignment), std::move(ticket));
}

/// The task is gone without a fault. What it made of the device is read; until that can be, nothing is told.
net::Task<ExternalProgress> GenieAcs::conclude(ExternalDevice device, Assignment assignment, std::string ticket) {
  if (std::holds_alternative<Command>(assignment.task) || std::holds_alternative<DeleteInstance>(assignment.task)) co_return ended(Report{});
  auto paths = genie_paths(assignment.task, device.facts.root);
  const auto shown = co_await document(device.id, std::move(paths));
  if (!shown) co_return waiting(std::move(ticket));
  co_return ended(report_of_document(assignment, *shown, device.facts.root));
}

net::Task<Withdrawal> GenieAcs::withdraw(ExternalDevice device, Assignment assignment, std::string ticket) {
  auto task = genie_task(assignment, device.facts.root);
  if (ticket.empty() && task) {
    auto found = co_await ticket_for(device.id, *std::move(task));
    if (!found) co_return Withdrawal::not_now;
    ticket = *std::move(found);
  }
  if (ticket.empty()) co_return Withdrawal::absent;
  const auto answer = co_await client_.remove(std::move(ticket));
  if (answer && answer->status == 404) co_return Withdrawal::absent;
  co_return answer && answer->status == 200 ? Withdrawal::withdrawn : Withdrawal::not_now;
}

}  // namespace

std::unique_ptr<ExternalAcs> make_genieacs(boost::asio::io_context& context, net::WebClientOptions web, GenieAcsOptions options) {
  return std::make_unique<GenieAcs>(context, std::move(web), std::move(options));
}

}  // namespace nscl::rem
