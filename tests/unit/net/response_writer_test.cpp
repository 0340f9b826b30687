// SPDX-License-Identifier: Apache-2.0
// What heads of answers look like.
#include "response_writer.h"

#include <gtest/gtest.h>

namespace nscl::net {
namespace {

std::string head_of(const WebResponse& response, Persistence persistence = Persistence::keep) {
  std::string out;
  append_response_head(out, response, persistence, "Server: nscl\r\n");
  return out;
}

WebResponse with_body(unsigned status, std::string body) {
  WebResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

TEST(ResponseWriter, WritesLengthAndType) {
  EXPECT_EQ(head_of(with_body(200, "abc")), "HTTP/1.1 200 OK\r\nServer: nscl\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n");
  WebResponse created;
  created.status = 201;
  created.fields.emplace_back("Location", "http://a/b");
  EXPECT_EQ(head_of(created, Persistence::close),
            "HTTP/1.1 201 Created\r\nServer: nscl\r\nLocation: http://a/b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(ResponseWriter, SomeStatusesHaveNoBody) {
  EXPECT_EQ(head_of(with_body(204, "abc")), "HTTP/1.1 204 No Content\r\nServer: nscl\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(head_of(with_body(304, "abc")), "HTTP/1.1 304 Not Modified\r\nServer: nscl\r\n\r\n");
  EXPECT_EQ(body_of(with_body(304, "abc")), "");
}

TEST(ResponseWriter, NoValueBeginsALine) {
  WebResponse response;
  response.fields.emplace_back("Location", "a\r\nSet-Cookie: x\n\r\x01\x7f");
  const auto head = head_of(response);
  EXPECT_NE(head.find("Location: a  Set-Cookie: x    \r\n"), std::string::npos) << head;
}

TEST(CommonFields, AreADateAndAServer) {
  CommonFields fields;
  const auto text = fields.text();
  EXPECT_TRUE(text.starts_with("Date: ")) << text;
  EXPECT_TRUE(text.ends_with(" GMT\r\nServer: nscl\r\n")) << text;
}

}  // namespace
}  // namespace nscl::net
