// SPDX-License-Identifier: Apache-2.0
// How coroutines here wait.
#pragma once

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/net/async.h>

namespace nscl::rem {

using SteadyClock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, net::Executor>;

/// For what ends with an error code, which comes along.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<net::Executor>> awaited{};
/// For what ends with a Result.
inline constexpr boost::asio::use_awaitable_t<net::Executor> as_result{};

}  // namespace nscl::rem
