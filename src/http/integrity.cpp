// SPDX-License-Identifier: Apache-2.0
#include "integrity.h"

#include <nlohmann/json.hpp>

#include <nscl/security/integrity.h>

#include "page.h"
#include "response.h"
#include "target.h"

namespace nscl::http {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view integrity_path = "/m2m-admin/integrity";

struct WantedResults {
  std::string scl;
  std::uint64_t before = UINT64_MAX;
};

Result<WantedResults> parse(std::string_view text) {
  const auto query = parse_query(text);
  if (!query) return tl::unexpected(query.error());
  WantedResults wanted;
  for (const auto& [name, value] : *query) {
    if (name == "scl") {
      wanted.scl = value;
    } else if (name == "before") {
      if (!read_number(value, wanted.before)) return bad_request("before is the number of an entry");
    } else {
      return bad_request("the query may hold scl and before");
    }
  }
  return wanted;
}

Json describe(const store::IntegrityRecord& record) {
  return {{"id", record.id},           {"scl", record.scl},
          {"node", record.node},       {"received", format_date_time(record.received)},
          {"ivalResults", record.results}, {"secureTimeStamp", record.time_stamp},
          {"verdict", security::name_of(record.verdict)}};
}

}  // namespace

bool is_integrity(const net::WebRequest& request) { return path_of(request.target) == integrity_path; }

net::WebResponse answer_integrity(const net::WebRequest& request, const security::Requestor& requestor, store::Store& store) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (auto refusal = refuse_all_but_reading(request, requestor, form)) return *std::move(refusal);
  const auto wanted = parse(query_of(request.target));
  if (!wanted) return respond(wanted.error(), form);
  std::vector<store::IntegrityRecord> records;
  store.read([&](store::View& view) { records = view.integrity_records(wanted->scl, wanted->before, most_entries); });
  Json entries = Json::array();
  for (const auto& record : records) entries.push_back(describe(record));
  return respond_json(Json{{"results", entries}, {"more", records.size() == most_entries}}.dump());
}

}  // namespace nscl::http
