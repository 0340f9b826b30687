// SPDX-License-Identifier: Apache-2.0
// Shipment: the commands of one step on their way to a device, over as many messages as they need, and what came back (rem.md 3.3, 3.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nscl/rem/omadm/performance.h>
#include <nscl/rem/omadm/syncml.h>

namespace nscl::rem::omadm {

class Shipment {
 public:
  /// `takes_chunks`: the device has support for large objects. `object_size`: octets of the largest one it takes; 0: it does not tell.
  Shipment(std::vector<CommandElement> commands, bool takes_chunks, std::uint64_t object_size);

  struct Load {
    std::vector<CommandElement> commands = {};
    bool is_chunk = false;   ///< others follow, so that the message is not Final
  };
  /// Octets of the message that has this load; nullopt: it cannot be written.
  using Measure = std::function<std::optional<std::size_t>(const Load& load)>;

  /// What the next message of at most `room` octets takes along. What no message can is answered here: 413 if it is too long, 400 if it
  /// cannot be written. Empty: nothing is left to send.
  Load next(std::size_t room, const Measure& measure);
  /// The load has its ids, and goes with the message of this MsgID.
  void sent(std::string msg_id, const std::vector<CommandElement>& commands);

  /// Answers of the device; false: to something else.
  bool take(const StatusElement& status);
  bool take(const ResultsElement& results);
  /// A result of an item was lost on the way: this is its status.
  void spoil(const ResultsElement& results, int status);

  /// The last load was a chunk that others follow.
  bool sends_chunks() const { return is_chunk_; }
  /// All of it is under way, and each command of it has a status.
  bool is_answered() const;
  /// The device has said all that it will of what was sent.
  void conclude();
  /// It did nothing of it: it goes once again.
  void send_again();
  /// It does nothing of it, nor of what was not sent: all of it has this status.
  void fail(int status);

  /// Nothing is under way, nor left to send.
  bool is_done() const { return queue_.empty() && under_way_.empty(); }
  /// One for each command.
  const std::vector<CommandAnswer>& answers() const { return answers_; }

 private:
  using Kind = CommandElement::Kind;
  struct Part {
    std::size_t command = 0;             ///< which
    std::size_t first = 0, count = 0;    ///< of its items
    std::size_t offset = 0, length = 0;  ///< of the data, in a chunk
    bool is_chunk = false, is_last = true;
  };
  /// What one CmdID stands for: a command, or one in an Atomic.
  struct Sent {
    std::string id;
    Kind kind = Kind::other;
    std::size_t first = 0, count = 0;    ///< of the items of its answer
    std::vector<StatusElement> statuses = {};
    std::vector<ResultsElement> results = {};
    std::optional<int> spoilt = {};
  };
  struct UnderWay {
    Part part;
    std::string id;                      ///< of the Atomic, where there is one
    std::vector<Sent> sent;
    std::vector<StatusElement> statuses = {};   ///< of the Atomic
  };

  CommandElement element_of(const Part& part) const;
  bool cut(const Part& part, std::size_t room, const Measure& measure, Load& load);
  bool split(const Part& part);
  void answer(const Part& part, int status);
  Sent* find(std::string_view msg_ref, std::string_view cmd_ref);
  void settle(const UnderWay& all);
  static int settle(const Sent& sent, CommandAnswer& answer);
  static void add_results(const Sent& sent, CommandAnswer& answer);

  const std::vector<CommandElement> commands_;
  const bool takes_chunks_;
  std::vector<CommandAnswer> answers_;
  std::deque<Part> queue_;
  std::vector<Part> loaded_;             ///< since next()
  std::vector<UnderWay> under_way_;
  std::string msg_id_;
  bool is_chunk_ = false;
};

}  // namespace nscl::rem::omadm
