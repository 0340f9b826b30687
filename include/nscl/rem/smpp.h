// SPDX-License-Identifier: Apache-2.0
// SmppClient: short messages through a message centre (SMPP 3.4), for devices that are called by them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/net/async.h>

namespace nscl::rem {

struct SmppOptions {
  std::string address;                ///< IPv4 or IPv6, of the message centre; empty: there is none
  std::uint16_t port = 2775;
  std::string system_id;              ///< as who this SCL binds; 15 octets at most
  std::string password;               ///< 8 octets at most
  std::string system_type;            ///< 12 octets at most; mostly empty
  std::string source;                 ///< number or name that messages come from, 20 octets at most; empty: the centre chooses
  std::uint8_t source_ton = 0, source_npi = 0;   ///< kind and plan of that number: 1 and 1 for an international one, 5 and 0 for a name
  std::vector<std::string> destinations;   ///< how numbers begin that messages are sent to ("+49"); none: nobody is
  std::chrono::milliseconds connect_time{2000}, answer_time{10'000};
  std::chrono::milliseconds idle_time{30'000};   ///< then the centre is asked whether it is still there
  std::chrono::milliseconds pause{10'000};       ///< after a failure, until it is tried again
  std::size_t window = 10;            ///< messages that are not answered yet
};

/// What became of a short message.
struct SmppOutcome {
  enum class End : unsigned char {
    sent,      ///< the centre has taken it
    later,     ///< no connection, or the centre has too much to do
    refused    ///< the centre does not take this one
  };
  End end = End::later;
  std::string detail;                 ///< for the operator
};

/// One connection, made when it is needed and kept. On the thread of `context`.
class SmppClient {
 public:
  /// Throws std::invalid_argument if the address is none.
  SmppClient(boost::asio::io_context& context, SmppOptions options);
  ~SmppClient();
  SmppClient(const SmppClient&) = delete;
  SmppClient& operator=(const SmppClient&) = delete;

  /// Sends octets (user data header and body, 140 at most) to a number: "+491234". Comes to an end in bounded time.
  net::Task<SmppOutcome> submit(std::string number, std::string message);

  /// Takes leave of the centre and ends what is under way.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::rem
