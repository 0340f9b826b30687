// SPDX-License-Identifier: Apache-2.0
#include <nscl/net/async.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nscl::net {

Task<void> let_others_go_first(Executor executor) { return boost::asio::post(executor, boost::asio::use_awaitable_t<Executor>{}); }

}  // namespace nscl::net
