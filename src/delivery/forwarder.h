// SPDX-License-Identifier: Apache-2.0
// Forwarder: passes requests on to applications, other SCLs and plain addresses, and brings their answers
// (TS 102 921 10.3.2.23; procedures 5.12, 5.13).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nscl/base/time.h>
#include <nscl/core/pipeline.h>
#include <nscl/delivery/transport.h>
#include <nscl/security/pseudonyms.h>
#include <nscl/store/store.h>

#include "channels.h"
#include "next_hop.h"
#include "peers.h"
#include "scl_index.h"

namespace nscl::delivery {

struct ForwarderOptions {
  std::chrono::milliseconds time{30'000};       ///< for the answer of the next hop
  std::string om2m_credential = "admin:admin";  ///< what peers of the OM2M family are told who we are ("user:password")
};

/// What came of passing a request on.
struct Attempt {
  enum class Kind : unsigned char {
    answered,      ///< by the next hop, whatever it said
    asleep,        ///< not sent: its SCL cannot be reached at the moment
    failed,        ///< nothing came back, and it may have been executed
    impossible,    ///< and will be tomorrow
  };
  Kind kind = Kind::impossible;
  core::ResponseConfirm confirm;     ///< with `answered`
  Error error;                       ///< else
  std::string scl;                   ///< path of the SCL it was for, empty if for none
  std::string parked_on;             ///< with `asleep`: what would wake it
};

class Forwarder {
 public:
  Forwarder(store::Store& store, core::Pipeline& pipeline, const Clock& clock, Transport& transport, Channels& channels, const Peers& peers,
            const security::Pseudonyms& pseudonyms, boost::asio::io_context& home, ForwarderOptions options);

  /// The answer of whatever stands at the end of `route`. On the thread of `context`; does not throw.
  net::Task<core::ResponseConfirm> relay(core::RequestIndication request, core::Route route, boost::asio::io_context& context);

  /// The same, saying why there is no answer. `insist`: also where the SCL says that it sleeps.
  net::Task<Attempt> attempt(core::RequestIndication request, core::Route route, boost::asio::io_context& context, bool insist = false);

  /// The registered SCL that the route leads to; null if there is none.
  model::ResourcePtr scl_of(store::View& view, const core::Route& route) const;

  /// An address that somebody gave for being told something: below the link of a registered SCL, or any other.
  net::Task<core::ResponseConfirm> call(core::RequestIndication request, std::string uri, boost::asio::io_context& context);

  /// True for an anonymous request whose contactURI would tell its receiver who asks: it is refused.
  bool betrays(const core::RequestIndication& request) const { return !request.delivery.contact_uri.empty() && pseudonyms_.hides(*request.from); }

  SclIndex& scls() { return scls_; }

 private:
  /// The addresses to try in turn, and how the one that asks is written there.
  struct Plan {
    Attempt::Kind obstacle = Attempt::Kind::answered;   ///< why nothing can be sent; answered: it can
    Error error;
    std::vector<std::string> uris;
    std::vector<Contact> contacts;       ///< that they belong to, of an SCL
    std::optional<ChannelRef> channel;   ///< then asked through it, for `target`
    std::string target;
    bool is_om2m = false;
    std::string credential;   ///< by which the SCL knows this one, if the configuration says so
    std::string originator;   ///< URI of who asks, as the one at the end is to see it
    std::string scl;      ///< path of the scl it leads to, empty if to none
    std::string parked_on;
  };
  Plan plan(const core::RequestIndication& request, const core::Route& route, bool insist) const;
  Plan plan_for_scl(store::View& view, const core::RequestIndication& request, model::ResourcePtr scl, const core::Route& route, bool insist) const;
  static void set_quarantined(Plan& plan, const core::RequestIndication& request);
  net::Task<Attempt> send(core::RequestIndication request, Plan plan, boost::asio::io_context& context);
  net::Task<Attempt> send_by_channel(core::RequestIndication request, Plan plan);
  /// Keeps the onlineStatus of an m2mPoc to what was found out (procedures 5.2.4).
  net::Task<void> note_reach(const Contact& contact, bool is_reached, boost::asio::io_context& context);
  /// The URI of who asks, as `peer` is to see it.
  std::string originator_for(std::string_view peer, const core::RequestIndication& request) const;
  OutgoingRequest outgoing(const core::RequestIndication& request, const Plan& plan) const;
  core::ResponseConfirm confirm(const core::RequestIndication& request, const Plan& plan, IncomingAnswer answer) const;
  bool was_here(const core::RequestIndication& request) const;

  store::Store& store_;
  core::Pipeline& pipeline_;
  const Clock& clock_;
  Transport& transport_;
  Channels& channels_;
  const Peers& peers_;
  const security::Pseudonyms& pseudonyms_;
  boost::asio::io_context& home_;   ///< on whose thread channels are used
  const ForwarderOptions options_;
  const std::string own_name_;   ///< in Via: tells this process from every other
  SclIndex scls_;
};

}  // namespace nscl::delivery
