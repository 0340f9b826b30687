// SPDX-License-Identifier: Apache-2.0
// The elements of a message as they are written, in XML or in WBXML.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/rem/omadm/syncml.h>

namespace nscl::rem::omadm {

/// Which name space, or code page, an element is of.
enum class Vocabulary : std::uint8_t { syncml = 0, meta = 1 };

class SyncmlOutput {
 public:
  virtual ~SyncmlOutput() = default;
  /// `name` outlives the element.
  virtual void open(Vocabulary of, std::string_view name) = 0;
  virtual void text(std::string_view text) = 0;
  /// A value that clients are used to get as octets: as `text` in XML.
  virtual void value(std::string_view text) = 0;
  /// The data of an item whose octets are no text; in XML their base64.
  virtual void octets(const Item& item) = 0;
  virtual void close() = 0;
  /// An element that says all by being there.
  virtual void flag(std::string_view name) = 0;
  /// What was written. internal_server_error: an element has no form in it.
  virtual Result<std::string> result() = 0;
};

/// `is_old`: of SyncML 1.1.
std::unique_ptr<SyncmlOutput> xml_output(bool is_old);
std::unique_ptr<SyncmlOutput> wbxml_output(bool is_old);

}  // namespace nscl::rem::omadm
