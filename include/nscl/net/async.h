// SPDX-License-Identifier: Apache-2.0
// Coroutines of the rim: awaitable on the concrete executor, since any_io_executor costs on every operation.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace nscl::net {

using Executor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, Executor>;

}  // namespace nscl::net
