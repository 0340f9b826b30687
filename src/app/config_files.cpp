// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about files for devices.
#include <algorithm>

#include "config_entry.h"

namespace nscl::app {
namespace {

constexpr std::size_t longest_url = 150;   ///< so that the whole URL of a file has 256 characters at most

Problem check_files_url(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text.size() > longest_url) return "has more than 150 characters: devices take no longer URLs of files";
  return check_base_uri(text);
}

Problem check_signer(const std::string& text) { return text.empty() ? Problem("a name of a file is empty") : check_directory(text); }

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.config.files.member; }

void add_files(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("files", name, comment); };
  out.push_back(entry("url", "Where devices reach the listener with purpose = \"files\"; \"\": commands name no file that is kept here.")
                    .text("\"http://host:port\" or \"https://host:port\", or empty", check_files_url, AT(url)));
  out.push_back(entry("other_url", "The same by the other of http and https, for models of devices that take only that (docs/models.md); \"\": they get no files.")
                    .text("\"http://host:port\" or \"https://host:port\", or empty", check_files_url, AT(other_url)));
  out.push_back(entry("signers", "PEM files with certificates or public keys of those who may sign firmware; none: nobody is asked for.")
                    .list("files", check_signer, AT(store.signers)));
  out.push_back(entry("require_signature", "Refuse firmware without a signature, if there are signers. A wrong signature is always refused.").flag(AT(store.require_signature)));
  out.push_back(entry("unsigned_over_http", "Let devices fetch unsigned firmware over plain HTTP, where anybody in between can change it.").flag(AT(unsigned_over_http)));
  out.push_back(entry("token_alone", "Serve requests without credentials: the secret URL is enough. For devices that know no credentials.").flag(AT(token_alone)));
  out.push_back(entry("basic_without_tls", "Take HTTP Basic over plain HTTP too; Digest is always taken.").flag(AT(basic_without_tls)));
  out.push_back(entry("upload_limit", "Largest file that a device may send; larger ones are answered 413.").size(kib, 4 * gib, AT(upload_limit)));
  out.push_back(entry("transfers", "Files that go over the network at once; more are answered 503.").number(1, 100'000, AT(transfers)));
}

#undef AT

void check_files(const Config& config, std::vector<Conflict>& out) {
  const bool is_served = std::ranges::any_of(config.listeners, [](const ListenerConfig& each) { return each.purpose == ListenerConfig::Purpose::files; });
  const auto scheme_of = [](const std::string& url) { return url.substr(0, url.find(':')); };
  if (!config.files.other_url.empty() && (config.files.url.empty() || scheme_of(config.files.url) == scheme_of(config.files.other_url)))
    out.push_back({"files.other_url", "needs a files.url of the other scheme"});
  if (!config.files.url.empty() && !is_served) out.push_back({"files.url", "no listener has the purpose \"files\""});
}

}  // namespace nscl::app
