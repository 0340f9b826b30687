// SPDX-License-Identifier: Apache-2.0
// Long polling (procedures 5.10; docs/delivery.md): what a poll is answered with, and what becomes of what nobody fetched.
#include <boost/asio/co_spawn.hpp>

#include <nscl/model/messages.h>

#include "delivery_fixture.h"

namespace nscl::delivery {
namespace {

using model::Verb;
using Polled = std::shared_ptr<std::optional<PollAnswer>>;

struct Channel {
  std::string path;     ///< of the resource
  std::string contact;
  std::string polled;   ///< path of the longPollingURI
};

class Polling : public DeliveryFixture {
 protected:
  Polling() { make("applications", "<application appId=\"a\"/>"); }

  Channel make_channel(const std::string& owner = "applications/a", const std::string& kind = "notificationChannel", const std::string& id = "nc") {
    const auto made = make(owner + "/" + kind + "s", "<" + kind + " id=\"" + id + "\"><channelType>LONG_POLLING</channelType></" + kind + ">");
    const auto uri = text_between(*made.content, "longPollingURI>", "<");
    return {owner + "/" + kind + "s/" + id, text_between(*made.content, "contactURI>", "<"), uri.substr(uri.find('/', uri.find("://") + 3))};
  }

  /// Begins a poll; the answer stands there when it has come.
  Polled poll(const Channel& channel, std::function<bool()> has_left = {}) {
    return post({.path = channel.polled, .has_left = std::move(has_left)});
  }

  Polled post(PollRequest request) {
    auto answer = std::make_shared<std::optional<PollAnswer>>();
    const auto take = [answer](const std::exception_ptr& error, PollAnswer got) {
      if (error) std::rethrow_exception(error);
      *answer = std::move(got);
    };
    boost::asio::co_spawn(*context_, delivery_->poll(std::move(request), *context_), take);
    settle();
    return answer;
  }

  void confirm(const Polled& polled) {
    ASSERT_TRUE(*polled && (*polled)->receipt);
    (*polled)->receipt->confirm();
    settle();
  }

  static std::string field(const Polled& polled, std::string_view name) {
    for (const auto& [key, value] : (*polled)->fields) {
      if (key == name) return value;
    }
    return {};
  }

  /// The search string of the container that a poll was told of; empty if the poll has not been told.
  static std::string container_in(const Polled& polled) {
    if (!*polled || !(*polled)->content) return {};
    return text_between(told(*(*polled)->content).text, "searchString>", "<");
  }

  /// A container whose changes go to the channel; its present state has been fetched.
  void subscribe_by(const Channel& channel) {
    make_container("c");
    subscribe("containers/c", "s", channel.contact);
    confirm(poll(channel));
  }
};

// ---- notifications

TEST_F(Polling, APollWaitsUntilThereIsANotification) {
  const auto channel = make_channel();
  subscribe_by(channel);
  const auto polled = poll(channel);
  EXPECT_FALSE(*polled);
  touch_container("c", "x");
  ASSERT_TRUE(*polled);
  EXPECT_EQ((*polled)->status, Status::ok);
  EXPECT_EQ(container_in(polled), "x");
  EXPECT_EQ(field(polled, "X-Acy-Method"), "CREATE");
  EXPECT_EQ(field(polled, "X-Acy-Target-ID"), channel.contact);
  EXPECT_EQ(field(polled, "X-Acy-Requesting-Entity"), "http://here.example:8080/m2m");
  EXPECT_TRUE(outside_.sent.empty());
}

TEST_F(Polling, ANotificationThatFindsNoPollWaitsForTheNextOne) {
  const auto channel = make_channel();
  subscribe_by(channel);
  touch_container("c", "x");
  advance(24h);
  touch_container("c", "y");
  const auto polled = poll(channel);
  EXPECT_EQ(container_in(polled), "y");   // what it would see if it asked now
  confirm(polled);
  EXPECT_FALSE(*poll(channel));
}

TEST_F(Polling, ThereIsOnePollerAndTheOlderOneIsLetGo) {
  const auto channel = make_channel();
  subscribe_by(channel);
  const auto first = poll(channel), second = poll(channel);
  ASSERT_TRUE(*first);
  EXPECT_EQ((*first)->status, Status::accepted);
  EXPECT_FALSE((*first)->content);
  EXPECT_FALSE(*second);
  touch_container("c", "x");
  EXPECT_EQ(container_in(second), "x");
}

TEST_F(Polling, PollsOfDifferentChannelsDoNotLetEachOtherGo) {
  const auto one = make_channel(), other = make_channel("applications/a", "notificationChannel", "other");
  subscribe_by(one);
  const auto first = poll(one), second = poll(other);
  touch_container("c", "x");
  EXPECT_EQ(container_in(first), "x");
  EXPECT_FALSE(*second);
}

TEST_F(Polling, APollWhoseClientHasLeftSwallowsNothing) {
  const auto channel = make_channel();
  subscribe_by(channel);
  bool has_left = false;
  const auto lost = poll(channel, [&] { return has_left; });
  has_left = true;
  touch_container("c", "x");
  ASSERT_TRUE(*lost);
  EXPECT_FALSE((*lost)->content);
  EXPECT_EQ(container_in(poll(channel)), "x");
}

TEST_F(Polling, ANotificationThatDidNotGetToTheSocketIsHandedOverAgain) {
  const auto channel = make_channel();
  subscribe_by(channel);
  auto polled = poll(channel);
  touch_container("c", "x");
  ASSERT_EQ(container_in(polled), "x");
  polled->reset();   // and with it the receipt
  settle();
  const auto again = poll(channel);
  EXPECT_EQ(container_in(again), "x");
  confirm(again);
  EXPECT_FALSE(*poll(channel));   // it has arrived
}

TEST_F(Polling, WhileOneNotificationIsUnderWayTheNextOneWaits) {
  const auto channel = make_channel();
  subscribe_by(channel);
  const auto first = poll(channel);
  touch_container("c", "x");
  ASSERT_EQ(container_in(first), "x");
  touch_container("c", "y");
  const auto second = poll(channel);
  EXPECT_FALSE(*second);
  confirm(first);
  EXPECT_EQ(container_in(second), "y");
}

// ---- how polls end

TEST_F(Polling, ThePollOfAChannelThatIsDeletedEndsNotFound) {
  const auto channel = make_channel();
  const auto polled = poll(channel);
  EXPECT_FALSE(*polled);
  remove(channel.path);
  ASSERT_TRUE(*polled);
  EXPECT_EQ((*polled)->status, Status::not_found);
  EXPECT_EQ((**poll(channel)).status, Status::not_found);
}

TEST_F(Polling, ThePollOfAChannelWhoseOwnerIsDeletedEndsNotFound) {
  const auto polled = poll(make_channel());
  remove("applications/a");
  ASSERT_TRUE(*polled);
  EXPECT_EQ((*polled)->status, Status::not_found);
}

TEST_F(Polling, NobodyPollsByAnotherUri) {
  auto channel = make_channel();
  channel.polled.back() = channel.polled.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ((**poll(channel)).status, Status::not_found);
  channel.polled = channel.contact.substr(channel.contact.find("/m2m-channels"));
  EXPECT_EQ((**poll(channel)).status, Status::not_found);
}

TEST_F(Polling, PollsThatAreLetGoEndWithNothing) {
  const auto one = poll(make_channel()), other = poll(make_channel("applications/a", "notificationChannel", "other"));
  EXPECT_FALSE(*one || *other);
  delivery_->let_polls_go();
  settle();
  for (const auto& polled : {one, other}) {
    ASSERT_TRUE(*polled);
    EXPECT_EQ((*polled)->status, Status::accepted);
    EXPECT_FALSE((*polled)->content);
  }
}

TEST_F(Polling, ThePollsThatWaitAreBounded) {
  use({.polls = 2});
  const auto one = make_channel(), two = make_channel("applications/a", "notificationChannel", "two"), three = make_channel("applications/a", "notificationChannel", "three");
  const auto first = poll(one), second = poll(two);
  EXPECT_EQ((**poll(three)).status, Status::service_unavailable);
  EXPECT_FALSE(*first || *second);
  const auto instead = poll(one);   // not one more
  EXPECT_TRUE(*first);
  EXPECT_FALSE(*instead);
  delivery_->let_polls_go();
  settle();
  EXPECT_FALSE(*poll(three));
}

TEST_F(Polling, APollThatNothingComesForEndsWithNothing) {
  use({.poll_hold_time = 1ms});
  const auto polled = poll(make_channel());
  while (!*polled) context_->run_one();   // polls are held by the real clock
  EXPECT_EQ((*polled)->status, Status::accepted);
  EXPECT_FALSE((*polled)->content);
}

// ---- requests that go through a channel

class PollingScl : public Polling {
 protected:
  /// An SCL that is reached through a channel of its own only.
  Channel make_polling_scl(const std::string& kind) {
    make_scl("gw", {});
    const auto channel = make_channel("scls/gw", kind);
    make("scls/gw/m2mPocs", "<m2mPoc id=\"p\"><contactInfo><contactURI>" + channel.contact + "</contactURI></contactInfo><onlineStatus>ONLINE</onlineStatus></m2mPoc>");
    return channel;
  }

  static std::string response_notify(const std::string& status) {
    return "<responseNotify><statusCode>" + status + "</statusCode><representation contentType=\"application/xml\">PG1hZGUvPg==</representation>" +
           "<locationHeader>http://gw.example/m2m/applications/new</locationHeader></responseNotify>";
  }

  Status answer(const Channel& channel, const std::string& transaction, const std::string& document) {
    const auto taken = post({.path = channel.polled, .transaction = transaction, .content_type = "application/xml", .content = document});
    return *taken ? (*taken)->status : Status::internal_server_error;
  }

  static model::Object request_in(const Polled& polled) {
    const model::ResourceType* candidates[] = {&model::messages::request_notify()};
    const auto document = codec::decode(codec::Format::xml, *(*polled)->content, candidates);
    EXPECT_TRUE(document) << *(*polled)->content;
    return document ? document->attributes : model::Object{};
  }

  const std::string target_ = "http://gw.example/m2m/applications";
};

TEST_F(PollingScl, ARequestThroughACommunicationChannelIsAnsweredByItsResponseNotify) {
  const auto channel = make_polling_scl("communicationChannel");
  const auto polled = poll(channel);
  const auto asked = begin(request_elsewhere(Verb::create, target_), "<application/>");
  settle();
  ASSERT_TRUE(*polled && (*polled)->content);
  const auto said = request_in(polled);
  EXPECT_EQ(said.find("method")->text(), "CREATE");
  EXPECT_EQ(said.find("targetID")->text(), target_);
  EXPECT_EQ(said.find("representation")->find("$t")->get<Bytes>()->data, "<application/>");
  confirm(polled);
  const std::string transaction(said.find("xEtsiCorrelationIDHeader")->text());
  EXPECT_EQ(transaction, field(polled, "X-Acy-Transaction-ID"));
  EXPECT_EQ(answer(channel, "unknown", response_notify("STATUS_OK")), Status::forbidden);
  EXPECT_EQ(answer(channel, transaction, "<nonsense/>"), Status::bad_request);
  EXPECT_FALSE(*asked);
  EXPECT_EQ(answer(channel, transaction, response_notify("STATUS_CREATED")), Status::accepted);
  ASSERT_TRUE(*asked);
  EXPECT_EQ((*asked)->status, Status::created);
  EXPECT_EQ(*(*asked)->content, "<made/>");
  EXPECT_EQ((*asked)->location, "http://gw.example/m2m/applications/new");
  EXPECT_EQ(answer(channel, transaction, response_notify("STATUS_OK")), Status::forbidden);   // nobody waits any more
}

TEST_F(PollingScl, ARequestThroughANotificationChannelIsAnsweredInTheVendorsForm) {
  const auto channel = make_polling_scl("notificationChannel");
  const auto polled = poll(channel);
  const auto asked = begin(request_elsewhere(Verb::retrieve, target_));
  settle();
  ASSERT_TRUE(*polled);
  EXPECT_EQ(field(polled, "X-Acy-Method"), "RETRIEVE");
  EXPECT_EQ(field(polled, "X-Acy-Target-ID"), target_);
  confirm(polled);
  PollRequest answer{.path = channel.polled, .transaction = field(polled, "X-Acy-Transaction-ID"), .is_vendor_form = true, .content_type = "application/xml", .content = "<r/>"};
  EXPECT_EQ((**post(answer)).status, Status::bad_request);   // without a status
  answer.status_code = 100;
  EXPECT_EQ((**post(answer)).status, Status::accepted);
  EXPECT_FALSE(*asked);
  answer.status_code = 200;
  EXPECT_EQ((**post(answer)).status, Status::accepted);
  ASSERT_TRUE(*asked);
  EXPECT_EQ((*asked)->status, Status::ok);
  EXPECT_EQ(*(*asked)->content, "<r/>");
}

TEST_F(PollingScl, ARequestWaitsForAPoll) {
  const auto channel = make_polling_scl("notificationChannel");
  const auto asked = begin(request_elsewhere(Verb::retrieve, target_));
  settle();
  EXPECT_FALSE(*asked);
  const auto polled = poll(channel);
  ASSERT_TRUE(*polled);
  EXPECT_EQ(field(polled, "X-Acy-Method"), "RETRIEVE");
  confirm(polled);
  EXPECT_FALSE(*poll(channel));   // one that was taken is not given away twice
}

TEST_F(PollingScl, ARequestThatDidNotGetToTheSocketGoesToTheNextPoll) {
  const auto channel = make_polling_scl("notificationChannel");
  const auto asked = begin(request_elsewhere(Verb::retrieve, target_));
  settle();
  const auto lost = poll(channel);
  ASSERT_TRUE(*lost);
  lost->reset();
  settle();
  const auto polled = poll(channel);
  ASSERT_TRUE(*polled);
  EXPECT_EQ(field(polled, "X-Acy-Method"), "RETRIEVE");
  EXPECT_FALSE(*asked);
}

TEST_F(PollingScl, ARequestThatNobodyPollsForEndsInTime) {
  use({.poll_queue_time = 1ms});
  make_polling_scl("communicationChannel");
  EXPECT_EQ(send(request_elsewhere(Verb::retrieve, target_)).status, Status::gateway_timeout);   // by the real clock
}

TEST_F(PollingScl, ARequestThatWasKeptLeavesByThePollItWaitedFor) {
  use({.poll_queue_time = 1ms});
  const auto channel = make_polling_scl("communicationChannel");
  auto made = request_elsewhere(Verb::retrieve, target_);
  made.delivery.correlation_id = "r1";
  made.delivery.contact_uri = "http://asker.example/answers";
  made.delivery.deadline = clock_.now() + 3600s;
  EXPECT_EQ(send(std::move(made)).status, Status::accepted);
  const auto is_parked = [this] {
    bool found = false;
    store_->read([&](store::View& view) {
      const auto lanes = view.lanes("forward/", {}, 1);
      found = !lanes.empty() && lanes[0].parked_on.starts_with("channel/");
    });
    return found;
  };
  while (!is_parked()) context_->run_one();
  settle();
  const auto polled = poll(channel);
  ASSERT_TRUE(*polled && (*polled)->content);
  confirm(polled);
  EXPECT_EQ(answer(channel, std::string(request_in(polled).find("xEtsiCorrelationIDHeader")->text()), response_notify("STATUS_OK")), Status::accepted);
  settle();
  ASSERT_EQ(outside_.sent.size(), 1u);
  EXPECT_EQ(outside_.sent[0].request.correlation_id, "r1");
  EXPECT_EQ(told(outside_.sent[0].content).text, "<made/>");
}

TEST_F(PollingScl, ARequestWaitsForAPollAndGoesBeforeWhatTheOutboxHolds) {
  const auto channel = make_polling_scl("notificationChannel");
  make_container("c");
  subscribe("containers/c", "s", channel.contact);
  const auto asked = begin(request_elsewhere(Verb::retrieve, target_));
  settle();
  const auto first = poll(channel);
  ASSERT_TRUE(*first);
  EXPECT_EQ(field(first, "X-Acy-Method"), "RETRIEVE");
  confirm(first);
  const auto second = poll(channel);
  ASSERT_TRUE(*second);
  EXPECT_EQ(field(second, "X-Acy-Method"), "CREATE");
  EXPECT_FALSE(*asked);
}

}  // namespace
}  // namespace nscl::delivery
