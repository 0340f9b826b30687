// SPDX-License-Identifier: Apache-2.0
#include "ties.h"

#include <nscl/base/path.h>

namespace nscl::rem {
namespace {

constexpr std::string_view scls = "scls/", attached = "attachedDevices", objects = "mgmtObjs";

/// The length of the first `count` segments of `path`; npos if there are fewer.
std::size_t length_of(std::string_view path, unsigned count) {
  std::size_t end = 0;
  for (unsigned i = 0; i < count; ++i) {
    if (end >= path.size()) return path.npos;
    end = path.find('/', end + (i > 0));
    if (end == path.npos) end = path.size();
  }
  return end;
}

std::string_view segment(std::string_view path, unsigned index) {
  const auto begin = index == 0 ? 0 : length_of(path, index), end = length_of(path, index + 1);
  if (begin == path.npos || end == path.npos) return {};
  return path.substr(begin + (index > 0), end - begin - (index > 0));
}

}  // namespace

std::string_view managed_entity(std::string_view path) {
  if (!path.starts_with(scls)) return {};
  if (segment(path, 2) == objects) return path.substr(0, length_of(path, 2));
  if (segment(path, 2) == attached && segment(path, 4) == objects) return path.substr(0, length_of(path, 4));
  return {};
}

std::optional<store::ManagedDevice> device_of(store::ManagementReads& management, std::string_view path) {
  const auto entity = managed_entity(path);
  if (entity.empty()) return std::nullopt;
  if (auto found = management.device_of(entity)) return found;
  if (segment(entity, 2) != attached) return std::nullopt;
  return management.device_of(entity.substr(0, length_of(entity, 2)));
}

bool is_mirror(const core::RequestIndication& request, std::string_view path) {
  const auto id = request.from->scl_id();
  return !id.empty() && path.starts_with(scls) && segment(path, 1) == id;
}

}  // namespace nscl::rem
