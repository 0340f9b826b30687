// SPDX-License-Identifier: Apache-2.0
// TimeStamper: the time stamping authority of RFC 3161. It signs that something existed at a time, and sees its digest only.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/store/store.h>

namespace nscl::security {

/// What the kernel says of the system clock.
struct TimeQuality {
  bool is_trusted = false;                ///< something keeps it in step with a time source
  std::chrono::microseconds error{0};     ///< the most it may be wrong by; only if it is trusted
};
/// By adjtimex; not trusted as well where this process may not ask.
TimeQuality time_quality();

/// True if `text` is an object identifier such as "1.2.3.4.1".
bool is_object_identifier(const std::string& text);

class TimeStamper {
 public:
  struct Options {
    std::string policy = "1.2.3.4.1";     ///< object identifier of the policy that the tokens name
    bool require_synchronised = false;    ///< refuse to stamp while the clock is not trusted
    std::size_t queue = 64;               ///< requests waiting for the signing thread
    std::function<TimeQuality()> quality = time_quality;
  };
  /// Octets of a query; a longer one is answered as one that cannot be read.
  static constexpr std::size_t longest_query = 4096;
  /// Serial numbers are taken from the store in blocks of this many.
  static constexpr std::uint64_t block = 1000;

  /// `certificates`: PEM, the authority's own first, then those between it and its root. `key`: PEM, RSA of 2048 bits or
  /// more, or EC. Throws std::runtime_error with a text for the operator if they cannot be used. Starts a thread.
  TimeStamper(store::Store& store, const Clock& clock, std::string_view certificates, const Secret& key, Options options);
  ~TimeStamper();

  /// service_unavailable if the queue is full.
  using Handler = boost::asio::any_completion_handler<void(Result<std::string>)>;

  /// TimeStampReq -> TimeStampResp, both DER. What cannot be stamped is refused inside of a valid response.
  void answer(std::string query, boost::asio::io_context& context, Handler handler);

  /// A token (ContentInfo, DER) over the SHA-256 of `content`, the certificates inside. service_unavailable, with the
  /// reason, if none can be made.
  void stamp(std::shared_ptr<const std::string> content, boost::asio::io_context& context, Handler handler);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::security
