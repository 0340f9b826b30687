// SPDX-License-Identifier: Apache-2.0
// Answers. URIs are absolute in the standard dialect; Location is relative in OM2M's, as its client wants it.
#include "response.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/representation.h>

#include "conditions.h"

namespace nscl::http {
namespace {

using core::Dialect;
using core::Policy;

/// A path of the configuration without its trailing slash.
std::string_view trimmed(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

void append_authority_uri(std::string& out, const Policy& policy, std::string_view host) {
  if (!policy.base_uri.empty()) out.append(trimmed(policy.base_uri));
  else if (!host.empty()) out.append("http://").append(host);
}

std::string below(std::string base, std::string_view resource) {
  if (resource.empty()) return base;
  base += '/';
  append_encoded_path(base, resource);
  return base;
}

std::string absolute_uri(std::string_view resource, const ResponseForm& form, const Policy& policy) {
  std::string base;
  base.reserve(policy.base_uri.size() + form.host.size() + policy.om2m_path.size() + policy.base_path.size() + policy.scl_id.size() + resource.size() + 32);
  append_authority_uri(base, policy, form.host);
  if (form.dialect == Dialect::om2m) {
    base.append(trimmed(policy.om2m_path)).append("/").append(percent_encode(policy.scl_id));
  } else {
    base.append(trimmed(policy.base_path));
  }
  return below(std::move(base), resource);
}

std::string location(std::string_view resource, const ResponseForm& form, const Policy& policy) {
  if (form.dialect == Dialect::om2m) return below(percent_encode(policy.scl_id), resource);
  return absolute_uri(resource, form, policy);
}

bool is_read(net::Method method) { return method == net::Method::get || method == net::Method::head; }

unsigned code_of(const core::ResponseConfirm& confirm) {
  const bool is_empty = !confirm.content;
  return confirm.status == Status::ok && is_empty ? 204 : http_code_of(confirm.status);
}

void add_references(net::WebResponse& response, const core::ResponseConfirm& confirm, const ResponseForm& form, const Policy& policy) {
  if (!confirm.location.empty()) response.fields.emplace_back("Location", confirm.location);
  if (!confirm.has_resource) return;
  if (response.status == 201 || response.status == 202) response.fields.emplace_back("Location", location(confirm.resource, form, policy));
  if (response.status == 201 || (response.status == 200 && is_read(form.method)))
    response.fields.emplace_back("Content-Location", absolute_uri(confirm.resource, form, policy));
}

/// The media type of a representation is ours; of raw content it is whatever its creator said, and no browser shall
/// guess another.
void add_content(net::WebResponse& response, core::ResponseConfirm& confirm) {
  bool is_negotiated = response.status == 304;
  for (const auto format : {codec::Format::xml, codec::Format::json}) {
    if (confirm.content_type != codec::media_type(format)) continue;
    response.content_type = codec::media_type(format);
    is_negotiated = true;
  }
  if (confirm.content && !is_negotiated) {
    response.fields.emplace_back("Content-Type", std::move(confirm.content_type));
    response.fields.emplace_back("X-Content-Type-Options", "nosniff");
  }
  if (is_negotiated) response.fields.emplace_back("Vary", "Accept");
  response.body = std::move(confirm.content);
}

}  // namespace

net::WebResponse respond(core::ResponseConfirm confirm, const ResponseForm& form, const Policy& policy) {
  net::WebResponse response;
  response.status = code_of(confirm);
  response.fields.reserve(6);
  add_references(response, confirm, form, policy);
  if (confirm.last_modified) {
    response.fields.emplace_back("ETag", entity_tag(*confirm.last_modified));
    response.fields.emplace_back("Last-Modified", format_http_date(*confirm.last_modified));
  }
  if (!confirm.entity_tag.empty()) response.fields.emplace_back("ETag", confirm.entity_tag);
  if (response.status == 405) response.fields.emplace_back("Allow", allow(confirm.allowed));
  if (response.status == 503) response.fields.emplace_back("Retry-After", std::to_string(std::max(1u, confirm.retry_after)));
  for (auto& [name, value] : confirm.fields) response.fields.emplace_back(name, std::move(value));
  add_content(response, confirm);
  return response;
}

net::WebResponse respond(unsigned http_code, const Error& error, const ResponseForm& form) {
  net::WebResponse response;
  response.status = http_code;
  response.content_type = codec::media_type(form.format);
  response.body = std::make_shared<const std::string>(codec::encode_error(form.format, error, core::style_of(form.dialect)));
  response.fields.emplace_back("Vary", "Accept");
  if (http_code == 503) response.fields.emplace_back("Retry-After", "1");
  return response;
}

net::WebResponse respond(const Error& error, const ResponseForm& form) { return respond(http_code_of(error.status), error, form); }

std::optional<net::WebResponse> refuse_wait(std::chrono::nanoseconds wait, std::string reason, const ResponseForm& form) {
  if (wait.count() == 0) return std::nullopt;
  auto response = respond(429, Error{Status::service_unavailable, std::move(reason)}, form);
  response.fields.emplace_back("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
  return response;
}

std::optional<net::WebResponse> refuse_all_but_reading(const net::WebRequest& request, const security::Requestor& requestor, const ResponseForm& form) {
  if (!requestor.may_administrate()) return respond(Error{Status::not_found, "there is no such resource, or none that you may know of"}, form);
  if (request.method == net::Method::get || request.method == net::Method::head) return std::nullopt;
  auto refusal = respond(Error{Status::method_not_allowed, "this can be read, and nothing else"}, form);
  refusal.fields.emplace_back("Allow", "GET, HEAD");
  return refusal;
}

net::WebResponse respond_json(std::string text) {
  net::WebResponse response;
  response.content_type = "application/json";
  response.body = std::make_shared<const std::string>(std::move(text));
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

std::string allow(model::Verb verbs) {
  using model::Verb;
  std::string methods;
  if (model::allows(verbs, Verb::retrieve)) methods += "GET, HEAD, ";
  if (model::allows(verbs, Verb::update)) methods += "PUT, ";
  if (model::allows(verbs, Verb::create | Verb::execute | Verb::notify)) methods += "POST, ";
  if (model::allows(verbs, Verb::remove)) methods += "DELETE, ";
  return methods + "OPTIONS";
}

Status status_of(unsigned http_code) {
  switch (http_code) {
    case 408: return Status::request_timeout;
    case 500: return Status::internal_server_error;
    case 501: return Status::not_implemented;
    case 503: return Status::service_unavailable;
    default: return Status::bad_request;
  }
}

}  // namespace nscl::http
