// SPDX-License-Identifier: Apache-2.0
// Workers: threads that may wait for the disk, for I/O threads that may not. A piece of a file that nobody read lately takes milliseconds, and
// everybody else's requests on the thread would wait as long.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/net/async.h>

namespace nscl::rem {

class Workers {
 public:
  Workers() : pool_(threads) {}

  /// Runs `work` there; the coroutine goes on on its own thread. What `work` throws is thrown here.
  template <class T>
  net::Task<T> run(std::function<T()> work) {
    std::optional<T> out;
    const net::Executor home = co_await boost::asio::this_coro::executor;
    std::function<void()> whole = [&out, &work] { out.emplace(work()); };
    const boost::asio::use_awaitable_t<net::Executor> token;
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<net::Executor>, void(std::exception_ptr)>(Start{}, token, &pool_, std::move(whole), home);
    co_return *std::move(out);
  }

  /// For what nobody waits for.
  void post(std::function<void()> work) { boost::asio::post(pool_, std::move(work)); }

  /// Waits for what runs; the rest is dropped.
  void stop() {
    pool_.stop();
    pool_.join();
  }

 private:
  static constexpr std::size_t threads = 4;

  /// A function object, because g++ 12 destroys a capturing lambda next to co_await twice.
  struct Start {
    template <class Handler>
    void operator()(Handler&& handler, boost::asio::thread_pool* pool, std::function<void()> work, net::Executor home) const {
      boost::asio::any_completion_handler<void(std::exception_ptr)> done(std::forward<Handler>(handler));
      auto guard = boost::asio::make_work_guard(home);
      boost::asio::post(*pool, [work = std::move(work), done = std::move(done), guard = std::move(guard), home]() mutable {
        std::exception_ptr problem;
        try {
          work();
        } catch (...) {
          problem = std::current_exception();
        }
        boost::asio::post(home, [done = std::move(done), problem]() mutable { std::move(done)(problem); });
      });
    }
  };

  boost::asio::thread_pool pool_;
};

}  // namespace nscl::rem
