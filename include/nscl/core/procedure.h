// SPDX-License-Identifier: Apache-2.0
// Procedure: what one request does to the tree (TS 102 921 clause 10). Synchronous: it reads a View or changes a
// Transaction, and never waits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/codec/codec.h>
#include <nscl/core/authorise.h>
#include <nscl/core/delegate.h>
#include <nscl/core/filter.h>
#include <nscl/core/hooks.h>
#include <nscl/core/outbound.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/store/transaction.h>

namespace nscl::core {

/// What a procedure hands back; written out as a document only after the commit, on the I/O thread.
struct Outcome {
  Status status = Status::ok;
  const model::ResourceType* type = nullptr;          ///< of `representation`
  std::optional<model::Object> representation;
  model::InstancePtr instance;                        ///< the answer is this contentInstance, or its raw content
  bool raw_content = false;
  bool meta_data_only = false;
  std::optional<model::Field> field;                  ///< the answer is one attribute: its name and type
  model::Value value;
  std::string resource;                               ///< path for Location and Content-Location
  bool has_resource = false;
  std::optional<Time> last_modified;
  std::vector<std::pair<std::string_view, std::string>> fields;   ///< of this SCL's own in the answer's head
  std::optional<Error> refusal;                       ///< the change is made, and yet the answer is an error
  std::optional<Ticket> ticket;                       ///< the change was handed over: it has not been made yet
  bool starts_action = false;                         ///< of execute(): start() has to follow
};

/// The answer to what is refused, though something was changed.
inline Outcome refused(Error error) {
  Outcome outcome;
  outcome.refusal = std::move(error);
  return outcome;
}

/// The verbs a resource of this type answers to where it stands, CREATE of its children included.
model::Verb allowed_verbs(const model::Registry& registry, const model::ResourceType& type);

/// The decoded body, or why it could not be decoded: reported only to whoever has the right to know the target.
struct Body {
  Result<codec::Document> document = failure(Status::bad_request, "the request has no body");
  bool raw = false;                                   ///< content of a contentInstance rather than a document
  std::optional<Result<std::vector<model::Instance>>> notified;   ///< instances that came in a notify
};

class Procedure {
 public:
  Procedure(const model::Registry& registry, const Policy& policy, const RequestIndication& request, const Target& target, Time now,
            const Partners& partners = {});

  Result<Outcome> retrieve(store::View& view);
  Result<Outcome> create(store::Transaction& transaction, Body& body);
  Result<Outcome> update(store::Transaction& transaction, Body& body);
  Result<Outcome> remove(store::Transaction& transaction);
  /// Whether the request would start an action.
  Result<Outcome> execute(store::View& view);
  Result<Outcome> start(store::Transaction& transaction);

  /// Where a request below an application goes on (10.3.2.23), the right to send it there checked.
  Result<Route> retarget(store::View& view) const;
  /// The group whose membersContent is addressed, the right of the verb on its members checked (10.23).
  Result<model::ResourcePtr> group(store::View& view) const;

  /// Deletes a resource with its hooks and moves its collection's times; also what expiry does, whoever asked.
  Result<void> erase_resource(store::Transaction& transaction, model::Resource resource);

  /// Stores a resource that is valid, or a new state of it, with all that follows from it; for whoever acts for the SCL itself.
  /// `again`: what stood in its place before, if anything did.
  Result<model::ResourcePtr> put_new(store::Transaction& transaction, model::Resource resource, const model::Resource* again = nullptr);
  Result<model::ResourcePtr> put_changed(store::Transaction& transaction, model::Resource changed, const model::Resource& before);

  /// Entity tag of the state the conditions were compared with, for a 304.
  std::optional<Time> seen() const { return seen_; }

 private:
  /// The stored state a target stands on.
  struct Located {
    model::ResourcePtr owner;                 ///< nearest stored resource
    model::ResourcePtr row;                   ///< of a collection: its own row, or null
    const model::ResourceType* type = nullptr;
  };
  Result<Located> locate(store::View& view) const;
  security::Decision decide(Authoriser& authoriser, const Located& located, security::Flag flag) const;
  Result<void> authorise(store::View& view, const Located& located, security::Flag flag) const;
  Result<void> require_verb(store::View& view, const Located& located, model::Verb verb) const;
  Result<void> check_conditions(Time last_modified, bool is_read);
  bool starts_action(const Located& located) const;
  /// What the delegate says of a change: the outcome if it took it over.
  Result<std::optional<Outcome>> hand_over(store::Transaction& transaction, const Change& wanted) const;
  bool is_own_access_right(std::string_view path) const;

  // retrieval.cpp
  Result<Outcome> retrieve_representation(store::View& view, const Located& located);
  Result<Outcome> retrieve_instances(store::View& view, const Located& located);
  Result<Outcome> retrieve_instance(store::View& view, const Located& located);
  Result<Outcome> discover(store::View& view);
  Outcome document(const model::ResourceType& type, model::Object representation, Time last_modified) const;

  // creation.cpp
  Result<void> admit(store::Transaction& transaction, const Located& located, const Body& body) const;
  Result<std::string> choose_id(store::Transaction& transaction, const model::ResourceType& type, model::Object& body);
  model::ResourcePtr announced_before(store::View& view, const model::ResourceType& type, const model::Object& body) const;
  Result<void> check_quota(store::Transaction& transaction) const;
  void add_om2m_defaults(const model::ResourceType& type, std::string_view id, const model::Resource& owner, model::Object& body) const;
  Result<Outcome> create_resource(store::Transaction& transaction, const Located& located, codec::Document& document);
  Result<Outcome> create_instance(store::Transaction& transaction, const Located& located, Body& body);
  Result<model::Instance> read_instance(Body& body) const;
  Result<void> mirror_instance(store::Transaction& transaction, const model::Resource& container, model::Instance instance);
  Result<Outcome> mirror_instances(store::Transaction& transaction, const model::Resource& container, std::vector<model::Instance>& instances);
  /// Tells the audit trail and whoever else must know of a change, as Outbound::changed says.
  void tell(store::Transaction& transaction, const Change& change) const;
  void record(store::Transaction& transaction, const Change& change) const;
  void touch_collection(store::Transaction& transaction, std::string_view path, Time stamp) const;

  // update.cpp
  Result<Outcome> update_resource(store::Transaction& transaction, const Located& located, codec::Document& document);
  Result<Outcome> update_collection(store::Transaction& transaction, const Located& located, codec::Document& document);
  Result<void> apply(model::Resource& resource, model::Object& body, bool& altered) const;

  // partial.cpp
  Result<Outcome> retrieve_attribute(const model::ResourceType& type, const model::Object& representation, Time last_modified) const;
  Result<Outcome> update_attribute(store::Transaction& transaction, const Located& located);
  Result<Outcome> add_to_attribute(store::Transaction& transaction, const Located& located);
  Result<Outcome> remove_attribute(store::Transaction& transaction, const Located& located);
  Result<Outcome> store_changed(store::Transaction& transaction, const Located& located, model::Resource changed);

  /// expirationTime of a resource as asked for, held between the bounds of the policy. `altered`: the SCL gave another.
  Result<Time> lifetime(const model::ResourceType& type, const model::Object& body, bool& altered) const;
  HookContext context(store::View& view, store::Transaction* transaction, security::AccessControl& access, model::Resource& resource) const;
  void remember_authority(model::Resource& resource) const;
  bool is_om2m() const { return request_.dialect == Dialect::om2m; }

  const model::Registry& registry_;
  const Policy& policy_;
  const RequestIndication& request_;
  const Target& target_;
  Time now_;
  std::optional<Time> seen_;
  const Partners partners_;
};

/// How much a container may hold, its own limits and the SCL's together.
struct InstanceLimits {
  std::uint64_t count = UINT64_MAX;
  std::uint64_t bytes = UINT64_MAX;
  Time created_before = Time::min();     ///< instances created before this are too old
};
InstanceLimits instance_limits(const model::Resource& container, const Policy& policy, Time now);

/// Removes what is beyond the container's limits.
void enforce_limits(store::Transaction& transaction, const model::Resource& container, const Policy& policy, Time now);

}  // namespace nscl::core
