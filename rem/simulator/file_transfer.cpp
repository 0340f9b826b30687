// SPDX-License-Identifier: Apache-2.0
#include "file_transfer.h"

#include <string>

#include <nscl/rem/tr069/faults.h>

#include "login.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::chrono::milliseconds file_time{600'000};

tr069::FaultStruct fault_of(std::uint32_t code, const std::string& more) { return {code, tr069::make_fault(code, more).text}; }

tr069::FaultStruct fault_of(const net::WebFailure& failure, bool brings) {
  using Kind = net::WebFailure::Kind;
  switch (failure.kind) {
    case Kind::bad_uri:
    case Kind::not_supported: return fault_of(9013, failure.detail);
    case Kind::reset:
    case Kind::garbage: return fault_of(brings ? 9011 : 9017, failure.detail);
    case Kind::too_large: return fault_of(9010, failure.detail);
    default: return fault_of(9015, failure.detail);
  }
}

tr069::FaultStruct fault_of(unsigned status, bool brings) {
  const auto more = "the server answers " + std::to_string(status);
  if (status == 401) return fault_of(9012, more);
  if (status == 403 || status == 404 || status == 410) return fault_of(9016, more);
  return fault_of(brings ? 9011 : 9010, more);
}

}  // namespace

net::Task<FileOutcome> transfer(net::WebClient& client, FileCall file) {
  const bool brings = file.method == net::Method::put;
  Login login(habits_of(Style::plain));
  login.begin_session(std::move(file.user), std::move(file.password));
  const auto body = brings ? std::make_shared<const std::string>(std::move(file.content)) : nullptr;
  FileOutcome out;
  for (;;) {
    net::WebCall call;
    call.method = file.method;
    call.uri = file.url;
    call.time = file_time;
    call.body = body;
    if (brings) call.fields.emplace_back("Content-Type", "application/octet-stream");
    login.sign(call, true);
    auto result = co_await client.call(std::move(call));
    if (!result) {
      out.fault = fault_of(result.error(), brings);
      break;
    }
    if (result->status == 401 && login.take_challenge(*result)) continue;
    if (result->status >= 200 && result->status <= 299) out.content = std::move(result->body);
    else out.fault = fault_of(result->status, brings);
    break;
  }
  co_return out;
}

}  // namespace nscl::rem::simulator
