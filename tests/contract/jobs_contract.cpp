// SPDX-License-Identifier: Apache-2.0
// Jobs: each succeeds or fails by itself, sees those before it, and its caller is told where it waits.
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

namespace asio = boost::asio;

TEST_P(StoreContract, UndoesAFailedJobAndNothingElse) {
  const auto key = container("a");
  std::vector<WriteJob> jobs;
  jobs.push_back([&](Transaction& t) -> Result<void> {
    create(t, "containers/b", "container", with_search_strings({"one"}));
    append(t, key, "1");
    return {};
  });
  jobs.push_back([&](Transaction& t) -> Result<void> {
    auto changed = *t.find("containers/b");
    changed.attributes = with_search_strings({"two"});
    t.put(changed);
    create(t, "containers/c", "container");
    append(t, key, "2", "named");
    t.evict_instances(key, 1, UINT64_MAX, Time{});
    t.put_fact("f", "wrong");
    t.erase("containers/a");
    return failure(Status::forbidden, "no");
  });
  jobs.push_back([&](Transaction& t) -> Result<void> {
    t.erase("containers/b");
    throw StoreError("as if the engine had failed");
  });
  jobs.push_back([&](Transaction& t) -> Result<void> {
    t.erase("containers/b");
    throw std::runtime_error("a bug");
  });
  jobs.push_back([&](Transaction& t) -> Result<void> {
    EXPECT_TRUE(t.find("containers/a"));
    EXPECT_TRUE(t.find("containers/b"));
    EXPECT_FALSE(t.find("containers/c"));
    EXPECT_FALSE(t.fact("f"));
    EXPECT_EQ(t.instance_stats(key).count, 1u);
    EXPECT_FALSE(t.find_instance(key, "named"));
    append(t, key, "3");
    return {};
  });
  const auto results = run_in_one_batch(std::move(jobs));
  EXPECT_TRUE(results[0]);
  EXPECT_EQ(results[1].error().status, Status::forbidden);
  EXPECT_EQ(results[2].error().status, Status::service_unavailable);
  EXPECT_EQ(results[3].error().status, Status::internal_server_error);
  EXPECT_EQ(results[3].error().detail.find("a bug"), std::string::npos);   // L5: for the log alone
  EXPECT_NE(results[3].error().detail.find("in the log as "), std::string::npos);
  EXPECT_TRUE(results[4]);
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      EXPECT_TRUE(view.find("containers/a"));
      EXPECT_FALSE(view.find("containers/c"));
      EXPECT_EQ(paths_of([&](const auto& visit) { view.scan_search_string("one", "", visit); }).size(), 1u);
      EXPECT_EQ(paths_of([&](const auto& visit) { view.scan_search_string("two", "", visit); }).size(), 0u);
      EXPECT_EQ(view.instance_stats(key).count, 2u);
      EXPECT_EQ(view.latest_instance(key)->content, "3");
      EXPECT_EQ(view.oldest_instance(key)->content, "1");
      EXPECT_FALSE(view.find_instance(key, "named"));
    });
    reopen();
  }
  EXPECT_TRUE(store_->is_healthy());
}

TEST_P(StoreContract, AJobSeesThoseBeforeItInTheSameBatch) {
  const auto key = container("a");
  std::vector<WriteJob> jobs;
  for (int i = 0; i < 50; ++i) {
    jobs.push_back([&, i](Transaction& t) -> Result<void> {
      auto counter = *t.find("containers/a");
      const auto* seen = counter.attributes.find("note");
      EXPECT_EQ(seen ? seen->text() : "0", std::to_string(i));
      EXPECT_EQ(t.instance_stats(key).count, static_cast<std::uint64_t>(std::min(i, 5)));
      counter.attributes.set("note", std::to_string(i + 1));
      t.put(counter);
      append(t, key, std::to_string(i));
      t.evict_instances(key, 5, UINT64_MAX, Time{});
      EXPECT_EQ(t.latest_instance(key)->content, std::to_string(i));
      return {};
    });
  }
  for (const auto& result : run_in_one_batch(std::move(jobs))) EXPECT_TRUE(result);
  reopen();
  look([&](View& view) {
    EXPECT_EQ(view.find("containers/a")->attributes.find("note")->text(), "50");
    EXPECT_EQ(view.oldest_instance(key)->content, "45");
    EXPECT_EQ(view.instance_stats(key).count, 5u);
  });
}

asio::awaitable<void, asio::io_context::executor_type> write_some(Store& store, asio::io_context& context, int& done) {
  using Token = asio::use_awaitable_t<asio::io_context::executor_type>;
  for (int i = 0; i < 20; ++i) {
    WriteJob job = [i](Transaction& t) -> Result<void> {
      t.put_fact("last", std::to_string(i));
      if (i % 5 == 4) return failure(Status::conflict, "every fifth");
      return {};
    };
    const Result<void> result = co_await async_write(store, std::move(job), context, Token{});
    EXPECT_EQ(result.has_value(), i % 5 != 4);
    EXPECT_TRUE(context.get_executor().running_in_this_thread());
    ++done;
  }
}

TEST_P(StoreContract, TellsCoroutinesOnTheirOwnContexts) {
  asio::io_context first, second;
  int done[4] = {};
  asio::co_spawn(first, write_some(*store_, first, done[0]), asio::detached);
  asio::co_spawn(first, write_some(*store_, first, done[1]), asio::detached);
  asio::co_spawn(second, write_some(*store_, second, done[2]), asio::detached);
  asio::co_spawn(second, write_some(*store_, second, done[3]), asio::detached);
  std::thread other([&] { second.run(); });
  first.run();
  other.join();
  for (const auto count : done) EXPECT_EQ(count, 20);
  EXPECT_LE(store_->figures().commits, 80u);
}

TEST_P(StoreContract, AHandlerThatThrowsTakesNobodyElsesAnswerAway) {
  asio::io_context context;
  int told = 0;
  for (int i = 0; i < 10; ++i) {
    store_->write([](Transaction&) -> Result<void> { return {}; }, context, [&, i](Result<void>) {
      ++told;
      if (i % 3 == 0) throw std::runtime_error("handler");
    });
  }
  // Until run() returns by itself: a thrown last answer says nothing of the writer, which may still hold the context.
  for (bool is_over = false; !is_over;) {
    try {
      context.run();
      is_over = true;
    } catch (const std::runtime_error&) {
    }
  }
  EXPECT_EQ(told, 10);
}

TEST_P(StoreContract, RefusesWhatTheQueueCannotHold) {
  store_->stop();
  store_.reset();
  options_.queue = 3;
  store_ = backend_->open(options_, clock_);
  std::promise<void> is_running, may_end;
  asio::io_context context;
  int succeeded = 0, refused = 0;
  const auto count = [&](Result<void> result) {
    if (result) ++succeeded;
    else if (result.error().status == Status::service_unavailable) ++refused;
  };
  store_->write([&](Transaction&) -> Result<void> {
    is_running.set_value();
    may_end.get_future().wait();
    return {};
  }, context, count);
  is_running.get_future().wait();
  for (int i = 0; i < 5; ++i) store_->write([](Transaction&) -> Result<void> { return {}; }, context, count);
  may_end.set_value();
  context.run();
  EXPECT_EQ(succeeded, 4);
  EXPECT_EQ(refused, 2);
}

TEST_P(StoreContract, FinishesItsQueueAndThenRefuses) {
  const auto key = container("a");
  asio::io_context context;
  int told = 0;
  for (int i = 0; i < 500; ++i) {
    store_->write([&](Transaction& t) -> Result<void> { return append(t, key, "x"), Result<void>{}; }, context,
                  [&](Result<void> result) { told += result ? 1 : 0; });
  }
  store_->stop();
  store_->write([](Transaction&) -> Result<void> { return {}; }, context,
                [](Result<void> result) { EXPECT_EQ(result.error().status, Status::service_unavailable); });
  context.run();
  EXPECT_EQ(told, 500);
  EXPECT_EQ(try_change([](Transaction&) -> Result<void> { return {}; }).error().status, Status::service_unavailable);
  EXPECT_THROW(look([&](View& view) { view.find("containers/a"); }), StoreError);
  reopen();
  look([&](View& view) { EXPECT_EQ(view.instance_stats(key).count, 500u); });
}

TEST_P(StoreContract, ReadsMayBeNestedAndMayThrow) {
  container("a");
  look([&](View& outer) {
    look([&](View& inner) { EXPECT_TRUE(inner.find("containers/a")); });
    EXPECT_TRUE(outer.find("containers/a"));
    EXPECT_FALSE(outer.find("containers/b"));
  });
  EXPECT_THROW(look([](View& view) { view.children("containers", 1), throw std::domain_error("mine"); }), std::domain_error);
  container("b");
  look([&](View& view) { EXPECT_TRUE(view.find("containers/b")) << "the snapshot of the failed read is over"; });
}

}  // namespace
}  // namespace nscl::store::contract
