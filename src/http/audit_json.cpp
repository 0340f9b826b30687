// SPDX-License-Identifier: Apache-2.0
#include <nscl/http/audit_json.h>

#include <nlohmann/json.hpp>

#include <nscl/base/bytes.h>

namespace nscl::http {
namespace {

using Json = nlohmann::ordered_json;

void add(Json& out, const char* name, std::string_view text) {
  if (!text.empty()) out[name] = text;
}

}  // namespace

std::string to_json(const store::AuditRecord& record) {
  Json out{{"seq", record.seq}, {"time", format_date_time(record.time)}, {"monotonic", record.monotonic}, {"event", record.event}};
  add(out, "operation", record.operation);
  if (record.personal) {
    add(out, "principal", record.personal->principal);
    add(out, "entity", record.personal->entity);
    add(out, "source", record.personal->source);
    add(out, "target", record.personal->target);
    add(out, "note", record.personal->note);
  }
  add(out, "status", record.status);
  add(out, "detail", record.detail);
  add(out, "key", record.key);
  add(out, "session", record.session);
  add(out, "request", hex_encode(record.request));
  if (record.personal) add(out, "salt", hex_encode(record.personal->salt));
  if (!record.personal && !record.personal_digest.empty()) out["erased"] = true;
  add(out, "personal", hex_encode(record.personal_digest));
  add(out, "hash", hex_encode(record.hash));
  return out.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace nscl::http
