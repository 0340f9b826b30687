// SPDX-License-Identifier: Apache-2.0
// The words for waiting on Asio.
#pragma once

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/net/async.h>

namespace nscl::delivery {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

/// What comes of it is the value of co_await; an error code is thrown.
inline constexpr boost::asio::use_awaitable_t<net::Executor> as_result{};
/// An error code is a value: a timer that was cancelled has been waited for as well.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<net::Executor>> awaited{};

}  // namespace nscl::delivery
