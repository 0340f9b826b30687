// SPDX-License-Identifier: Apache-2.0
// What load balancers read.
#include "health.h"

#include <gtest/gtest.h>

namespace nscl::http {
namespace {

net::WebRequest ask(std::string_view target, net::Method method = net::Method::get) {
  net::WebRequest request;
  request.target = target;
  request.method = method;
  return request;
}

Readiness ready() { return {true, ""}; }
Readiness unready() { return {false, "the store says \"no\""}; }

TEST(Health, Answers) {
  EXPECT_EQ(answer_health(ask("/livez"), unready)->status, 200u);
  EXPECT_EQ(*answer_health(ask("/readyz"), ready)->body, "{\"ready\":true,\"reason\":\"\"}");
  const auto answer = answer_health(ask("/readyz?verbose", net::Method::head), unready);
  EXPECT_EQ(answer->status, 503u);
  EXPECT_EQ(*answer->body, "{\"ready\":false,\"reason\":\"the store says \\\"no\\\"\"}");
}

TEST(Health, IsOnlyRead) {
  EXPECT_EQ(answer_health(ask("/livez", net::Method::post), ready)->status, 405u);
  EXPECT_FALSE(answer_health(ask("/livez/x"), ready));
  EXPECT_FALSE(answer_health(ask("/m2m"), ready));
}

}  // namespace
}  // namespace nscl::http
