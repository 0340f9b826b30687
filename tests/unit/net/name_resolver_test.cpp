// SPDX-License-Identifier: Apache-2.0
// Names that the system is slow to find.
#include <condition_variable>
#include <mutex>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include "name_resolver.h"

namespace nscl::net {
namespace {

const auto loopback = boost::asio::ip::make_address("127.0.0.1");

/// A system's resolver that holds back names that begin with "slow" until it is opened.
struct Gate {
  std::mutex mutex;
  std::condition_variable opened;
  bool is_open = false;
  int asked = 0;

  NameResolver::Addresses ask(const std::string& host) {
    std::unique_lock lock(mutex);
    ++asked;
    if (host.starts_with("slow")) opened.wait(lock, [this] { return is_open; });
    return host.ends_with("nowhere") ? NameResolver::Addresses{} : NameResolver::Addresses{loopback};
  }
  void open() {
    const std::lock_guard lock(mutex);
    is_open = true;
    opened.notify_all();
  }
};

class Names : public testing::Test {
 protected:
  ~Names() override {
    gate_.open();
    names_->stop();
  }
  void run_until(const NameResolver::Lookup& lookup) {
    while (!lookup.is_done) context_.run_one();
  }

  Gate gate_;
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
  std::shared_ptr<NameResolver> names_ = std::make_shared<NameResolver>(context_, [this](const std::string& host) { return gate_.ask(host); });
};

TEST_F(Names, SomeThatAreSlowDelayNoOthers) {
  std::vector<std::shared_ptr<NameResolver::Lookup>> slow;
  for (int i = 0; i < 7; ++i) slow.push_back(names_->look_up("slow" + std::to_string(i)));
  const auto quick = names_->look_up("quick");
  run_until(*quick);
  EXPECT_EQ(quick->addresses, NameResolver::Addresses{loopback});
  for (const auto& lookup : slow) EXPECT_FALSE(lookup->is_done);
  gate_.open();
  for (const auto& lookup : slow) run_until(*lookup);
}

TEST_F(Names, ManyWaitForTheirTurnAndAreAllFound) {
  std::vector<std::shared_ptr<NameResolver::Lookup>> all;
  for (int i = 0; i < 100; ++i) all.push_back(names_->look_up("slow" + std::to_string(i) + (i % 2 == 0 ? "" : ".nowhere")));
  gate_.open();
  for (int i = 0; i < 100; ++i) {
    run_until(*all[std::size_t(i)]);
    EXPECT_EQ(all[std::size_t(i)]->addresses.empty(), i % 2 == 1);
  }
}

TEST_F(Names, OneIsAskedForOnceHoweverManyAsk) {
  const auto first = names_->look_up("slow"), second = names_->look_up("slow");
  EXPECT_EQ(first, second);
  gate_.open();
  run_until(*first);
  EXPECT_EQ(names_->look_up("slow"), first);
  EXPECT_EQ(gate_.asked, 1);
}

TEST_F(Names, ThoseInProgressTellNobodyAfterAStop) {
  const auto lookup = names_->look_up("slow");
  gate_.open();
  names_->stop();
  context_.poll();
  EXPECT_FALSE(lookup->is_done);
}

}  // namespace
}  // namespace nscl::net
