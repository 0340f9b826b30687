// SPDX-License-Identifier: Apache-2.0
// Policy: what the operator decides about the tree. Read-only while requests run; a reload swaps the whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nscl/security/integrity_rule.h>
#include <nscl/security/own_names.h>

namespace nscl::core {

/// Its base holds the names of the SCL: scl_id, base_path, om2m_path, base_uri, aliases.
struct Policy : security::OwnNames {
  // lifetimes (resources.md 1.5); zero = none
  std::chrono::seconds default_lifetime{0};             ///< of a resource without expirationTime; 0: never expires
  std::chrono::seconds default_scl_lifetime{86'400};    ///< of an scl
  std::chrono::seconds minimum_lifetime{60};
  std::chrono::seconds maximum_lifetime{0};             ///< 0: no bound

  // containers (resources.md 3.13); 0 = no limit
  std::uint64_t default_nr_of_instances = 0;
  std::uint64_t maximum_nr_of_instances = 0;
  std::uint64_t default_byte_size = 0;
  std::uint64_t maximum_byte_size = 0;
  std::chrono::seconds default_instance_age{0};

  // answers
  std::size_t instances_per_answer = 1000;      ///< contentInstances in one RETRIEVE; the newest are kept
  std::size_t answer_bytes = 16u << 20;         ///< and their content together
  std::size_t children_per_answer = 10'000;     ///< namedReferences in one collection
  std::size_t discovery_records = 1000;         ///< URIs in one discovery answer
  std::size_t discovery_candidates = 100'000;   ///< resources looked at for one discovery

  // groups and others
  std::size_t members_per_group = 10'000;
  std::size_t subscriptions_per_resource = 1000;
  std::size_t permissions_per_access_right = 100;
  std::size_t holders_per_access_right = 1000;

  std::uint64_t resources_per_owner = 100'000;   ///< of an SCL or application, contentInstances not counted; 0: no limit

  security::IntegrityRule integrity;

  // OM2M dialect (procedures 6.4)
  bool om2m_missing_credential_is_402 = true;
  std::string om2m_default_access_right = "AR_ADMIN";   ///< id below accessRights, made at first start

  /// Names under which SCLs may register without being their own principal; see docs/security.md.
  bool open_application_registration = true;    ///< any authenticated application may register any free appId
};

}  // namespace nscl::core
