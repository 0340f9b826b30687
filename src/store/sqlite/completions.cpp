// SPDX-License-Identifier: Apache-2.0
#include "completions.h"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace nscl::store::sqlite {

BusyContext keep_busy(boost::asio::io_context* context) {
  if (context) context->get_executor().on_work_started();
  return BusyContext(context);
}

// A handler that throws leaves the io_context's run(), as Asio has it; the others are called by a post of their own.
void Completions::Group::operator()() {
  while (next < done.size()) {
    auto current = std::move(done[next++]);
    try {
      std::move(current.caller.handler)(std::move(current.result));
    } catch (...) {
      if (context && next < done.size()) boost::asio::post(*context, std::move(*this));
      throw;
    }
  }
}

void Completions::add(Caller caller, Result<void> result) {
  auto* context = caller.context.get();
  auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.context == context; });
  if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{context, {}});
  group->done.push_back({std::move(caller), std::move(result)});
}

// The last handler may be the last work of its context, whose owner may then destroy it: not before post() has returned.
void Completions::send() {
  for (auto& group : groups_) {
    const auto until_posted = keep_busy(group.context);
    if (group.context) boost::asio::post(*group.context, std::move(group));
    else group();
  }
  groups_.clear();
}

}  // namespace nscl::store::sqlite
