// SPDX-License-Identifier: Apache-2.0
// Completions: tells the callers of finished jobs, with one wake-up for each io_context.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>

namespace nscl::store::sqlite {

/// An io_context that has something to wait for: its run() does not return while one of these points to it.
struct EndWork {
  void operator()(boost::asio::io_context* context) const { context->get_executor().on_work_finished(); }
};
using BusyContext = std::unique_ptr<boost::asio::io_context, EndWork>;
BusyContext keep_busy(boost::asio::io_context* context);   ///< null for null

/// Who waits for a job, and where; without a context it is told on the thread that finished the job.
struct Caller {
  using Handler = boost::asio::any_completion_handler<void(Result<void>)>;
  Caller(boost::asio::io_context* where, Handler what) : context(keep_busy(where)), handler(std::move(what)) {}
  BusyContext context;
  Handler handler;
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
