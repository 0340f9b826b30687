// SPDX-License-Identifier: Apache-2.0
// Round: some members of a group, asked side by side.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/core/pipeline.h>
#include <nscl/core/primitive.h>
#include <nscl/core/router.h>
#include <nscl/net/async.h>
#include <nscl/net/awaiting.h>

#include "members.h"
#include "passages.h"

namespace nscl::delivery {

/// What several askings of one request to a group share.
struct Common {
  core::RequestIndication request;                ///< as the members get it, but for the target
  std::shared_ptr<const std::string> content;     ///< which `request.content` views: late members outlive the caller's buffer
  std::shared_ptr<const std::string> plain_content;   ///< without what this SCL put into it, for members that do not take that; null: nothing
  std::uint64_t group = 0;                        ///< row key
  core::Target target;
  std::shared_ptr<const core::Policy> policy;
  std::vector<Member> members;
  std::unique_ptr<Visit> visit;
  Manner manner;
  std::size_t first = 0;                          ///< the member whose turn it is
};

/// Some members that are asked side by side. Everything happens on the thread of the context.
struct Round {
  std::shared_ptr<Common> common;
  std::vector<std::size_t> order;                 ///< members, in the order in which they are asked
  std::vector<Steady::time_point> starts;         ///< one for each of `order`, or none: at once
  std::vector<std::optional<core::ResponseConfirm>> answers;   ///< one for each of `order`
  boost::asio::io_context& context;
  net::Timer over;                                ///< runs until all have answered, or the time is over
  std::size_t next = 0;
  std::size_t workers = 0;
  bool is_over = false;

  Round(std::shared_ptr<Common> shared, std::vector<std::size_t> members, boost::asio::io_context& where, Steady::time_point ends)
      : common(std::move(shared)), order(std::move(members)), answers(order.size()), context(where), over(where.get_executor(), ends) {}
};
using RoundPtr = std::shared_ptr<Round>;

/// Asks them, at most `at_once` at the same time. Comes back when all have answered or the time is over; who is asked
/// then goes on by himself, and what he answers is dropped.
net::Task<void> ask(core::Pipeline& pipeline, RoundPtr round, std::size_t at_once);

}  // namespace nscl::delivery
