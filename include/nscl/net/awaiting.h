// SPDX-License-Identifier: Apache-2.0
// The words for waiting on Asio.
#pragma once

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/net/async.h>

namespace nscl::net {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// An error code is a value, and comes first: a timer that was cancelled has been waited for as well.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Executor>> awaited{};
/// For what ends with a Result, which is the value of co_await; an error code would be thrown.
inline constexpr boost::asio::use_awaitable_t<Executor> as_result{};

}  // namespace nscl::net
