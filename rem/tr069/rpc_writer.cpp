// SPDX-License-Identifier: Apache-2.0
// A message -> the whole document.
#include <nscl/rem/tr069/rpc.h>

#include "envelope.h"
#include "fields_session.h"
#include "fields_software.h"
#include "redacted.h"
#include "writer.h"

namespace nscl::rem::tr069 {
namespace {

/// The prefix is part of the name: some clients look for "cwmp:" literally.
template <class M>
void write(std::string& out, const M& message, Redaction* redaction = nullptr) {
  Writer(out, redaction).one("cwmp:" + std::string(M::name), message);
}

void write(std::string& out, const Fault& fault, Redaction* redaction = nullptr) {
  Writer writer(out, redaction);
  out += "<soap-env:Fault>";
  writer.text("faultcode", rule_of(fault.code).clients ? "Client" : "Server");
  writer.text("faultstring", "CWMP fault");
  out += "<detail>";
  writer.one("cwmp:Fault", fault);
  out += "</detail></soap-env:Fault>";
}

}  // namespace

std::string_view name_of(const Message& message) {
  return std::visit([](const auto& given) { return given.name; }, message);
}

std::string write_message(const Header& header, const Message& message) {
  std::string out;
  open_envelope(out, header);
  std::visit([&](const auto& given) { write(out, given); }, message);
  close_envelope(out);
  return out;
}

std::string write_redacted(const Message& message, Redaction& redaction) {
  std::string out;
  std::visit([&](const auto& given) { write(out, given, &redaction); }, message);
  return out;
}

}  // namespace nscl::rem::tr069
