// SPDX-License-Identifier: Apache-2.0
// scl: an SCL registered at this one.  TS 102 921 10.6
#include <nscl/base/path.h>
#include <nscl/core/announced.h>
#include <nscl/core/authorise.h>
#include <nscl/core/outbound.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

namespace scl_rules {

// Without m2mPocs the addresses of `pocs` are what it can be reached by (procedures 5.2.1 step 6).
void set_reachability(core::HookContext& context) {
  const auto* pocs = context.resource.attributes.find("pocs");
  const auto* references = pocs ? pocs->find("reference") : nullptr;
  const bool reachable = references && !references->list().empty();
  context.resource.attributes.set("onlineStatus", reachable ? "ONLINE" : "OFFLINE");
  context.resource.attributes.set("serverCapability", reachable);
}

Result<void> check_identity(const core::HookContext& context) {
  const auto& from = *context.request.from;
  if (from.is_operator || from.scl_id() == last_segment(context.resource.path)) return {};
  return failure(Status::forbidden, "an scl is registered by the principal of that SCL (entity scls/<sclId>) or by an operator");
}

Result<void> check_link(const core::HookContext& context) {
  const auto link = core::text_of(context.resource, "link");
  const bool absolute = link.find("://") != link.npos && !link.starts_with("://");
  if (!absolute && context.request.dialect == core::Dialect::standard) return bad_request("link must be the absolute URI of the registering SCL's sclBase");
  if (link.empty()) return bad_request("link must name the registering SCL's sclBase");
  if (absolute && context.access.local_path(link, context.request.host) != "\n") return bad_request("link must not point into this SCL");
  // An SCL vouches for what lies below its link: no two may vouch for the same (security.md 5.3).
  if (absolute && context.outbound && context.outbound->is_link_taken(context.view, link)) {
    return failure(Status::conflict, "an SCL with this link, or one above or below it, is registered already");
  }
  return {};
}

// Results that stand there already are in the resource whatever an UPDATE is about: only one that replaces everything tells them again.
bool tells_integrity(const core::HookContext& context, const model::Value* results) {
  if (!results) return false;
  const auto* known = context.before->attributes.find("integrityValResults");
  const bool replaces_all = context.request.to == context.resource.path && context.request.dialect == core::Dialect::standard;
  return replaces_all || !known || !(*known == *results);
}

// 10.6.2 steps 1 to 4 of the integrity validation.
void judge_integrity(core::HookContext& context) {
  if (!context.integrity) return;
  const auto* results = context.resource.attributes.find("integrityValResults");
  if (context.before && !tells_integrity(context, results)) return;
  security::IntegrityResult told;
  if (results) {
    told.results = *results->find("ivalResults")->get<std::int64_t>();
    told.signature = *results->find("signedIvalResult")->get<std::int64_t>();
    told.time_stamp = results->find("secureTimeStamp")->text();
  }
  using enum security::Integrity::Occasion;
  context.refusal = context.integrity->judge(*context.transaction, context.policy.integrity, last_segment(context.resource.path), results ? &told : nullptr,
                                             context.before ? update : registration, context.now);
}

Result<void> before_create(core::HookContext& context) {
  if (auto result = check_identity(context); !result) return result;
  if (auto result = check_link(context); !result) return result;
  auto& attributes = context.resource.attributes;
  if (!attributes.find("mgmtProtocolType")) {
    if (context.request.dialect == core::Dialect::standard) return bad_request("mgmtProtocolType is mandatory in this request for a scl");
    attributes.set("mgmtProtocolType", "OMA_DM");
  }
  if (!attributes.find("sclType")) {   // v1.1.1 peers do not know it
    attributes.set("sclType", "GSCL");
    context.altered = true;
  }
  set_reachability(context);
  core::remember_registrant(context);
  judge_integrity(context);   // last, as it may write although the request is refused
  return {};
}

Result<void> before_update(core::HookContext& context) {
  const auto has_contacts = !context.view.children(join(context.resource.path, "m2mPocs"), 1).empty();
  if (!has_contacts) set_reachability(context);
  judge_integrity(context);
  return {};
}

}  // namespace scl_rules

const ResourceType& scl() {
  static const ResourceType type{
      .name = "scl",
      .parents = {"scls"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          {.name = "pocs", .type = &types::uri_list, .create = O, .update = O, .response = M},
          {.name = "remTriggerAddr", .type = &types::uri, .create = O, .update = O, .response = O},
          {.name = "onlineStatus", .type = &types::online_status},
          {.name = "serverCapability", .type = &types::boolean},
          {.name = "link", .type = &types::uri, .create = M, .update = NP, .response = M},
          {.name = "schedule", .type = &types::schedule, .create = O, .update = O, .response = O, .release_2 = true},
          attributes::expiration_time(M),
          attributes::access_right_id(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "locTargetDevice", .type = &types::string, .create = O, .update = O, .response = O},
          {.name = "mgmtProtocolType", .type = &types::mgmt_protocol_type, .create = O, .update = M, .response = M},
          {.name = "integrityValResults", .type = &types::integrity_val_results, .create = O, .update = O, .response = O},
          // deployed gateways tell their handling here, although the tables leave it to the SCL (procedures 6.2)
          {.name = "aPocHandling", .type = &types::apoc_handling, .create = O, .update = O, .response = O},
          {.name = "sclType", .type = &types::scl_type, .create = O, .update = NP, .response = M, .release_2 = true},
          attributes::announce_to_in_release_2(),
          {.name = "publicDomain", .type = &types::uri, .response = O, .release_2 = true},
          attributes::reference("containersReference", "containers"),
          attributes::reference("groupsReference", "groups"),
          attributes::reference("applicationsReference", "applications"),
          attributes::reference("accessRightsReference", "accessRights"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::reference("mgmtObjsReference", "mgmtObjs"),
          attributes::reference("notificationChannelsReference", "notificationChannels"),
          attributes::reference_in_release_2("communicationChannelsReference", "communicationChannels"),
          attributes::reference("m2mPocsReference", "m2mPocs"),
          attributes::reference("attachedDevicesReference", "attachedDevices"),
          attributes::reference_in_release_2("sclAnncsReference", "sclAnncs"),
          attributes::plain_id("sclId", M, M),
      },
      .children = {"containers", "groups", "applications", "accessRights", "subscriptions", "m2mPocs",
                   "notificationChannels", "communicationChannels", "attachedDevices", "sclAnncs", "mgmtObjs"},
      .id_attribute = "sclId",
      .member_type = "SCL",
      .announced_as = "sclAnnc",
      .admission = Admission::registration,
      .searchable = true,
      .expires = true,
      .audited = true,
      .hooks = {.before_create = scl_rules::before_create, .before_update = scl_rules::before_update},
  };
  return type;
}

}  // namespace nscl::resources
