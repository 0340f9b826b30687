// SPDX-License-Identifier: Apache-2.0
// AnnounceConsumer: the half of announcement that talks: makes the ...Annc resources at other SCLs be as their originals
// are, one request at a time and target, and writes down what came of it (procedures 5.11).
#pragma once

#include <nscl/core/pipeline.h>
#include <nscl/delivery/consumer.h>
#include <nscl/store/store.h>

#include "announcer.h"
#include "forwarder.h"
#include "notify_consumer.h"

namespace nscl::delivery {

class AnnounceConsumer final : public Consumer {
 public:
  /// `options`: the pace of trying again, and for how long a target may fail with one and the same announcement.
  AnnounceConsumer(store::Store& store, const model::Registry& registry, core::Pipeline& pipeline, const Clock& clock, Forwarder& forwarder,
                   Announcer& announcer, const Peers& peers, boost::asio::io_context& context, NotifyOptions options)
      : store_(store), registry_(registry), pipeline_(pipeline), clock_(clock), forwarder_(forwarder), announcer_(announcer), peers_(peers), context_(context), options_(options) {}

  net::Task<void> run(store::Lane lane) override;

 private:
  /// What is to be sent next.
  struct Work {
    std::uint64_t row = 0;                 ///< 0: the lane is empty
    AnnounceTask task;
    model::Verb verb = model::Verb::none;  ///< none: what the row asks for has become pointless
    std::uint64_t scl = 0;
    std::string scl_id;
    core::Dialect dialect = core::Dialect::standard;
    std::string authority;                 ///< by which the target knows us
    model::ResourcePtr original;           ///< what was sent
    const model::ResourceType* type = nullptr;   ///< of the announcement
    std::string link;
    std::string document;
  };
  /// What came of it.
  struct Outcome {
    enum class Kind { done, missing, refused, failed } kind = Kind::done;
    bool is_their_fault = false;           ///< failed: the target answered so
    std::string reason;
    std::string place;                     ///< where the announcement is, if not where it was asked for
    std::optional<Time> expires;           ///< when it ends, if the target decided so
    std::chrono::seconds retry_after{0};
  };

  Work find_work(const store::Lane& lane) const;
  void describe(store::View& view, Work& work) const;
  std::string document_of(store::View& view, const Work& work, model::Verb verb) const;
  net::Task<Outcome> send(Work& work);
  net::Task<Outcome> take_over(Work& work);
  net::Task<core::ResponseConfirm> ask(const Work& work, model::Verb verb);
  Outcome outcome_of(const Work& work, model::Verb verb, const core::ResponseConfirm& answer) const;
  std::optional<model::Object> announcement_in(const Work& work, const core::ResponseConfirm& answer) const;

  Result<void> record(store::Transaction& transaction, const std::string& name, const Work& work, const Outcome& outcome);
  /// True if the row has served.
  bool settle(store::Transaction& transaction, const Work& work, const Outcome& outcome);
  void settled(store::Transaction& transaction, const Work& work, const Outcome& outcome, const model::Resource& original, std::vector<Announcement> announcements);
  void failed(store::Transaction& transaction, store::Lane& lane, const Work& work, const Outcome& outcome);
  void note_end(store::Transaction& transaction, const Work& work, const Outcome& outcome) const;
  Result<void> prolong(store::Transaction& transaction, const std::string& name);

  store::Store& store_;
  const model::Registry& registry_;
  core::Pipeline& pipeline_;
  const Clock& clock_;
  Forwarder& forwarder_;
  Announcer& announcer_;
  const Peers& peers_;
  boost::asio::io_context& context_;
  const NotifyOptions options_;
};

}  // namespace nscl::delivery
