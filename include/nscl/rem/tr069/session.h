// SPDX-License-Identifier: Apache-2.0
// Session: what an ACS and one CPE say to each other, from an Inform to the 204 (rem.md 4.2); no sockets, and of HTTP only its statuses.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/session_table.h>
#include <nscl/rem/tr069/performance.h>
#include <nscl/rem/tr069/rpc.h>
#include <nscl/rem/tr069/session_observer.h>
#include <nscl/rem/work.h>

namespace nscl::rem::tr069 {

/// How assignments are done: the functions of performance.h, or a test's.
struct Performing {
  std::function<std::unique_ptr<Performance>(const Assignment&, Situation)> perform;
  std::function<bool(const Message& answer, const Message& request)> answers;
  std::function<ModelOptions(const DeviceFacts&)> model = {};   ///< how a device is treated; empty: as any
};

struct SessionLimits : TableLimits {
  std::chrono::seconds session{300};   ///< from the Inform; then no further RPC is sent
  unsigned rpcs = 1000;                ///< sent in one session
  std::chrono::seconds idle{60};       ///< a CPE owes the next message
  std::chrono::seconds working{300};   ///< a CPE works on an RPC
};

/// What a POST is answered with.
struct Reply {
  unsigned status = 200;      ///< of HTTP
  std::string body = {};      ///< an envelope, or with a refusal a text
  std::chrono::seconds retry_after{0};   ///< 0: not told
  bool is_secret = false;     ///< the envelope may hold passwords
  bool is_challenge = false;  ///< 401: to be sent with a challenge
  bool is_end = false;        ///< of the session, by 204 or an empty 200
};

/// One session of one device. For one request at a time; what it takes is durable when a coroutine returns.
class Session final : public TabledSession {
 public:
  using Clock = std::chrono::steady_clock;

  Session(Work& work, const Performing& performing, const SessionLimits& limits, std::string device);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const std::string& device() const override { return device_; }

  /// Who is told of all that is said from now on. Before begin(), which does not tell of the Inform itself.
  void observe(std::unique_ptr<SessionObserver> observer) { observer_ = std::move(observer); }
  /// Something came in this session that could not be read.
  void note_unreadable(std::size_t octets, std::string_view why);

  /// The Inform of `envelope`, from that address.
  net::Task<Reply> begin(Envelope envelope, Inform inform, std::string address, boost::asio::io_context& context, Clock::time_point now);

  /// A message that came later; `body` is what the envelope was read from. `is_new_connection`: our last answer went another way, and
  /// perhaps was lost.
  net::Task<Reply> take(Envelope envelope, std::string_view body, bool is_new_connection, boost::asio::io_context& context, Clock::time_point now);

  /// An empty POST.
  net::Task<Reply> take_nothing(bool is_new_connection, boost::asio::io_context& context, Clock::time_point now);

  /// The session is lost: an operation that was not finished counts as not answered. Does not wait. `how`: for people.
  void abandon(std::string_view how) override;

  /// Nothing more will be sent but the same end again.
  bool is_over() const override { return state_ == State::over; }
  /// The CPE works on an RPC.
  bool awaits_response() const { return outstanding_.has_value(); }
  /// How long the CPE may be silent.
  std::chrono::seconds patience() const override;
  /// How its device is treated.
  const ModelOptions& model() const { return model_; }

 private:
  enum class State : unsigned char { fresh, informed, over };

  net::Task<Reply> take_request(Header header, Message message, boost::asio::io_context& context);
  net::Task<Reply> take_response(Header header, Message message, std::string digest, boost::asio::io_context& context, Clock::time_point now);
  net::Task<Reply> advance(std::optional<Performance::Step> step, boost::asio::io_context& context, Clock::time_point now);
  net::Task<Result<std::optional<Performance::Step>>> next(boost::asio::io_context& context);
  net::Task<Result<void>> finish(Report report, boost::asio::io_context& context);
  bool is_repetition(const Header& header, std::string_view digest, bool is_new_connection) const;
  Reply answer(const Header& header, const Message& message) const;
  Reply send(Message request);
  Reply sent() const;
  Reply again() const;
  Reply end();
  Reply ended() const;
  Reply lose(std::string_view why);
  Reply unavailable();
  void remark(bool is_from_device, unsigned status, std::string_view what, bool is_problem = false) const;
  void close(std::string_view how, bool is_problem);
  bool may_go_on(Clock::time_point now) const;

  Work& work_;
  const Performing& performing_;
  const SessionLimits& limits_;
  const std::string device_;
  State state_ = State::fresh;
  NameSpace name_space_ = NameSpace::cwmp_1_0;
  DeviceFacts facts_;
  ModelOptions model_;
  std::vector<EventStruct> events_;
  std::string parameter_key_;
  std::vector<std::string> completed_keys_;
  bool is_heartbeat_ = false;            ///< a sign of life, after which no work is expected
  Clock::time_point began_{};

  std::unique_ptr<SessionObserver> observer_;
  std::optional<Assignment> assignment_;
  std::unique_ptr<Performance> performance_;
  std::optional<Message> outstanding_;   ///< the request that the CPE has to answer
  std::string sent_;                     ///< its envelope
  std::string id_, previous_id_;         ///< cwmp:ID of the request, and of the one before
  std::string last_response_;            ///< SHA-256 of the body
  unsigned rpcs_ = 0;
  bool was_interrupted_ = false;         ///< by a request of the CPE, after ours was sent
  bool was_repeated_ = false;            ///< the request went out a second time
};

using Sessions = SessionsOf<Session>;

}  // namespace nscl::rem::tr069
