// SPDX-License-Identifier: Apache-2.0
// libwbxml2, as it is. It is given nothing that a peer wrote, but for the language that is named.
#pragma once

#include <string>
#include <string_view>

#include <nscl/base/error.h>

namespace nscl::rem::omadm {

/// XML -> WBXML 1.2 without a string table. The document type, or the name space of its root, says which language it is: SyncML 1.1 and 1.2,
/// DM DDF, client provisioning. Blanks between elements become content. internal_server_error: it has no such form.
Result<std::string> encoded_document(std::string_view xml);

/// WBXML -> XML in one line, with an XML declaration and a document type. bad_request: it is none. An unknown tag becomes an element "unknown".
Result<std::string> decoded_document(std::string_view wbxml);

/// Whether the language of a document is one that libwbxml2 has tokens for.
bool is_language(std::string_view wbxml);

}  // namespace nscl::rem::omadm
