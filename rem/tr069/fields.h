// SPDX-License-Identifier: Apache-2.0
// fields(form, message) tells a Reader or a Writer the elements of a message, in the order of the schema.
#pragma once

#include <concepts>
#include <type_traits>

namespace nscl::rem::tr069 {

/// A message to be filled, or one to be written.
template <class Message, class Type>
concept Of = std::same_as<std::remove_const_t<Message>, Type>;

/// Messages without content.
template <class Form, class M>
  requires std::is_empty_v<M>
void fields(Form&, M&) {}

}  // namespace nscl::rem::tr069
