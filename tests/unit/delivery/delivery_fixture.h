// SPDX-License-Identifier: Apache-2.0
// DeliveryFixture: a real Delivery on a real store whose time the test turns, and a world outside that the test plays.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include <nscl/core/pipeline.h>
#include <nscl/delivery/delivery.h>
#include <nscl/delivery/fan_out.h>

namespace nscl::delivery {

using namespace std::chrono_literals;

/// A Monday, 10:00.
inline constexpr Time start_of_test = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + std::chrono::hours{10};

/// Moves when the test says so, and by a microsecond each time somebody looks: stamps of the store are ahead of a clock
/// that stands still, and what is due at one of them would never be.
class ManualClock final : public Clock {
 public:
  Time now() const override { return Time{Time::duration{microseconds_.fetch_add(1)}}; }
  void advance(Time::duration by) { microseconds_ += by.count(); }

 private:
  mutable std::atomic<Time::rep> microseconds_{start_of_test.time_since_epoch().count()};
};

/// Whoever can be called: notes what it is sent, and answers what the test wants.
class Outside final : public Transport {
 public:
  explicit Outside(const Clock& clock) : clock_(clock) {}
  struct Sent {
    OutgoingRequest request;
    std::string content;
    std::chrono::seconds when;   ///< since the test began, whole ones
  };
  std::vector<Sent> sent;
  std::function<OutgoingResult(const OutgoingRequest&)> answer;   ///< empty: everybody is content

  net::Task<OutgoingResult> send(OutgoingRequest request, boost::asio::io_context& context) override;

 private:
  const Clock& clock_;
};

/// A store that says of itself what the test wants.
class PatientStore final : public store::Store {
 public:
  explicit PatientStore(std::unique_ptr<store::Store> inner) : inner_(std::move(inner)) {}
  bool is_sick = false;

  void read(const std::function<void(store::View&)>& fn) override { inner_->read(fn); }
  void read(const std::function<void(store::View&)>& fn, boost::asio::io_context& context) override { inner_->read(fn, context); }
  void write(store::WriteJob job, boost::asio::io_context& context, boost::asio::any_completion_handler<void(Result<void>)> handler) override {
    inner_->write(std::move(job), context, std::move(handler));
  }
  Result<void> write_and_wait(store::WriteJob job) override { return inner_->write_and_wait(std::move(job)); }
  bool is_healthy(std::string* reason) const override { return !is_sick && inner_->is_healthy(reason); }
  store::WriterFigures figures() const override { return inner_->figures(); }
  void listen_to_lanes(std::function<void(Time)> listener) override { inner_->listen_to_lanes(std::move(listener)); }
  void stop() override { inner_->stop(); }

 private:
  std::unique_ptr<store::Store> inner_;
};

IncomingAnswer answer_with(Status status, std::string document = {});
tl::unexpected<TransportFailure> unreachable();

/// A notify or responseNotify, taken apart.
struct Told {
  std::string status;   ///< as it is written
  std::string text;     ///< of the representation
};

inline const std::string receiver = "http://receiver.example/told";   ///< of notifications
inline const std::string peer_base = "http://b.example:8080/m2m";      ///< sclBase of the ScriptedPeer

/// An NSCL that this one registers at as `scls/own`: it knows us and our m2mPoc or it does not.
struct ScriptedPeer {
  const Clock& clock;
  bool is_away = false, knows_us = false, knows_poc = false;
  std::chrono::seconds life{7200};   ///< that it gives to a registration, whatever was asked for
  OutgoingResult answer(const OutgoingRequest& request);
};

class DeliveryFixture : public testing::Test {
 protected:
  using Texts = std::vector<std::string>;
  using Seconds = std::vector<long>;

  DeliveryFixture();
  ~DeliveryFixture() override;

  /// As if the daemon was started anew with other options. No poll may be waiting.
  void use(Options options);
  void set_base_uri(std::string uri);

  /// Time goes on by this much at once; then whatever is due happens, as far as it can.
  void advance(Time::duration by);
  void advance_to(Time time) { advance(time - clock_.now()); }
  /// Until nothing is ready to run and the writer has nothing to do: what has not happened then will not before time goes on.
  void settle();

  core::RequestIndication request(model::Verb verb, std::string to) const;
  /// For a resource of another SCL.
  core::RequestIndication request_elsewhere(model::Verb verb, std::string uri) const;
  core::ResponseConfirm send(core::RequestIndication request, std::string body = {});
  /// Begins a request and does not wait; the answer stands there when it has come.
  std::shared_ptr<std::optional<core::ResponseConfirm>> begin(core::RequestIndication request, std::string body = {});

  core::ResponseConfirm make(std::string collection, std::string body);   ///< must succeed; all that follows from it has happened
  void change(std::string path, std::string body);                        ///< the same
  void remove(std::string path);                                          ///< the same
  Status status_at(std::string path) { return send(request(model::Verb::retrieve, std::move(path))).status; }
  void make_container(const std::string& id) { make("containers", "<container id=\"" + id + "\"/>"); }
  void touch_container(const std::string& id, const std::string& text);   ///< changes its search string
  /// `before`: what the schema has before contact.
  void subscribe(const std::string& resource, const std::string& id, const std::string& contact, const std::string& before = {});
  /// An SCL with one point of contact `p`, if `status` is given: http://<id>.example/m2m.
  void make_scl(const std::string& id, const std::string& status, const std::string& before_kind = {}, std::string contact = {});
  void set_reach(const std::string& scl, const std::string& status);

  void answer_all(Status status, unsigned retry_after = 0);
  /// Something is sent there when this time is over, and not a second before.
  void expect_next_after(std::chrono::seconds pause, const std::string& uri = receiver);
  std::vector<Outside::Sent> sent_to(std::string_view uri) const;
  /// When something was sent there: seconds since the test began.
  Seconds times_at(std::string_view uri) const;
  static Told told(std::string_view document);
  Texts statuses_at(std::string_view uri) const;
  /// Verbs and URIs of what was sent since the last call, without their beginning `base`: "UPDATE /scls/own".
  Texts steps(const std::string& base);

  ManualClock clock_;
  std::filesystem::path directory_;
  model::Registry registry_;
  security::RequestorPtr from_;
  core::Dialect dialect_ = core::Dialect::standard;
  std::unique_ptr<PatientStore> store_;
  std::unique_ptr<core::Pipeline> pipeline_;
  std::unique_ptr<FanOut> fan_out_;
  std::unique_ptr<boost::asio::io_context> context_;
  std::optional<boost::asio::executor_work_guard<net::Executor>> work_;
  Outside outside_{clock_};
  std::unique_ptr<Delivery> delivery_;
};

std::string iso(Time time);   ///< whole seconds
std::string text_between(std::string_view text, std::string_view before, std::string_view after);

}  // namespace nscl::delivery
