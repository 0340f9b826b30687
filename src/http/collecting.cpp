// SPDX-License-Identifier: Apache-2.0
#include "collecting.h"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/log.h>
#include <nscl/core/channel_uri.h>
#include <nscl/store/store.h>

#include "response.h"

namespace nscl::http {

bool is_collected(const net::WebRequest& request) { return request.target.starts_with(core::collection_path); }

std::optional<net::WebResponse> refuse_collection(const net::WebRequest& request, const delivery::Delivery& delivery) {
  if (request.method != net::Method::post) {
    auto refusal = respond(Error{Status::method_not_allowed, "notifications are sent to an aggregateURI by POST"}, ResponseForm{});
    refusal.fields.emplace_back("Allow", "POST");
    return refusal;
  }
  if (!request.content_encoding.empty() || !codec::format_of(request.content_type)) {
    return respond(Error{Status::unsupported_media_type, "send application/xml or application/json in UTF-8"}, ResponseForm{});
  }
  try {
    if (!delivery.is_collection_point(request.target)) return respond(Error{Status::not_found, "there is no such aggregateURI"}, ResponseForm{});
  } catch (const store::StoreError& error) {
    log::warning("store failed while reading", {{"reason", error.what()}});
    return respond(Error{Status::service_unavailable, "the store cannot be read at the moment"}, ResponseForm{});
  }
  return std::nullopt;
}

net::Task<net::WebResponse> answer_collection(const net::WebRequest& request, delivery::Delivery& delivery) {
  if (auto refusal = refuse_collection(request, delivery)) co_return *std::move(refusal);
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  const auto format = *codec::format_of(request.content_type);
  std::string path(request.target);
  std::string document(request.body);
  const auto kept = co_await delivery.collect(std::move(path), format, std::move(document), boost::asio::query(executor, boost::asio::execution::context));
  if (!kept) co_return respond(kept.error(), ResponseForm{.format = format});
  net::WebResponse response;
  response.status = 204;
  co_return response;
}

}  // namespace nscl::http
