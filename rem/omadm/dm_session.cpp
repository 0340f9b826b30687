// SPDX-License-Identifier: Apache-2.0
// A session as a whole: its beginning, its work, its end. What devices say in it is in dm_session_hearing.cpp, what they are said in
// dm_session_saying.cpp.
#include <nscl/rem/omadm/dm_session.h>

#include <algorithm>
#include <utility>

#include <nscl/base/log.h>

#include "alerts.h"
#include "challenge.h"
#include "dm_gate.h"
#include "dm_trace.h"
#include "large_object.h"
#include "perform/passwords.h"
#include "shipment.h"
#include "status_codes.h"

namespace nscl::rem::omadm {
namespace {

/// Reads what a device did not tell by itself.
class WhoIsIt final : public DmPerformance {
 public:
  Step begin() override {
    CommandElement get;
    get.kind = CommandElement::Kind::get;
    for (const auto* name : {"DevId", "Man", "Mod", "DmV", "Lang"}) get.items.push_back({"./DevInfo/" + std::string(name), ""});
    return std::vector<CommandElement>{std::move(get)};
  }
  Step answered(const std::vector<CommandAnswer>& answers) override {
    Report report;
    for (const auto& item : answers.front().items) {
      for (const auto& result : item.results) report.leaves.push_back({item.uri, result.data.value_or(""), result.meta.format});
    }
    return report;
  }
  Step unanswered() override { return Report{}; }
};

}  // namespace

DmSession::DmSession(const DmSurroundings& around, Dialogue dialogue, DmAccount account, DmAuthentication proof)
    : around_(around), dialogue_(std::move(dialogue)), account_(std::move(account)), proof_(proof), wanted_type_(auth_md5),
      object_(std::make_unique<LargeObject>(around.options.sessions.object)) {}

DmSession::~DmSession() = default;

void DmSession::observe(std::unique_ptr<SessionTrace> trace) { trace_ = std::make_unique<DmTrace>(std::move(trace)); }

// ---- messages

net::Task<DmReply> DmSession::begin(DmHeard heard, boost::asio::io_context& context, Clock::time_point now) {
  began_ = now;
  is_tls_ = heard.is_tls;
  messages_ = 1;
  contact_ = contact_of(heard.message, heard.peer);
  if (account_.client) contact_.password_set = (account_.shows_other ? account_.other_client->login : *account_.client).changed;
  if (proof_ != DmAuthentication::off) note_client_used(account_.shows_other);
  has_told_ = !contact_.leaves.empty();
  if (!contact_.facts.serial.empty() && contact_.facts.serial != device()) log::info("dm.other_id", {{"device", device()}, {"id", contact_.facts.serial}});
  if (trace_) trace_->heard(heard.message);
  Contact contact = contact_;
  const auto welcomed = co_await around_.work.begin(std::move(contact), context);
  if (!welcomed) {
    state_ = State::over;
    trace_.reset();
    const bool is_unknown = welcomed.error().status == Status::not_found || welcomed.error().status == Status::forbidden;
    co_return refuse(heard.message, is_unknown ? unauthorised : busy, {});
  }
  state_ = State::open;
  is_adopted_ = welcomed->state == store::ManagedState::adopted;
  facts_ = welcomed->facts;
  if (around_.performing.model) model_ = around_.performing.model(facts_);
  auto reply = dialogue_.blank();
  reply.body.push_back(welcome(heard.message.header, true));
  co_return co_await proceed(std::move(heard), std::move(reply), context, now);
}

net::Task<DmReply> DmSession::take(DmHeard heard, boost::asio::io_context& context, Clock::time_point now) {
  const bool lost_tls = is_tls_ && !heard.is_tls;   // what was to be read by the device alone is not said again to everybody
  is_tls_ = heard.is_tls;
  if (lost_tls) co_return refuse(heard.message, malformed, "it went on without TLS", true);
  const auto turn = dialogue_.turn_of(heard.message.header, heard.digest);
  if (turn == Dialogue::Turn::repeated) {
    if (trace_) trace_->remark({true, 0, "the same message again"});
    co_return dialogue_.last();
  }
  if (turn == Dialogue::Turn::wrong) co_return refuse(heard.message, malformed, "a message whose turn it is not", true);
  dialogue_.hear(heard.message.header, std::move(heard.digest));
  auto reply = dialogue_.blank();
  if (is_over()) {
    reply.body.emplace_back(status_for(heard.message.header, nullptr, ok));
    reply.is_final = true;
    co_return send(std::move(reply));
  }
  if (trace_) trace_->heard(heard.message);
  if (++messages_ > around_.options.sessions.messages) co_return refuse(heard.message, busy, "too many messages", true);
  if (proof_ == DmAuthentication::mac && !is_proved(heard)) {
    if (++wrong_ >= most_wrong) co_return refuse(heard.message, unauthorised, "messages that are not proved");
    give_nonce();   // whoever it was may have read the one before (3.4)
    auto again = challenge(heard.message, dialogue_.blank(), unauthorised, auth_mac, nonce_);
    co_return co_await kept_and_sent(std::move(again), heard.message, context);
  }
  reply.body.emplace_back(welcome(heard.message.header, false));
  co_return co_await proceed(std::move(heard), std::move(reply), context, now);
}

bool DmSession::is_proved(const DmHeard& heard) {
  const DmProof proof{heard.message.header, heard.octets, heard.hmac, nonce_, model_.hmac_by_rfc_2104};
  const auto judged = judge(account_, proof, DmAuthentication::mac);
  if (judged.verdict != DmVerdict::good_mac) return false;
  note_client_used(judged.is_by_other);
  return true;
}

net::Task<DmReply> DmSession::proceed(DmHeard heard, DmMessage reply, boost::asio::io_context& context, Clock::time_point now) {
  const auto& message = heard.message;
  const bool is_chunk_taken = shipment_ && shipment_->sends_chunks();
  is_refused_ = is_no_more_ = false;
  if (const auto& told = message.header.meta.max_msg_size) contact_.facts.message_size = *told;
  const auto all = co_await hear(message, reply, context);
  if (!all) co_return unavailable(message);
  if (is_aborted_) {
    reply.is_final = true;
    auto last = send(std::move(reply));
    close("the device ended it", true);
    co_return last;
  }
  if (is_no_more_) object_->drop();
  const bool is_incomplete = !message.is_final && !is_chunk_taken && !is_no_more_;
  asked_more_ = is_incomplete || object_->is_collecting();
  if (asked_more_) {
    reply.body.emplace_back(alert_of(next_message));
    co_return co_await kept_and_sent(std::move(reply), message, context);
  }
  if (tells_more_ && !assignment_) {
    const auto told = co_await tell_again(context);
    if (!told) co_return unavailable(message);
  }
  auto step = settle();
  co_return co_await advance(std::move(step), std::move(reply), message, context, now);
}

// ---- operations

/// What came back of the commands that were sent; nothing as long as some of them are still to be.
DmSession::Step DmSession::settle() {
  if (!shipment_) return std::nullopt;
  if (!is_refused_) {
    shipment_->conclude();
  } else if (was_refused_ && !show_other()) {
    shipment_->fail(unauthorised);
  } else {
    was_refused_ = true;
    shipment_->send_again();
  }
  return shipment_->is_done() ? answers() : std::nullopt;
}

DmSession::Step DmSession::answers() {
  const auto shipment = std::move(shipment_);
  const auto& all = shipment->answers();
  const bool is_silent = std::ranges::all_of(all, [](const CommandAnswer& answer) {
    return answer.status == 0 && std::ranges::all_of(answer.items, [](const ItemAnswer& item) { return item.status == 0 && item.results.empty(); });
  });
  return is_silent ? performance_->unanswered() : performance_->answered(all);
}

/// Goes on with `step`, and with the operations after it, up to the next commands or the end.
net::Task<DmReply> DmSession::advance(Step step, DmMessage reply, const DmMessage& heard, boost::asio::io_context& context, Clock::time_point now) {
  reply.is_final = true;
  while (may_go_on(now) || step) {
    if (shipment_) {
      if (load(reply)) co_return co_await kept_and_sent(std::move(reply), heard, context);
      step = answers();   // none of it could be sent
      continue;
    }
    if (!step) {
      auto begun = co_await next(context);
      if (!begun) co_return unavailable(heard);
      step = *std::move(begun);
      if (!step) break;
    }
    if (auto* const commands = std::get_if<std::vector<CommandElement>>(&*step)) {
      if (!may_go_on(now)) break;
      shipment_ = std::make_unique<Shipment>(std::move(*commands), facts_.has_large_objects, contact_.facts.object_size != 0 ? contact_.facts.object_size : facts_.object_size);
      step.reset();
      continue;
    }
    Report report = std::get<Report>(std::move(*step));
    step.reset();
    const auto done = co_await finish(std::move(report), context);
    if (!done) co_return unavailable(heard);
  }
  auto last = co_await kept_and_sent(std::move(reply), heard, context);
  if (!is_over()) close("the end", false);
  co_return last;
}

/// A device that refuses our credentials gets nothing more.
bool DmSession::may_go_on(Clock::time_point now) const {
  const auto& limits = around_.options.sessions;
  return !is_over() && !(is_refused_ && was_refused_ && !shipment_) && now - began_ < limits.session && messages_ < limits.messages;
}

net::Task<Result<DmSession::Step>> DmSession::next(boost::asio::io_context& context) {
  Step step;
  if (is_adopted_ && !has_told_) {
    has_told_ = true;
    performance_ = std::make_unique<WhoIsIt>();
    step = performance_->begin();
    co_return std::move(step);
  }
  auto assigned = co_await around_.work.next(device(), context);
  if (!assigned) co_return tl::unexpected(std::move(assigned.error()));
  if (!*assigned) {
    step = begin_change();
    co_return std::move(step);
  }
  assignment_ = **std::move(assigned);
  DmSituation situation{&facts_, correlators_, model_};
  if (dialogue_.encoding() != Encoding::wbxml) situation.model.raw_binary = false;   // XML has no octets
  performance_ = around_.performing.perform(*assignment_, std::move(situation));
  step = performance_->begin();
  co_return std::move(step);
}

net::Task<Result<void>> DmSession::finish(Report report, boost::asio::io_context& context) {
  performance_.reset();
  if (change_) {
    end_change();
    co_return Result<void>();
  }
  if (!assignment_) {   // it was asked who it is
    std::vector<Item> items;
    for (auto& leaf : report.leaves) {
      Item item{"", std::move(leaf.path)};
      item.meta.format = std::move(leaf.type);
      item.data = std::move(leaf.value);
      items.push_back(std::move(item));
    }
    add_device_info(contact_, items);
    co_return co_await tell_again(context);
  }
  const auto operation = assignment_->operation;
  auto done = co_await around_.work.finish(device(), operation, std::move(report), context);
  if (done) assignment_.reset();
  co_return done;
}

/// It told more of itself than with its first message: as if it called anew.
net::Task<Result<void>> DmSession::tell_again(boost::asio::io_context& context) {
  tells_more_ = false;
  auto contact = contact_;
  contact.events.clear();
  const auto welcomed = co_await around_.work.begin(std::move(contact), context);
  if (!welcomed) co_return tl::unexpected(welcomed.error());
  around_.work.end(device(), std::nullopt);   // of the two that began now one is left
  facts_ = welcomed->facts;
  is_adopted_ = welcomed->state == store::ManagedState::adopted;
  if (around_.performing.model) model_ = around_.performing.model(facts_);
  co_return Result<void>();
}

// ---- the end

void DmSession::abandon(std::string_view how) { close(how, true); }

void DmSession::close(std::string_view how, bool is_problem) {
  const bool has_begun = state_ == State::open;
  state_ = State::over;
  shipment_.reset();
  performance_.reset();
  change_.reset();
  object_->drop();
  std::optional<std::uint64_t> operation;
  if (assignment_) operation = assignment_->operation;
  assignment_.reset();
  if (has_begun && trace_) trace_->end(how, is_problem);
  trace_.reset();
  facts_ = {};   // what is over is still known for a while, and there may be many of them
  contact_ = {};
  correlators_ = {};
  if (has_begun) around_.work.end(device(), operation);
}

}  // namespace nscl::rem::omadm
