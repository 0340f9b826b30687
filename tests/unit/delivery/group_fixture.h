// SPDX-License-Identifier: Apache-2.0
// GroupFixture: a pipeline on a real store whose groups are asked by FanOut, and other SCLs that the test plays.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include <nscl/core/outbound.h>
#include <nscl/core/pipeline.h>
#include <nscl/delivery/fan_out.h>

namespace nscl::delivery {

/// The other SCLs: notes what they are asked, and answers what the test wants.
class Others final : public core::Outbound {
 public:
  struct Asked {
    core::RequestIndication request;
    std::string content;                       ///< as it read when the answer was due
    std::chrono::steady_clock::time_point when;
  };
  std::vector<Asked> asked;
  std::map<std::string, core::ResponseConfirm> answers;   ///< by URI; others are not found
  std::string stuck;                           ///< the URI that does not answer ...
  std::function<void()> free;                  ///< ... until this is called
  std::size_t in_progress = 0, most_in_progress = 0;
  FanOut* fan_out_ = nullptr;

  void changed(store::Transaction&, const core::Change&) override {}
  void appended(store::Transaction&, const model::Resource&, const model::Instance&) override {}
  net::Task<core::ResponseConfirm> relay(core::RequestIndication request, core::Route route, boost::asio::io_context& context) override;
  net::Task<core::ResponseConfirm> fan_out(core::RequestIndication request, core::Target target, boost::asio::io_context& context) override;
};

/// One `status` of an aggregate.
struct MemberStatus {
  std::string id, status, tag, uri, modified, body_type, body;
};

class GroupFixture : public testing::Test {
 protected:
  GroupFixture();
  ~GroupFixture() override;

  /// As FanOut is made anew with other options.
  void use(FanOutOptions options);

  core::RequestIndication request(model::Verb verb, std::string path, std::string query = {}) const;
  core::ResponseConfirm send(core::RequestIndication request, std::string body = {});
  core::ResponseConfirm retrieve(std::string path, std::string query = {}) { return send(request(model::Verb::retrieve, std::move(path), std::move(query))); }
  core::ResponseConfirm create(std::string path, std::string body) { return send(request(model::Verb::create, std::move(path)), std::move(body)); }

  /// Must succeed, by the operator.
  void make_container(const std::string& id, const std::string& more = {});
  void make_group(const std::string& id, const std::vector<std::string>& members, const std::string& type = "MIXED", const std::string& more = {});
  core::ResponseConfirm append(std::string path, std::string text);   ///< raw content to contentInstances

  /// Reads an aggregate; fails the test if it is none.
  std::vector<MemberStatus> read(const core::ResponseConfirm& answer, codec::Format format = codec::Format::xml);
  void run_until(const std::function<bool()>& done);

  security::RequestorPtr from_;
  core::Dialect dialect_ = core::Dialect::standard;
  codec::Format format_ = codec::Format::xml;
  std::filesystem::path directory_;
  model::Registry registry_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<core::Pipeline> pipeline_;
  Others others_;
  std::unique_ptr<FanOut> fan_out_;
  std::unique_ptr<boost::asio::io_context> context_;
  std::optional<boost::asio::executor_work_guard<net::Executor>> work_;
};

core::ResponseConfirm text_answer(Status status, std::string text = {});
std::vector<std::string> statuses_of(const std::vector<MemberStatus>& members);

}  // namespace nscl::delivery
