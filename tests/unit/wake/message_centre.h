// SPDX-License-Identifier: Apache-2.0
// A message centre that a test writes the answers of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "smpp_pdu.h"

namespace nscl::rem::test {

/// Serves one connection after the other on the context of the test.
class MessageCentre {
 public:
  using Tcp = boost::asio::ip::tcp;
  /// What is answered, octet by octet; empty: nothing.
  using Answer = std::function<std::string(const SmppPdu& pdu)>;

  MessageCentre(boost::asio::io_context& context, Answer answer)
      : acceptor_(context, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)), peer_(context), answer_(std::move(answer)) {
    accept();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void write(const std::string& octets) {
    boost::system::error_code ignored;
    boost::asio::write(peer_, boost::asio::buffer(octets), ignored);
  }
  void hang_up() { peer_.close(); }

  std::vector<SmppPdu> come;
  unsigned connections = 0, ends = 0;   ///< begun, and ended by the peer

 private:
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, Tcp::socket peer) {
      if (error) return;
      ++connections;
      peer_ = std::move(peer);
      octets_.clear();
      read();
      accept();
    });
  }
  void read() {
    peer_.async_read_some(boost::asio::buffer(buffer_), [this](const boost::system::error_code& error, std::size_t size) {
      if (error == boost::asio::error::eof || error == boost::asio::error::connection_reset) ++ends;
      if (error) return;
      octets_.append(buffer_, size);
      while (auto pdu = take_pdu(octets_)) {
        come.push_back(*pdu);
        write(answer_(*pdu));
      }
      read();
    });
  }

  Tcp::acceptor acceptor_;
  Tcp::socket peer_;
  const Answer answer_;
  std::string octets_;
  char buffer_[4096];
};

/// That all is well.
inline std::string good_answer(const SmppPdu& pdu) {
  if ((pdu.command & smpp::answer) != 0) return {};
  return write_pdu({.command = pdu.command | smpp::answer, .sequence = pdu.sequence, .body = std::string("1\0", 2)});
}

}  // namespace nscl::rem::test
