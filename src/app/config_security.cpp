// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about who asks: quotas.
#include "config_entry.h"

namespace nscl::app {
namespace {

/// The keys of a quota, in `section`; `limits` leads to it.
template <class Limits>
void add_limits(std::vector<Key>& out, std::string_view section, Limits limits) {
  constexpr unsigned most = 10'000'000;
  const auto entry = [&](std::string_view name, std::string_view comment) { return std::move(Entry(section, name, comment).reloads()); };
  out.push_back(entry("requests", "Requests a second; 0: no limit.").number(0, most, [limits](Place at) -> auto& { return limits(at).requests.per_second; }));
  out.push_back(entry("requests_burst", "Requests at once after a pause.").number(1, most, [limits](Place at) -> auto& { return limits(at).requests.burst; }));
  out.push_back(entry("writes", "Of these, POST, PUT and DELETE a second; 0: no limit of their own.")
                    .number(0, most, [limits](Place at) -> auto& { return limits(at).writes.per_second; }));
  out.push_back(entry("writes_burst", "Of these at once after a pause.").number(1, most, [limits](Place at) -> auto& { return limits(at).writes.burst; }));
}

}  // namespace

void add_quotas(std::vector<Key>& out) {
  add_limits(out, "quota", [](Place at) -> auto& { return at.config.credentials.usual; });
  out.push_back(std::move(Entry("allowance", "principal", "Its name; of a peer with a pre-shared key: its entity, such as scls/gw1.").reloads())
                    .text("a principal's name", check_name, [](Place at) -> auto& { return at.allowance->principal; }));
  add_limits(out, "allowance", [](Place at) -> auto& { return *at.allowance; });
}

}  // namespace nscl::app
