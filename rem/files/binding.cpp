// SPDX-License-Identifier: Apache-2.0
// The listener for files: which transfer is meant, whether who asks knows its credentials, and then its octets.
#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/security/basic.h>

#include "file_answer.h"
#include "upload.h"

namespace nscl::rem {
namespace {

using net::Method;
using net::WebRequest;
using net::WebResponse;

constexpr std::string_view downloads = "/files/", uploads = "/uploads/";
constexpr std::size_t token_length = 26;

/// What a target says.
struct Place {
  bool is_upload = false;
  std::string_view token, name;
};

std::optional<Place> place_of(std::string_view target) {
  Place place{target.starts_with(uploads)};
  if (!place.is_upload && !target.starts_with(downloads)) return std::nullopt;
  target.remove_prefix(place.is_upload ? uploads.size() : downloads.size());
  if (target.size() < token_length + 2 || target[token_length] != '/') return std::nullopt;
  place.token = target.substr(0, token_length);
  place.name = target.substr(token_length + 1);
  return is_file_name(place.name) ? std::optional(place) : std::nullopt;
}

bool is_method_of(const Place& place, Method method) {
  return place.is_upload ? method == Method::put || method == Method::post : method == Method::get || method == Method::head;
}

WebResponse nothing_there() { return plain(404, "there is nothing here"); }

WebResponse too_many() {
  auto response = plain(503, "too many files go over the network");
  response.fields.emplace_back("Retry-After", "30");
  return response;
}

WebResponse wrong_method(const Place& place) {
  auto response = plain(405, "this method is not defined here");
  response.fields.emplace_back("Allow", place.is_upload ? "PUT, POST" : "GET, HEAD");
  return response;
}

}  // namespace

class FileBinding final : public net::WebHandler {
 public:
  explicit FileBinding(Files::State& state) : state_(state) {}

  bool streams(const WebRequest& head) const override { return head.target.starts_with(uploads); }
  net::Task<WebResponse> admit(const WebRequest& head) override;
  net::Task<WebResponse> handle(const WebRequest& request) override;
  WebResponse refuse(unsigned status, std::string_view reason) override { return plain(status, std::string(reason)); }

 private:
  enum class Verdict { good, wrong, stale };
  Verdict judge(const WebRequest& request, const store::Transfer& transfer, const Secret& password) const;
  tl::expected<store::Transfer, WebResponse> find(const WebRequest& request, const Place& place) const;
  WebResponse unauthorised(const WebRequest& request, bool is_stale) const;
  bool takes_basic(const WebRequest& request) const { return request.tls != nullptr || state_.options.basic_without_tls; }

  Files::State& state_;
};

FileBinding::Verdict FileBinding::judge(const WebRequest& request, const store::Transfer& transfer, const Secret& password) const {
  if (request.authorization.empty()) return state_.options.token_alone ? Verdict::good : Verdict::wrong;
  if (security::is_digest(request.authorization)) {
    const auto credential = security::parse_digest(request.authorization);
    if (!credential || credential->realm != state_.digest.realm() || !equal_in_constant_time(credential->user, transfer.user)) return Verdict::wrong;
    const auto ha1 = security::digest_ha1(credential->algorithm, transfer.user, credential->realm, password.view());
    switch (state_.digest.judge(*credential, ha1, net::name_of(request.method), request.target)) {
      case security::DigestAuthentication::Verdict::good: return Verdict::good;
      case security::DigestAuthentication::Verdict::stale: return Verdict::stale;
      default: return Verdict::wrong;
    }
  }
  if (!takes_basic(request)) return Verdict::wrong;
  auto basic = security::parse_basic(request.authorization);
  const bool is_right = basic && equal_in_constant_time(basic->user, transfer.user) && equal_in_constant_time(basic->password, password.view());
  if (basic) wipe(basic->password);
  return is_right ? Verdict::good : Verdict::wrong;
}

WebResponse FileBinding::unauthorised(const WebRequest& request, bool is_stale) const {
  auto response = plain(401, "the user and password of this transfer are needed");
  for (auto& challenge : state_.digest.challenges(is_stale)) response.fields.emplace_back("WWW-Authenticate", std::move(challenge));
  if (takes_basic(request)) response.fields.emplace_back("WWW-Authenticate", "Basic realm=\"files\"");
  return response;
}

/// The row is found by the digest of the token, so that no comparison tells by its time how much of a token was right; a token that is
/// nobody's costs what another does.
tl::expected<store::Transfer, WebResponse> FileBinding::find(const WebRequest& request, const Place& place) const {
  const auto key = hex_encode(sha256(place.token));
  std::optional<store::Transfer> found;
  state_.store.read([&](store::View& view) { found = view.management().transfer(key); });
  const auto secrets = state_.open(found ? *found : state_.decoy);
  const bool is_there = found && secrets && found->expires > state_.now() && found->is_upload == place.is_upload && found->file == place.name;
  if (!is_there) {
    state_.audit.note_refusal("transfer.unknown", "", request.peer);
    return tl::unexpected(nothing_there());
  }
  const auto verdict = judge(request, *found, secrets->password);
  if (verdict == Verdict::good) return *std::move(found);
  if (verdict == Verdict::wrong && !request.authorization.empty()) state_.audit.note_refusal("transfer.refused", found->device, request.peer);
  return tl::unexpected(unauthorised(request, verdict == Verdict::stale));
}

net::Task<WebResponse> FileBinding::admit(const WebRequest& head) {
  WebResponse admitted;
  admitted.status = 0;
  const auto place = place_of(head.target);
  if (!place) co_return nothing_there();
  if (!is_method_of(*place, head.method)) co_return wrong_method(*place);
  if (!place->is_upload) co_return admitted;   // a body that a GET has is held, and small
  auto transfer = find(head, *place);
  if (!transfer) co_return std::move(transfer.error());
  auto slot = state_.take_slot();
  if (!slot) co_return too_many();
  std::function<std::shared_ptr<NewFile>()> work = [this] { return std::make_shared<NewFile>(state_.files.directory()); };
  auto file = co_await state_.workers->run(std::move(work));
  head.sink = std::make_shared<Upload>(state_.workers, std::move(file), *std::move(transfer), state_.options.upload_limit, std::move(slot));
  co_return admitted;
}

net::Task<WebResponse> FileBinding::handle(const WebRequest& request) {
  const auto place = place_of(request.target);
  if (!place) co_return nothing_there();
  if (!is_method_of(*place, request.method)) co_return wrong_method(*place);
  if (place->is_upload && request.sink) {
    const net::Executor executor = co_await boost::asio::this_coro::executor;
    auto& upload = static_cast<Upload&>(*request.sink);
    const auto done = co_await upload.finish(state_, boost::asio::query(executor, boost::asio::execution::context));
    co_return done ? plain(201, "stored") : plain(http_code_of(done.error().status), done.error().detail);
  }
  auto transfer = find(request, *place);
  if (!transfer) co_return std::move(transfer.error());
  if (place->is_upload) co_return plain(request.has_body_framing ? 400 : 411, "the file is the body of the request, and there is none");
  auto slot = state_.take_slot();
  if (!slot) co_return too_many();
  std::optional<store::ManagedFile> file;
  state_.store.read([&](store::View& view) { file = view.management().file(transfer->file); });
  if (!file) co_return nothing_there();
  Moved moved = [progress = state_.progress, row = *transfer](std::uint64_t begin, std::uint64_t end) { progress->note(row, begin, end); };
  co_return co_await answer_file(request, state_, *file, std::move(slot), std::move(moved));
}

std::unique_ptr<net::WebHandler> Files::handler() { return std::make_unique<FileBinding>(*state_); }

}  // namespace nscl::rem
