// SPDX-License-Identifier: Apache-2.0
#include "addressee.h"

#include <algorithm>

namespace nscl::rem {

bool is_told_later(const core::RequestIndication& request) {
  return request.verb != model::Verb::retrieve && request.delivery.is_asynchronous() && !request.delivery.contact_uri.empty();
}

std::optional<Addressee> addressee_of(const core::RequestIndication& request, Time from) {
  if (!is_told_later(request)) return std::nullopt;
  Addressee addressee;
  addressee.verb = request.verb;
  addressee.principal = request.from->principal;
  addressee.entity = request.from->entity;
  addressee.is_operator = request.from->is_operator;
  addressee.host = request.host;
  addressee.is_om2m = request.dialect == core::Dialect::om2m;
  addressee.is_json = request.answer_format == codec::Format::json;
  addressee.correlation_id = request.delivery.correlation_id;
  addressee.contact_uri = request.delivery.contact_uri;
  addressee.from = from;
  return addressee;
}

core::RequestIndication request_of(const Addressee& addressee) {
  core::RequestIndication request;
  request.verb = addressee.verb;
  request.from = std::make_shared<const security::Requestor>(security::Requestor{addressee.principal, addressee.entity, addressee.is_operator});
  request.host = addressee.host;
  request.dialect = addressee.is_om2m ? core::Dialect::om2m : core::Dialect::standard;
  request.answer_format = addressee.is_json ? codec::Format::json : codec::Format::xml;
  request.delivery.correlation_id = addressee.correlation_id;
  request.delivery.contact_uri = addressee.contact_uri;
  return request;
}

Addressee* find_addressee(Effect& effect, const core::RequestIndication& request) {
  const auto found = std::ranges::find_if(effect.addressees, [&](const Addressee& each) {
    return each.from != Time{} && each.correlation_id == request.delivery.correlation_id && each.contact_uri == request.delivery.contact_uri && each.principal == request.from->principal;
  });
  return found == effect.addressees.end() ? nullptr : &*found;
}

}  // namespace nscl::rem
