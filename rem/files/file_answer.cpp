// SPDX-License-Identifier: Apache-2.0
#include "file_answer.h"

#include <nscl/base/bytes.h>

#include "range.h"

namespace nscl::rem {
namespace {

/// A part of an open file. One descriptor, one piece of memory (in the session), whatever the size.
class FileBody final : public net::WebBody {
 public:
  FileBody(std::shared_ptr<Workers> workers, Reading file, const WantedRange& part, Slot slot, Moved moved)
      : workers_(std::move(workers)), file_(std::move(file)), first_(part.first), size_(part.size), slot_(std::move(slot)), moved_(std::move(moved)) {}

  std::uint64_t size() const override { return size_; }

  net::Task<std::size_t> read(char* into, std::size_t room) override {
    if (moved_) moved_(first_, first_ + sent_);
    std::function<std::size_t()> work = [this, into, room] { return file_.read(first_ + sent_, into, room); };
    const std::size_t octets = co_await workers_->run(std::move(work));
    sent_ += octets;
    co_return octets;
  }

  void finish() const {
    if (moved_) moved_(first_, first_ + sent_);
  }

 private:
  const std::shared_ptr<Workers> workers_;
  const Reading file_;
  const std::uint64_t first_, size_;
  std::uint64_t sent_ = 0;   ///< or about to be
  const Slot slot_;
  const Moved moved_;
};

std::string content_range(const WantedRange& wanted, std::uint64_t size) {
  const auto whole = "/" + std::to_string(size);
  if (wanted.kind == WantedRange::Kind::unsatisfiable) return "bytes *" + whole;
  return "bytes " + std::to_string(wanted.first) + "-" + std::to_string(wanted.first + wanted.size - 1) + whole;
}

unsigned status_of(WantedRange::Kind kind) {
  switch (kind) {
    case WantedRange::Kind::part: return 206;
    case WantedRange::Kind::unchanged: return 304;
    case WantedRange::Kind::unsatisfiable: return 416;
    default: return 200;
  }
}

Result<Reading> open_checked(const FileStore& files, const store::ManagedFile& file) {
  if (auto good = files.check(file); !good) return tl::unexpected(good.error());
  return Reading::open(files.path_of(file.sha256));
}

}  // namespace

net::WebResponse plain(unsigned status, std::string text) {
  net::WebResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::make_shared<const std::string>(std::move(text) + "\n");
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

net::Task<net::WebResponse> answer_file(const net::WebRequest& request, Files::State& state, const store::ManagedFile& file, Slot slot, Moved moved) {
  std::function<std::shared_ptr<Result<Reading>>()> work = [&] { return std::make_shared<Result<Reading>>(open_checked(state.files, file)); };
  const auto opened = co_await state.workers->run(std::move(work));
  if (!*opened) co_return plain(http_code_of(opened->error().status), opened->error().detail);
  const std::string etag = "\"" + hex_encode(file.sha256) + "\"";
  const auto changed = std::chrono::floor<std::chrono::seconds>(file.created);
  const auto wanted = wanted_of(request, file.size, etag, changed);
  net::WebResponse response;
  response.status = status_of(wanted.kind);
  response.fields.emplace_back("ETag", etag);
  response.fields.emplace_back("Last-Modified", format_http_date(changed));
  response.fields.emplace_back("Accept-Ranges", "bytes");
  response.fields.emplace_back("Cache-Control", "no-store");
  response.fields.emplace_back("X-Content-Type-Options", "nosniff");
  if (wanted.kind == WantedRange::Kind::part || wanted.kind == WantedRange::Kind::unsatisfiable) response.fields.emplace_back("Content-Range", content_range(wanted, file.size));
  if (wanted.size == 0) co_return response;
  const auto body = std::make_shared<FileBody>(state.workers, std::move(**opened), wanted, std::move(slot), std::move(moved));
  response.content_type = "application/octet-stream";
  response.stream = body;
  if (request.method == net::Method::get) response.on_written = [body] { body->finish(); };
  co_return response;
}

}  // namespace nscl::rem
