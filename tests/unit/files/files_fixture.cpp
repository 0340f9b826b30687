// SPDX-License-Identifier: Apache-2.0
#include "files_fixture.h"

#include <nscl/base/bytes.h>
#include <nscl/security/audit_key.h>

namespace nscl::rem {

std::string Got::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

FilesFixture::FilesFixture() {
  open(usual());
  make_gateway();
}

FilesFixture::~FilesFixture() {
  listener_of_files_.reset();
  files_.reset();
}

FilesOptions FilesFixture::usual() const {
  FilesOptions options;
  options.url = "http://acs.example:7548";
  options.unsigned_over_http = true;
  options.basic_without_tls = true;
  return options;
}

void FilesFixture::open(FilesOptions options) {
  options.store.directory = directory_ / "files";
  listener_of_files_.reset();
  nrem_.reset();
  files_.reset();
  audit_.reset();
  restart();
  audit_ = std::make_unique<security::Audit>(*store_, clock_, security::AuditKey::make(), std::chrono::seconds{0});
  files_ = std::make_unique<Files>(options, *store_, *audit_, Secret(std::string_view("0123456789abcdef0123456789abcdef")), clock_);
  listener_of_files_ = files_->handler();
  NremOptions nrem;
  nrem.transfers = files_.get();
  pipeline_->set_delegate(nullptr);
  nrem_ = std::make_unique<Nrem>(registry_, *store_, clock_, *pipeline_, listener_, table_, *context_, nrem);
  pipeline_->set_delegate(nrem_.get());
}

std::filesystem::path FilesFixture::write(const std::string& name, std::string_view octets) const {
  std::ofstream(directory_ / name, std::ios::binary) << octets;
  return directory_ / name;
}

Result<void> FilesFixture::import(const std::string& name, std::string_view octets, store::ManagedFile description) {
  FileStoreOptions options;
  options.directory = directory_ / "files";
  const FileStore files(options);
  description.name = name;
  description.created = clock_.now();
  if (description.type.empty()) description.type = "1 Firmware Upgrade Image";
  const auto file = files.add_from(write("source", octets), std::move(description));
  if (!file) return tl::unexpected(file.error());
  return store_->write_and_wait([&](store::Transaction& transaction) { return files.put(transaction, *file); });
}

std::filesystem::path FilesFixture::octets_of(const std::string& name) {
  std::filesystem::path out;
  look([&](store::View& view) { out = directory_ / "files" / hex_encode(view.management().file(name)->sha256); });
  return out;
}

store::Transfer FilesFixture::transfer_of(std::uint64_t operation) {
  store::Transfer out;
  look([&](store::View& view) { out = view.management().transfer_of(operation).value_or(store::Transfer{}); });
  return out;
}

namespace {

net::Task<Got> converse(net::WebHandler& handler, const Ask& ask, std::size_t pieces) {
  net::WebRequest request;
  request.method = ask.method;
  request.target = ask.target;
  request.authorization = ask.authorization;
  request.range = ask.range;
  request.if_range = ask.if_range;
  request.if_none_match = ask.if_none_match;
  request.if_modified_since = ask.if_modified_since;
  request.has_body_framing = !ask.body.empty();
  request.peer = "127.0.0.1";
  net::WebResponse response;
  response.status = 0;
  if (!ask.body.empty() && handler.streams(request)) {
    response = co_await handler.admit(request);
    const std::string_view body = ask.body;
    for (std::size_t i = 0; response.status == 0 && i < pieces; ++i) {
      const auto refusal = co_await request.sink->take(body.substr(i * body.size() / pieces, (i + 1) * body.size() / pieces - i * body.size() / pieces));
      if (refusal.status != 0) response = handler.refuse(refusal.status, refusal.reason);
    }
  }
  if (response.status == 0) response = co_await handler.handle(request);
  Got got{response.status, response.body ? *response.body : std::string(), {}, response.stream ? response.stream->size() : 0};
  for (const auto& [name, value] : response.fields) got.fields.emplace_back(name, value);
  if (response.stream && ask.method == net::Method::get) {
    got.body.resize(response.stream->size());
    const std::size_t read = co_await response.stream->read(got.body.data(), got.body.size());
    got.body.resize(read);
    if (response.on_written) response.on_written();
  }
  co_return got;
}

}  // namespace

Got FilesFixture::ask(const Ask& ask, std::size_t pieces) { return run(converse(*listener_of_files_, ask, pieces)); }

std::size_t FilesFixture::stored() const {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(directory_ / "files")) ++count;
  return count;
}

std::string basic(std::string_view user, std::string_view password) { return "Basic " + base64_encode(std::string(user) + ":" + std::string(password)); }

std::string value_of(const Assignment& assignment, std::string_view name) { return std::string(argument(std::get<Command>(assignment.task), name)); }

std::string target_of(const Assignment& assignment) { return value_of(assignment, "URL").substr(std::string_view("http://acs.example:7548").size()); }

std::string login_of(const Assignment& assignment) { return basic(value_of(assignment, "Username"), value_of(assignment, "Password")); }

}  // namespace nscl::rem
