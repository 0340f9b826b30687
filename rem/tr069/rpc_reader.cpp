// SPDX-License-Identifier: Apache-2.0
// The tree of an envelope -> one of the messages.
#include <utility>

#include <nscl/codec/xml_text.h>
#include <nscl/rem/tr069/rpc.h>

#include "fields_session.h"
#include "fields_software.h"
#include "reader.h"

namespace nscl::rem::tr069 {
namespace {

constexpr Time clock_is_set = std::chrono::sys_days{std::chrono::year{1971} / std::chrono::January / 1};

template <class M>
void complete(M&) {}

void complete(Inform& message) {
  if (message.events.empty()) message.events.push_back({.code = std::string(code_of(Event::periodic)), .command_key = {}});
  if (message.current_time && *message.current_time < clock_is_set) message.current_time.reset();
}

/// The element that holds the code of the fault as a whole: one client puts the detail into faultstring, others leave out cwmp:Fault.
pugi::xml_node fault_holder(pugi::xml_node fault) {
  const auto is_code = [](pugi::xml_node node) {
    return local_name(node) == "FaultCode" && local_name(node.parent()) != "SetParameterValuesFault";
  };
  return fault.find_node(is_code).parent();
}

template <class M>
void read(pugi::xml_node node, M& to, std::optional<Fault>& refused) {
  Reader reader(node, refused);
  fields(reader, to);
  complete(to);
}

void read(pugi::xml_node node, Fault& to, std::optional<Fault>& refused) {
  if (const auto holder = fault_holder(node)) {
    Reader reader(holder, refused);
    return fields(reader, to);
  }
  to.text = codec::trimmed(text_of(child(node, "faultstring")));
}

template <class M>
tl::expected<Message, Fault> read_as(pugi::xml_node node) {
  M message;
  std::optional<Fault> refused;
  read(node, message, refused);
  if (refused) return tl::unexpected(std::move(*refused));
  return Message(std::move(message));
}

template <class... M>
tl::expected<Message, Fault> read_one_of(const Envelope& envelope, const std::variant<M...>*) {
  using Read = tl::expected<Message, Fault> (*)(pugi::xml_node);
  static constexpr std::pair<std::string_view, Read> readers[] = {{M::name, read_as<M>}...};
  for (const auto& [name, reader] : readers) {
    if (name == envelope.rpc) return reader(envelope.tree->rpc);
  }
  return tl::unexpected(make_fault(8000));
}

}  // namespace

tl::expected<Message, Fault> read_message(const Envelope& envelope) {
  return read_one_of(envelope, static_cast<const Message*>(nullptr));
}

}  // namespace nscl::rem::tr069
