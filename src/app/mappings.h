// SPDX-License-Identifier: Apache-2.0
// Mapping files: TOML -> rem::MappingTable. The format is told in docs/mappings.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/model/registry.h>
#include <nscl/rem/mapping_table.h>

namespace nscl::app {

/// bad_request with every problem as a line "FILE:LINE: KEY: what is wrong": it is no TOML, a key, type or attribute is not known,
/// a value is not of its form, something lacks, or there is too much of it. The table refers to the types of `registry`.
Result<rem::MappingTable> read_mappings(std::string_view text, const std::string& file, const model::Registry& registry);

/// The mappings that are part of the program, and over them those of `files`, the last one first. The files are kept from changes
/// by others, of at most 1 MiB.
Result<rem::MappingTable> load_mappings(const std::vector<std::string>& files, const model::Registry& registry);

}  // namespace nscl::app
