// SPDX-License-Identifier: Apache-2.0
#include "polling.h"

#include <charconv>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/core/channel_uri.h>
#include <nscl/net/connection.h>

#include "delivery_fields.h"
#include "response.h"

namespace nscl::http {
namespace {

unsigned number(std::string_view text) {
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

delivery::PollRequest poll_request(const net::WebRequest& request) {
  delivery::PollRequest poll;
  poll.path = request.target;
  poll.transaction = extension_field(request, "X-etsi-correlationID");
  if (const auto vendor = extension_field(request, "X-Acy-Transaction-ID"); !vendor.empty()) {
    poll.transaction = vendor;
    poll.is_vendor_form = true;
    poll.status_code = number(extension_field(request, "X-Acy-Status-Code"));
    poll.location = request.location;
    poll.entity_tag = request.etag;
  }
  poll.content_type = request.content_type;
  poll.content = request.body;
  poll.has_left = [connection = request.connection] { return connection && connection->has_ended(); };
  return poll;
}

net::WebResponse web_response(delivery::PollAnswer answer) {
  const bool is_error = answer.status != Status::ok && answer.status != Status::accepted;
  if (is_error) return respond(Error{answer.status, std::move(answer.detail)}, ResponseForm{});
  net::WebResponse response;
  response.status = http_code_of(answer.status);
  response.body = std::move(answer.content);
  for (const auto format : {codec::Format::xml, codec::Format::json}) {
    if (answer.content_type == codec::media_type(format)) response.content_type = codec::media_type(format);
  }
  if (response.body && response.content_type.empty()) response.fields.emplace_back("Content-Type", std::move(answer.content_type));
  for (auto& [name, value] : answer.fields) response.fields.emplace_back(name, std::move(value));
  response.fields.emplace_back("Cache-Control", "no-store");
  if (answer.receipt) response.on_written = [receipt = std::move(answer.receipt)] { receipt->confirm(); };
  return response;
}

}  // namespace

bool is_poll(const net::WebRequest& request) {
  return request.target.starts_with(core::channel_path) && request.target.substr(core::channel_path.size()).starts_with("/poll/");
}

net::Task<net::WebResponse> answer_poll(const net::WebRequest& request, delivery::Delivery& delivery) {
  if (request.method != net::Method::get && request.method != net::Method::post) {
    auto refusal = respond(Error{Status::method_not_allowed, "a longPollingURI is polled by GET or POST"}, ResponseForm{});
    refusal.fields.emplace_back("Allow", "GET, POST");
    co_return refusal;
  }
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  auto poll = poll_request(request);
  auto answer = co_await delivery.poll(std::move(poll), boost::asio::query(executor, boost::asio::execution::context));
  co_return web_response(std::move(answer));
}

}  // namespace nscl::http
