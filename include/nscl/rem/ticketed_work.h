// SPDX-License-Identifier: Apache-2.0
// TicketedWork: Work for an engine that hands on what it was assigned, to an ACS elsewhere, and hears of the end later.
#pragma once

#include <string>

#include <nscl/rem/work.h>

namespace nscl::rem {

/// Whether something that a session has is still to be done.
enum class Standing : unsigned char {
  wanted,
  cancelled,   ///< whoever asked for it does not want it any more: finish() with the code CANCELLED if it did not happen
  over,        ///< its time is: nobody waits for a report
};

class TicketedWork : public Work {
 public:
  /// Keeps under which ticket the ACS has it, so that it is found again after a restart of this program; empty: it is not known any more
  /// whether it has. No effect on an operation that no session has. service_unavailable: the store cannot write.
  virtual net::Task<Result<void>> hold(std::string device, std::uint64_t operation, std::string ticket, boost::asio::io_context& context) = 0;

  virtual Standing standing(const std::string& device, std::uint64_t operation, boost::asio::io_context& context) const = 0;
};

}  // namespace nscl::rem
