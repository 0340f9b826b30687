// SPDX-License-Identifier: Apache-2.0
// Completions: tells the callers of finished jobs, with one wake-up for each io_context.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>

namespace nscl::store::sqlite {

/// Who waits for a job, and where; without a context it is told on the thread that finished the job.
struct Caller {
  using Handler = boost::asio::any_completion_handler<void(Result<void>)>;
  using Work = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  Caller(boost::asio::io_context* where, Handler what) : context(where), handler(std::move(what)) {
    if (context) work.emplace(context->get_executor());
  }
  boost::asio::io_context* context;
  Handler handler;
  std::optional<Work> work;   // keeps the context running until the handler was called
};

class Completions {
 public:
  void add(Caller caller, Result<void> result);
  void send();

 private:
  struct Done {
    Caller caller;
    Result<void> result;
  };
  /// What is posted to a context: calls the handlers in the order of their jobs.
  struct Group {
    boost::asio::io_context* context;
    std::vector<Done> done;
    std::size_t next = 0;
    void operator()();
  };
  std::vector<Group> groups_;
};

}  // namespace nscl::store::sqlite
