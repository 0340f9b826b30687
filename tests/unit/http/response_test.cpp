// SPDX-License-Identifier: Apache-2.0
// Answers in both dialects.
#include "response.h"

#include <gtest/gtest.h>

namespace nscl::http {
namespace {

using core::Dialect;

std::string field(const net::WebResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.fields)
    if (key == name) return value;
  return {};
}

core::ResponseConfirm confirm(Status status, const char* content = nullptr) {
  core::ResponseConfirm confirm;
  confirm.status = status;
  if (content != nullptr) {
    confirm.content = std::make_shared<const std::string>(content);
    confirm.content_type = "application/xml";
  }
  return confirm;
}

core::ResponseConfirm with_resource(core::ResponseConfirm confirm, std::string path) {
  confirm.resource = std::move(path);
  confirm.has_resource = true;
  confirm.last_modified = parse_date_time("2026-01-02T03:04:05Z");
  return confirm;
}

ResponseForm form(Dialect dialect, net::Method method) { return {dialect, codec::Format::xml, method, "h:8080"}; }

TEST(Response, CreatedInTheStandardDialect) {
  const auto response = respond(with_resource(confirm(Status::created), "applications/a b"), form(Dialect::standard, net::Method::post), {});
  EXPECT_EQ(response.status, 201u);
  EXPECT_EQ(field(response, "Location"), "http://h:8080/m2m/applications/a%20b");
  EXPECT_EQ(field(response, "Content-Location"), "http://h:8080/m2m/applications/a%20b");
  EXPECT_EQ(field(response, "ETag"), "\"2026-01-02T03:04:05Z\"");
  EXPECT_EQ(field(response, "Last-Modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
  EXPECT_FALSE(response.body);
}

TEST(Response, CreatedInTheOm2mDialect) {
  const auto response = respond(with_resource(confirm(Status::created, "<x/>"), "scls/gscl"), form(Dialect::om2m, net::Method::post), {});
  EXPECT_EQ(field(response, "Location"), "nscl/scls/gscl");
  EXPECT_EQ(field(response, "Content-Location"), "http://h:8080/om2m/nscl/scls/gscl");
}

TEST(Response, ConfiguredBaseUri) {
  core::Policy policy;
  policy.base_uri = "https://nscl.example.com";
  policy.base_path = "/a/";
  const auto response = respond(with_resource(confirm(Status::ok, "<x/>"), ""), form(Dialect::standard, net::Method::get), policy);
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(field(response, "Content-Location"), "https://nscl.example.com/a");
  EXPECT_EQ(field(response, "Location"), "");
  EXPECT_EQ(field(response, "Vary"), "Accept");
  EXPECT_EQ(response.content_type, "application/xml");
}

TEST(Response, EmptySuccessIs204) {
  const auto response = respond(with_resource(confirm(Status::ok), "scls/a"), form(Dialect::standard, net::Method::put), {});
  EXPECT_EQ(response.status, 204u);
  EXPECT_EQ(field(response, "Content-Location"), "");
  EXPECT_NE(field(response, "ETag"), "");
}

TEST(Response, NotModifiedAndPrecondition) {
  auto unchanged = confirm(Status::not_modified);
  unchanged.last_modified = parse_date_time("2026-01-02T03:04:05Z");
  const auto response = respond(std::move(unchanged), form(Dialect::standard, net::Method::get), {});
  EXPECT_EQ(response.status, 304u);
  EXPECT_NE(field(response, "ETag"), "");
  EXPECT_EQ(field(response, "Vary"), "Accept");
  EXPECT_EQ(respond(confirm(Status::precondition_failed, "<e/>"), form(Dialect::standard, net::Method::put), {}).status, 412u);
}

TEST(Response, RawContentKeepsItsType) {
  auto raw = confirm(Status::ok, "abc");
  raw.content_type = "text/plain";
  const auto response = respond(std::move(raw), form(Dialect::standard, net::Method::get), {});
  EXPECT_EQ(response.content_type, "");
  EXPECT_EQ(field(response, "Content-Type"), "text/plain");
  EXPECT_EQ(field(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(*response.body, "abc");
}

TEST(Response, AllowAndRetryAfter) {
  auto refused = confirm(Status::method_not_allowed, "<e/>");
  refused.allowed = model::Verb::retrieve | model::Verb::create | model::Verb::execute;
  EXPECT_EQ(field(respond(std::move(refused), form(Dialect::standard, net::Method::put), {}), "Allow"), "GET, HEAD, POST, OPTIONS");
  auto busy = confirm(Status::service_unavailable, "<e/>");
  busy.retry_after = 7;
  EXPECT_EQ(field(respond(std::move(busy), form(Dialect::standard, net::Method::put), {}), "Retry-After"), "7");
}

TEST(Response, ErrorsAreErrorInfos) {
  const auto response = respond(411, Error{Status::bad_request, "length"}, form(Dialect::om2m, net::Method::post));
  EXPECT_EQ(response.status, 411u);
  EXPECT_NE(response.body->find("om2m:errorInfo"), std::string::npos);
  EXPECT_NE(response.body->find("STATUS_BAD_REQUEST"), std::string::npos);
  ResponseForm json = form(Dialect::standard, net::Method::get);
  json.format = codec::Format::json;
  EXPECT_EQ(respond(Error{Status::not_found, "x"}, json).content_type, "application/json");
}

}  // namespace
}  // namespace nscl::http
