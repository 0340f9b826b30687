// SPDX-License-Identifier: Apache-2.0
// NextHop: how a registered SCL is reached at the moment (procedures 5.13.2, 5.2.4).
#pragma once

#include <string>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/core/policy.h>
#include <nscl/store/view.h>

namespace nscl::delivery {

/// An address of an SCL.
struct Contact {
  std::string uri;
  std::string poc;        ///< path of the m2mPoc it stands in; empty: it is one of `pocs`
  std::string status;     ///< its onlineStatus
};

struct NextHop {
  model::ResourcePtr scl;
  std::string status;                     ///< ONLINE, OFFLINE, NOT_REACHABLE; OFFLINE also outside its schedule
  std::vector<Contact> contacts;      ///< contactURIs of what is ONLINE, in the order in which they are tried
  std::vector<Contact> sleeping_contacts;   ///< of what is not; for a last attempt
  bool is_om2m = false;                   ///< its link is a bare id: references are relative, the entity is a principal
};

NextHop next_hop(store::View& view, model::ResourcePtr scl, Time now);

/// The URI at which `contact` has the resource `target`. `target`: absolute, at or below `link`.
std::string uri_at(std::string_view contact, std::string_view target, std::string_view link);

/// True if a crontab line ("minute hour day month weekday") admits the minute that `time` (UTC) lies in; a line that
/// cannot be read admits none.
bool is_open(std::string_view schedule, Time time);

/// The beginning of the next minute at or after `from` that one of the lines admits, within a year; never if none does.
Time next_opening(const std::vector<std::string>& schedules, Time from);

/// The scheduleStrings of an scl; empty: it may always be called.
std::vector<std::string> schedules_of(const model::Resource& scl);

}  // namespace nscl::delivery
