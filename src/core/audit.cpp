// SPDX-License-Identifier: Apache-2.0
// What of a change goes to the audit trail: all of the types that are audited, and whose right governs a resource.
#include <nscl/core/procedure.h>

#include <nscl/base/bytes.h>
#include <nscl/security/audit.h>

namespace nscl::core {
namespace {

constexpr std::string_view right_attribute = "accessRightID";

std::string_view verb_of(Change::Kind kind) {
  return kind == Change::Kind::created ? "CREATE" : kind == Change::Kind::updated ? "UPDATE" : "DELETE";
}

std::string_view word_of(Change::Kind kind) {
  return kind == Change::Kind::created ? ".created" : kind == Change::Kind::updated ? ".updated" : ".deleted";
}

// A collection without a row of its own follows its owner in this.
std::string right_before(const Change& change, const model::Resource* owner) {
  if (change.before) return std::string(text_of(*change.before, right_attribute));
  return owner ? std::string(collection_right(*owner, nullptr)) : std::string();
}

}  // namespace

void Procedure::tell(store::Transaction& transaction, const Change& change) const {
  record(transaction, change);
  if (partners_.outbound) partners_.outbound->changed(transaction, change);
}

void Procedure::record(store::Transaction& transaction, const Change& change) const {
  const auto& resource = change.resource;
  security::AuditEntry entry;
  std::string event(resource.type->name), note;
  if (change.kind == Change::Kind::updated && resource.type->find(right_attribute)) {
    const auto owner = change.before ? nullptr : transaction.find(target_.owner);
    const auto before = right_before(change, owner.get()), after = std::string(text_of(resource, right_attribute));
    if (before != after) note = before + " -> " + after;
  }
  if (!resource.type->audited && note.empty()) return;
  const bool expired = change.kind == Change::Kind::deleted && resource.expiration_time <= now_;
  if (!resource.type->audited) event = "accessRightID.changed";
  else event += expired ? ".expired" : word_of(change.kind);
  std::string request;
  if (!expired) {   // time did it, whoever met it
    entry.principal = request_.from->principal;
    entry.entity = request_.from->entity;
    entry.source = request_.source;
    entry.key = request_.key;
    entry.session = request_.session;
    if (!request_.content.empty()) request = sha256(request_.content);
  }
  entry.event = event;
  entry.operation = verb_of(change.kind);
  entry.target = resource.path;
  entry.request = request;
  entry.status = name_of(change.kind == Change::Kind::created ? Status::created : Status::ok);
  entry.note = note;
  security::append_audit(transaction, entry, now_);
}

}  // namespace nscl::core
