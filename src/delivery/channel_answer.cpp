// SPDX-License-Identifier: Apache-2.0
#include "channel_answer.h"

#include <nscl/base/bytes.h>
#include <nscl/codec/codec.h>
#include <nscl/delivery/transport.h>
#include <nscl/model/messages.h>

namespace nscl::delivery {
namespace {

core::ResponseConfirm vendor_answer(const PollRequest& request) {
  core::ResponseConfirm confirm;
  confirm.status = status_of_code(request.status_code);
  confirm.content_type = request.content_type;
  if (!request.content.empty()) confirm.content = std::make_shared<const std::string>(request.content);
  confirm.location = request.location;
  confirm.entity_tag = request.entity_tag;
  return confirm;
}

Result<core::ResponseConfirm> response_notify_answer(const PollRequest& request) {
  const auto format = codec::format_of(request.content_type).value_or(codec::Format::xml);
  const model::ResourceType* const candidates[] = {&model::messages::response_notify()};
  auto document = codec::decode(format, request.content, candidates);
  if (!document) return tl::unexpected(document.error());
  const auto& attributes = document->attributes;
  core::ResponseConfirm confirm;
  const auto* status = attributes.find("statusCode");
  confirm.status = status_named(status ? status->text() : std::string_view{}).value_or(Status::bad_gateway);
  const auto text = [&](std::string_view name) {
    const auto* value = attributes.find(name);
    return value ? std::string(value->text()) : std::string{};
  };
  confirm.location = text("locationHeader");
  confirm.entity_tag = text("etagHeader");
  if (!confirm.location.empty() && confirm.status == Status::ok) confirm.status = Status::created;
  const auto* representation = attributes.find("representation");
  const auto* octets = representation ? representation->find("$t") : nullptr;
  if (octets && octets->get<Bytes>()) {
    confirm.content = std::make_shared<const std::string>(octets->get<Bytes>()->data);
    const auto* type = representation->find("contentType");
    confirm.content_type = type ? type->text() : codec::media_type(codec::Format::xml);
  }
  return confirm;
}

}  // namespace

Result<core::ResponseConfirm> confirm_in(const PollRequest& request) {
  if (request.is_vendor_form) return vendor_answer(request);
  return response_notify_answer(request);
}

}  // namespace nscl::delivery
