// SPDX-License-Identifier: Apache-2.0
// Transfers: a secret place for each, and what commands are told of it.
#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/rem/device_facts.h>

#include "state.h"

namespace nscl::rem {
namespace {

constexpr std::size_t secret_length = 26, user_length = 12, longest_url = 256;
constexpr std::size_t digest_nonces = 10'000;

std::string context_of(const store::Transfer& transfer) { return length_prefixed({"NSCL-1 transfer", transfer.token, transfer.user}); }

security::DigestAuthentication::Options digest_options() {
  security::DigestAuthentication::Options options;
  options.realm = "files";
  options.allow_md5 = true;   // the passwords are random: nobody guesses one from its hash, and most devices know nothing else
  options.nonces = digest_nonces;
  return options;
}

/// The octets, if they are those that were imported.
Result<std::string> whole_of(const FileStore& files, const store::ManagedFile& file) {
  if (auto good = files.check(file); !good) return tl::unexpected(good.error());
  const auto reading = Reading::open(files.path_of(file.sha256));
  if (!reading) return tl::unexpected(reading.error());
  std::string out;
  const auto read = reading->each_piece([&](std::string_view piece) -> Result<void> { return out += piece, Result<void>{}; });
  if (!read) return tl::unexpected(read.error());
  return out;
}

bool is_upload_command(const Command& command) { return command.type == "UPLOAD"; }

void set(Command& command, const std::string& name, std::string value) {
  std::erase_if(command.arguments, [&](const Argument& each) { return each.name == name; });
  command.arguments.push_back({name, std::move(value)});
}

void set_unless_given(Command& command, const std::string& name, std::string value) {
  if (argument(command, name).empty()) set(command, name, std::move(value));
}

}  // namespace

std::string_view argument(const Command& command, std::string_view name) {
  const auto found = std::find_if(command.arguments.begin(), command.arguments.end(), [&](const Argument& each) { return each.name == name; });
  return found == command.arguments.end() ? std::string_view{} : std::string_view{found->value};
}

bool needs_plan(const Task& task) {
  const auto* const command = std::get_if<Command>(&task);
  if (command == nullptr) return false;
  const bool names_file = std::any_of(command->arguments.begin(), command->arguments.end(), [](const Argument& each) { return each.name == "File"; });
  return names_file || (is_upload_command(*command) && argument(*command, "URL").empty());
}

Files::State::State(FilesOptions its_options, store::Store& its_store, security::Audit& its_audit, Secret key, const Clock& its_clock)
    : options(std::move(its_options)), files(options.store), store(its_store), audit(its_audit), clock(its_clock), wrapper(security::aes_wrapper(std::move(key))),
      digest(digest_options()) {
  make_secrets(decoy);
}

Slot Files::State::take_slot() {
  if (going_on->fetch_add(1) >= options.transfers) {
    going_on->fetch_sub(1);
    return nullptr;
  }
  return Slot(going_on.get(), [count = going_on](void*) { count->fetch_sub(1); });
}

TransferSecrets Files::State::make_secrets(store::Transfer& transfer) const {
  TransferSecrets made{random_name(secret_length), Secret(std::string_view(random_name(secret_length)))};
  transfer.token = hex_encode(sha256(made.token));
  transfer.user = random_name(user_length);
  transfer.secret = wrapper->wrap(context_of(transfer), Secret(made.token + std::string(made.password.view())));
  return made;
}

std::optional<TransferSecrets> Files::State::open(const store::Transfer& transfer) const {
  const auto octets = wrapper->unwrap(context_of(transfer), transfer.secret);
  if (!octets || octets->size() != 2 * secret_length) return std::nullopt;
  return TransferSecrets{std::string(octets->view().substr(0, secret_length)), Secret(octets->view().substr(secret_length))};
}

/// What the URLs that this device is told begin with.
Result<std::string> Files::State::base_url(const store::ManagedDevice& device) const {
  const auto scheme = options.scheme ? options.scheme(facts_from_json(device.facts)) : std::string();
  if (scheme.empty()) return options.url;
  for (const auto& url : {options.url, options.other_url}) {
    if (url.starts_with(scheme + "://")) return url;
  }
  return failure(Status::not_implemented, "devices of this model take files by " + scheme + " alone, and files.url and files.other_url are not that");
}

Result<void> Files::State::check_file(store::View&, const store::ManagedDevice& device, const store::ManagedFile& file) const {
  if (!file.device.empty() && file.device != device.id) return failure(Status::conflict, "the file " + file.name + " came from another device");
  const auto facts = facts_from_json(device.facts);
  const bool fits = (file.oui.empty() || file.oui == facts.oui) && (file.product_class.empty() || file.product_class == facts.product_class);
  if (!fits) return failure(Status::conflict, "the file " + file.name + " is meant for devices of another OUI or ProductClass");
  const auto url = base_url(device);
  if (!url) return tl::unexpected(url.error());
  if (is_firmware(file.type) && file.signature.empty() && url->starts_with("http://") && !options.unsigned_over_http)
    return failure(Status::forbidden, "unsigned firmware is not sent over plain HTTP");
  return {};
}

/// That of the operation if it has one already, with its time begun anew: the device may know it.
Result<store::Transfer> Files::State::transfer(store::Transaction& transaction, const store::Operation& operation, bool is_upload, const store::ManagedFile& file) {
  auto& management = transaction.manage();
  const auto before = management.transfer_of(operation.id);
  const bool is_same = before && before->is_upload == is_upload && before->file == file.name && before->size == file.size && before->expires > now();
  store::Transfer made = is_same ? *before : store::Transfer{};
  if (!is_same) {
    make_secrets(made);
    made.operation = operation.id;
    made.device = operation.device;
    made.is_upload = is_upload;
    made.file = file.name;
    made.size = file.size;
    made.created = now();
  }
  made.expires = now() + longest_life;
  management.put_transfer(made);
  return made;
}

Result<store::Transfer> Files::State::upload_of(store::Transaction& transaction, const store::Operation& operation) {
  store::ManagedFile file;
  file.name = std::string(upload_prefix) + std::to_string(operation.id);
  return transfer(transaction, operation, true, file);
}

Result<TransferPlan> Files::State::plan_of(const store::Transfer& transfer, const store::ManagedDevice& device) const {
  const auto url = base_url(device);
  if (!url) return tl::unexpected(url.error());
  auto secrets = open(transfer);
  if (!secrets) return failure(Status::internal_server_error, "the credentials of a transfer do not open: its row was changed outside of this program");
  TransferPlan plan;
  plan.url = *url + (transfer.is_upload ? "/uploads/" : "/files/") + secrets->token + "/" + transfer.file;
  plan.user = transfer.user;
  plan.password = std::move(secrets->password);
  plan.size = transfer.size;
  if (plan.url.size() > longest_url) return failure(Status::internal_server_error, "the URL of the file would have more than 256 characters");
  return plan;
}

Result<TransferPlan> Files::plan_download(store::Transaction& transaction, const store::Operation& operation, std::string_view name) {
  if (state_->options.url.empty()) return failure(Status::not_implemented, "it is not configured where devices fetch files (files.url)");
  const auto file = transaction.management().file(name);
  if (!file) return failure(Status::not_found, "there is no file " + std::string(name));
  const auto device = transaction.management().device(operation.device);
  if (!device) return failure(Status::not_found, "the device is not known any more");
  if (auto good = state_->check_file(transaction, *device, *file); !good) return tl::unexpected(good.error());
  if (auto good = state_->files.check(*file); !good) return tl::unexpected(good.error());
  const auto made = state_->transfer(transaction, operation, false, *file);
  if (!made) return tl::unexpected(made.error());
  auto plan = state_->plan_of(*made, *device);
  if (!plan) return plan;
  plan->target_name = file->name;
  plan->type = file->type;
  return plan;
}

Result<TransferPlan> Files::plan_upload(store::Transaction& transaction, const store::Operation& operation) {
  if (state_->options.url.empty()) return failure(Status::not_implemented, "it is not configured where devices send files (files.url)");
  const auto device = transaction.management().device(operation.device);
  if (!device) return failure(Status::not_found, "the device is not known any more");
  const auto made = state_->upload_of(transaction, operation);
  if (!made) return tl::unexpected(made.error());
  return state_->plan_of(*made, *device);
}

Result<void> Files::check(store::View& view, const store::ManagedDevice& device, const Command& command) {
  const bool is_external = !facts_from_json(device.facts).external.empty();   // it fetches them from its own ACS
  if (state_->options.url.empty() && !is_external) return failure(Status::not_implemented, "it is not configured where devices reach files (files.url)");
  if (const auto url = state_->base_url(device); !url && !is_external) return tl::unexpected(url.error());
  if (is_upload_command(command)) return argument(command, "File").empty() ? Result<void>{} : bad_request("an UPLOAD names no File: its name is given here");
  if (command.type != "DOWNLOAD" && command.type != "SCHEDULEDOWNLOAD") return bad_request("a " + command.type + " names no File");
  for (const std::string_view name : {"URL", "Username", "Password", "FileSize"}) {
    if (!argument(command, name).empty()) return bad_request("a command that names a File names no " + std::string(name));
  }
  const auto name = argument(command, "File");
  const auto file = view.management().file(name);
  if (!file) return failure(Status::not_found, "there is no file " + std::string(name.substr(0, 64)));
  return state_->check_file(view, device, *file);
}

net::Task<Result<void>> Files::prepare(Command command) {
  std::optional<store::ManagedFile> file;
  state_->store.read([&](store::View& view) { file = view.management().file(argument(command, "File")); });
  if (!file) co_return Result<void>{};   // plan() says so
  std::function<Result<void>()> work = [state = state_.get(), &file] { return state->files.check(*file); };
  co_return co_await state_->workers->run(std::move(work));
}

Result<void> Files::plan(store::Transaction& transaction, const store::Operation& operation, Command& command) {
  const auto device = transaction.management().device(operation.device);
  if (!device) return failure(Status::not_found, "the device is not known any more");
  if (auto good = check(transaction, *device, command); !good) return good;
  const bool uploads = is_upload_command(command);
  const auto plan = uploads ? plan_upload(transaction, operation) : plan_download(transaction, operation, argument(command, "File"));
  if (!plan) return tl::unexpected(plan.error());
  set(command, "URL", plan->url);
  set(command, "Username", plan->user);
  set(command, "Password", std::string(plan->password.view()));
  if (uploads) return {};
  std::erase_if(command.arguments, [](const Argument& each) { return each.name == "File"; });
  set_unless_given(command, "FileType", plan->type);
  set(command, "FileSize", std::to_string(plan->size));
  set_unless_given(command, "TargetFileName", plan->target_name);
  return {};
}

bool Files::was_fetched(store::View& view, const store::Operation& operation) {
  const auto transfer = view.management().transfer_of(operation.id);
  return transfer && !transfer->is_upload && transfer->size > 0 && state_->progress->moved(*transfer) >= transfer->size;
}

net::Task<Result<FileCopy>> Files::copy(std::string name, std::uint64_t limit) {
  FileCopy out;
  std::optional<store::ManagedFile> file;
  state_->store.read([&](store::View& view) { file = view.management().file(name); });
  if (!file) co_return failure(Status::not_found, "there is no file " + name.substr(0, 64));
  if (file->size > limit) co_return failure(Status::conflict, "the file " + file->name + " is too large for the external ACS: " + std::to_string(file->size) + " octets");
  std::function<Result<std::string>()> work = [state = state_.get(), &file] { return whole_of(state->files, *file); };
  auto octets = co_await state_->workers->run(std::move(work));
  if (!octets) co_return tl::unexpected(octets.error());
  out.file = *std::move(file);
  out.octets = std::make_shared<const std::string>(*std::move(octets));
  co_return out;
}

std::vector<Argument> Files::end(store::Transaction& transaction, const store::Operation& operation) {
  auto transfer = transaction.management().transfer_of(operation.id);
  if (!transfer) return {};
  transfer->expires = std::min<Time>(transfer->expires, state_->now() + life_after_report);
  transaction.manage().put_transfer(*transfer);
  if (!transfer->is_upload || !transaction.management().file(transfer->file)) return {};
  return {{"FileURL", state_->admin_url_of(transfer->file)}};
}

void Files::tell(TransferMoved moved) { state_->moved = std::move(moved); }

void Files::localise(Command& command) const {
  const auto url = argument(command, "URL"), place = std::string_view("/m2m-admin/files/");
  const auto& here = state_->options.admin_url;
  const auto begin = url.starts_with(place) ? 0 : here.size();
  if (begin != 0 && !url.starts_with(here)) return;
  if (!url.substr(begin).starts_with(place) || !is_file_name(url.substr(begin + place.size()))) return;
  set(command, "File", std::string(url.substr(begin + place.size())));
  std::erase_if(command.arguments, [](const Argument& each) { return each.name == "URL"; });
}

Result<SentFile> Files::sent(store::View& view, const store::Operation& operation, std::size_t limit) {
  const auto transfer = view.management().transfer_of(operation.id);
  const auto file = transfer && transfer->is_upload ? view.management().file(transfer->file) : std::nullopt;
  if (!file) return failure(Status::not_found, "the device sent no file");
  SentFile out{state_->admin_url_of(file->name), {}};
  if (file->size > limit) return out;
  const auto opened = Reading::open(state_->files.path_of(file->sha256));
  if (!opened) return tl::unexpected(opened.error());
  auto& octets = out.octets.emplace();
  const auto read = opened->each_piece([&](std::string_view piece) { return octets.append(piece), Result<void>{}; });
  if (!read) return tl::unexpected(read.error());
  return out;
}

}  // namespace nscl::rem
