// SPDX-License-Identifier: Apache-2.0
// A message of CWMP as a tree.
#pragma once

#include "xml/tree.h"

namespace nscl::rem::tr069 {

using xml::attribute;
using xml::child;
using xml::first_element;
using xml::local_name;
using xml::text_of;

class Tree : public xml::XmlTree {
 public:
  pugi::xml_node rpc;   ///< the element in the Body
};

}  // namespace nscl::rem::tr069
