// SPDX-License-Identifier: Apache-2.0
// FilesFixture: device management with files, and a client of their listener that needs no socket.
#pragma once

#include <fstream>

#include <nscl/rem/files.h>

#include "nrem_fixture.h"

namespace nscl::rem {

/// What came back.
struct Got {
  unsigned status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
  std::uint64_t length = 0;
  std::string field(std::string_view name) const;
};

/// What was asked.
struct Ask {
  net::Method method = net::Method::get;
  std::string target, authorization, range, if_range, if_none_match, if_modified_since, body;
};

class FilesFixture : public NremFixture {
 protected:
  FilesFixture();
  ~FilesFixture() override;

  /// Makes `files_` anew with these options (their directory is set here), and Nrem with it.
  void open(FilesOptions options);
  FilesOptions usual() const;

  std::filesystem::path write(const std::string& name, std::string_view octets) const;
  Result<void> import(const std::string& name, std::string_view octets, store::ManagedFile description = {});
  std::filesystem::path octets_of(const std::string& name);
  store::Transfer transfer_of(std::uint64_t operation);

  /// Runs a request through the listener as the session does: a body goes to the sink, if there is one, in `pieces`.
  Got ask(const Ask& ask, std::size_t pieces = 2);
  Got get(const std::string& target, const std::string& authorization = {}) { return ask({.target = target, .authorization = authorization}); }
  Got put(const std::string& target, const std::string& authorization, const std::string& body) {
    return ask({.method = net::Method::put, .target = target, .authorization = authorization, .body = body});
  }
  std::size_t stored() const;   ///< files in the folder of octets

  std::unique_ptr<security::Audit> audit_;
  std::unique_ptr<Files> files_;
  std::unique_ptr<net::WebHandler> listener_of_files_;
};

std::string basic(std::string_view user, std::string_view password);
/// The arguments of a command, by name.
std::string value_of(const Assignment& assignment, std::string_view name);
/// What of its URL is behind scheme and authority.
std::string target_of(const Assignment& assignment);
std::string login_of(const Assignment& assignment);

}  // namespace nscl::rem
