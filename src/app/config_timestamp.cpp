// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about time stamps and pseudonyms.
#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_absolute_path(const std::string& text) {
  if (text.empty() || (text.front() == '/' && text.find('\0') == text.npos)) return std::nullopt;
  return quote(text) + " is not the absolute path of a file";
}

Problem check_policy(const std::string& text) {
  if (security::is_object_identifier(text)) return std::nullopt;
  return quote(text) + " is not an object identifier such as \"1.2.3.4.1\"";
}

void add_timestamp(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("timestamp", name, comment); };
  out.push_back(entry("certificate",
                      "File with the authority's certificate in PEM, and behind it those between it and its root; its extended key usage is "
                      "\"critical, timeStamping\" and no other. \"\": this SCL is no authority.")
                    .text("an absolute path, or empty", check_absolute_path, [](Place at) -> auto& { return at.config.timestamp.certificate; }));
  out.push_back(entry("private_key", "File with its private key in PEM without a passphrase, RSA of 2048 bits or more or EC; mode 0600, or 0440 with the daemon's group.")
                    .text("an absolute path, or empty", check_absolute_path, [](Place at) -> auto& { return at.config.timestamp.private_key; }));
  out.push_back(entry("policy", "The policy under which time stamps are made, which each of them names.")
                    .text("an object identifier", check_policy, [](Place at) -> auto& { return at.config.timestamp.stamper.policy; }));
  out.push_back(entry("principals", "Who may ask for time stamps, beside the operators.")
                    .list("principals' names", check_name, [](Place at) -> auto& { return at.config.timestamp.principals; }));
  out.push_back(entry("require_synchronised", "Refuse to make time stamps while the system's clock is not kept in step with a time source; false: they tell no accuracy then.")
                    .flag([](Place at) -> auto& { return at.config.timestamp.stamper.require_synchronised; }));
}

}  // namespace

void add_timestamp_and_privacy(std::vector<Key>& out) {
  add_timestamp(out);
  out.push_back(Entry("privacy", "anonymous",
                      "Principals whose requests go on to applications and other SCLs under a pseudonym: another one for each receiver and each day.")
                    .list("principals' names", check_name, [](Place at) -> auto& { return at.config.delivery.anonymous; }));
}

}  // namespace nscl::app
