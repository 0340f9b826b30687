// SPDX-License-Identifier: Apache-2.0
// DmSession: what this server and one device of OMA-DM say to each other, from the package that proves who it is to the end (rem.md 3.3 to
// 3.6); no sockets, and nothing of HTTP.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/omadm/dialogue.h>
#include <nscl/rem/omadm/dm_accounts.h>
#include <nscl/rem/omadm/performance.h>
#include <nscl/rem/refusal.h>
#include <nscl/rem/session_table.h>
#include <nscl/rem/tracing.h>
#include <nscl/rem/work.h>

namespace nscl::rem::omadm {

/// How assignments are done: the function of performance.h, or a test's.
struct DmPerforming {
  std::function<std::unique_ptr<DmPerformance>(const Assignment&, DmSituation)> perform;
  std::function<DmModelOptions(const DeviceFacts&)> model = {};   ///< how a device is treated; empty: as any
};

struct DmSessionLimits : TableLimits {
  DmSessionLimits() { keeps_to_connections = false; }
  std::chrono::seconds session{600};   ///< from its beginning; then no further command is sent
  unsigned messages = 100;             ///< of the device, in one session
  std::chrono::seconds idle{120};      ///< a device owes the next message
  std::size_t object = 1u << 20;       ///< octets of what a device sends in chunks
};

/// Which accounts of devices are given other passwords than those that they came with (rem.md 3.7).
enum class DmPasswordPolicy : unsigned char { never, after_bootstrap };

struct DmOptions {
  using Authentication = DmAuthentication;
  std::string path = "/dm";            ///< that devices post to; empty: any
  std::string url = {};                ///< by which they are told to come back: "https://dm.example/dm"; empty: as they called it
  Authentication authentication = Authentication::md5;   ///< the least that is taken, where the model does not say otherwise
  bool basic_without_tls = false;      ///< basic may be used, and new passwords told, where everybody between can read them
  DmPasswordPolicy change_passwords = DmPasswordPolicy::never;   ///< for who makes accounts; a session changes what is to be changed
  std::size_t message_limit = 1u << 20;   ///< octets of one message
  unsigned sessions_per_address = 6000;   ///< that begin from one address (IPv6: /64) in a minute; 0: any number
  DmSessionLimits sessions = {};
  Tracing* traces = nullptr;           ///< outlives the server; null: nobody is told of sessions
};

/// What sessions have in common; all of it outlives them.
struct DmSurroundings {
  Work& work;
  DmAccounts& accounts;
  const DmPerforming& performing;
  const DmOptions& options;
  const Refused& refused;              ///< told "dm.server_refused": a device does not take our credentials; "dm.login_failed"
};

/// A message of a device.
struct DmHeard {
  DmMessage message;
  std::string digest;                  ///< SHA-256 of its octets
  std::string_view octets, hmac;       ///< hmac: x-syncml-hmac; empty: none
  std::string peer;                    ///< address that it came from
  bool is_tls = false;
};

class Shipment;
class LargeObject;
class DmTrace;
struct PasswordChange;

/// One session of one device, which has proved who it is. For one request at a time; what it takes is durable when a coroutine returns.
class DmSession final : public TabledSession {
 public:
  using Clock = std::chrono::steady_clock;

  /// `proof`: by what the device has proved who it is; by `mac` each message has to be.
  DmSession(const DmSurroundings& around, Dialogue dialogue, DmAccount account, DmAuthentication proof);
  ~DmSession() override;
  DmSession(const DmSession&) = delete;
  DmSession& operator=(const DmSession&) = delete;

  const std::string& device() const override { return dialogue_.device(); }
  Dialogue::Turn turn_of(const SyncHdr& header, std::string_view digest) const { return dialogue_.turn_of(header, digest); }
  bool is_over() const override { return state_ == State::over; }
  std::chrono::seconds patience() const override { return around_.options.sessions.idle; }
  void abandon(std::string_view how) override;

  /// Who is told of all that is said. Before begin().
  void observe(std::unique_ptr<SessionTrace> trace);

  /// Package 1, which the dialogue has heard.
  net::Task<DmReply> begin(DmHeard heard, boost::asio::io_context& context, Clock::time_point now);
  /// A later message.
  net::Task<DmReply> take(DmHeard heard, boost::asio::io_context& context, Clock::time_point now);

 private:
  enum class State : unsigned char { fresh, open, over };
  using Step = std::optional<DmPerformance::Step>;

  net::Task<DmReply> proceed(DmHeard heard, DmMessage reply, boost::asio::io_context& context, Clock::time_point now);
  net::Task<Result<void>> hear(const DmMessage& message, DmMessage& reply, boost::asio::io_context& context);
  net::Task<Result<void>> hear_command(const SyncHdr& header, const CommandElement& command, DmMessage& reply, boost::asio::io_context& context);
  net::Task<Result<int>> hear_alert(const CommandElement& alert, boost::asio::io_context& context);
  net::Task<Result<void>> settle_cancel(boost::asio::io_context& context);
  void hear_results(const SyncHdr& header, ResultsElement results, DmMessage& reply);
  void hear_status(const StatusElement& status);
  void hear_of_our_cred(const StatusElement& status);

  Step begin_change();
  void end_change();
  bool may_show_other() const { return account_.other_server && !has_shown_other_; }
  bool show_other();
  void note_client_used(bool is_other);
  void note_server_used();
  const DmLogin* own_login() const;
  net::Task<Result<void>> keep_news(boost::asio::io_context& context);
  net::Task<Result<void>> tell_again(boost::asio::io_context& context);

  Step settle();
  Step answers();
  net::Task<DmReply> advance(Step step, DmMessage reply, const DmMessage& heard, boost::asio::io_context& context, Clock::time_point now);
  net::Task<Result<Step>> next(boost::asio::io_context& context);
  net::Task<Result<void>> finish(Report report, boost::asio::io_context& context);
  net::Task<DmReply> kept_and_sent(DmMessage reply, const DmMessage& heard, boost::asio::io_context& context);
  bool load(DmMessage& reply);
  bool may_go_on(Clock::time_point now) const;

  bool is_proved(const DmHeard& heard);
  std::string_view own_type() const;
  void give_nonce();   ///< another for the device's next proof
  StatusElement welcome(const SyncHdr& header, bool is_first);
  DmMessage dressed(DmMessage reply) const;
  DmReply send(DmMessage reply);
  DmReply refuse(const DmMessage& message, int code, std::string_view why, bool aborts = false);
  DmReply unavailable(const DmMessage& message);
  void close(std::string_view how, bool is_problem);

  const DmSurroundings& around_;
  Dialogue dialogue_;
  DmAccount account_;
  std::string nonce_;                  ///< of the device's next MAC
  const DmAuthentication proof_;
  bool is_tls_ = false;                ///< its last message came so
  State state_ = State::fresh;
  Clock::time_point began_{};
  DeviceFacts facts_;
  DmModelOptions model_;
  Contact contact_;                    ///< what it told when it began
  unsigned messages_ = 0, wrong_ = 0, alerts_ = 0;
  bool is_adopted_ = false;
  bool has_told_ = false;              ///< who it is: ./DevInfo came
  bool tells_more_ = false;            ///< some of that came later

  std::string wanted_type_;            ///< that the device asks our Cred to be of
  bool is_trusted_ = false;            ///< the device said 212
  bool is_refused_ = false, was_refused_ = false;   ///< our Cred was, with this message; and once before
  bool owes_nonces_ = false;           ///< they are others than those that are kept
  bool shows_other_ = false, has_shown_other_ = false;   ///< our Cred is made with the other password; it was, as the device refused the first
  DmPasswordsNews news_;               ///< of passwords, that are not kept yet
  bool asked_more_ = false;            ///< our last message asked for the next one of a package
  bool is_no_more_ = false;            ///< the device refuses to send it
  bool is_aborted_ = false;            ///< by the device

  std::vector<std::string> correlators_;
  std::optional<Assignment> assignment_;
  std::unique_ptr<DmPerformance> performance_;
  std::unique_ptr<Shipment> shipment_;
  std::unique_ptr<PasswordChange> change_;   ///< what the performance does, unless that is of an assignment
  bool has_changed_ = false;           ///< it was tried, whatever came of it
  std::unique_ptr<LargeObject> object_;
  std::unique_ptr<DmTrace> trace_;
};

using DmSessions = SessionsOf<DmSession>;

}  // namespace nscl::rem::omadm
