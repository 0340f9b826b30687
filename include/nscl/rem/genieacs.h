// SPDX-License-Identifier: Apache-2.0
// GenieACS as an external ACS, by its north-bound interface (HTTP and JSON; rem.md 2.11).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include <nscl/base/secret.h>
#include <nscl/net/web_client.h>
#include <nscl/rem/external_acs.h>
#include <nscl/rem/files.h>

namespace nscl::rem {

/// As Files::copy().
using GenieFiles = std::function<net::Task<Result<FileCopy>>(std::string name, std::uint64_t limit)>;

struct GenieAcsOptions {
  std::string uri;                                 ///< of the north-bound interface, without a slash at its end: "http://acs.example:7557"
  std::string user;                                ///< for Basic, where a proxy guards it; empty: nobody asks
  Secret password;
  std::chrono::milliseconds call_time{5'000};      ///< GenieACS waits so long for a device that it has called
  std::chrono::milliseconds answer_time{60'000};   ///< and has to answer within this
  GenieFiles files = {};                           ///< what devices are to download is given to GenieACS first; empty: there are none
};

/// `web`: bounds and guards of the client. Throws std::invalid_argument if one of its networks is none.
std::unique_ptr<ExternalAcs> make_genieacs(boost::asio::io_context& context, net::WebClientOptions web, GenieAcsOptions options);

}  // namespace nscl::rem
