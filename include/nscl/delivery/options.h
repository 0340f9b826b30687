// SPDX-License-Identifier: Apache-2.0
// Options of delivery: its pace and its bounds.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <nscl/base/secret.h>

namespace nscl::delivery {

/// An SCL that this one knows by its configuration.
struct PeerOptions {
  std::string id = "nscl";                  ///< of the scl resource that stands for it here
  std::string own_id;                       ///< of the one that stands for this SCL there; empty: the same as here
  std::string credential;                   ///< "user:password" by which it knows this SCL; empty: none
  bool registers = false;                   ///< this SCL registers there, and stays so
  std::string uri;                          ///< its sclBase
  std::chrono::seconds lifetime{86'400};    ///< of the registration, as asked for
};

/// What the operator decides; durations of zero mean at once.
struct Options {
  std::chrono::seconds first_retry{10};              ///< of a notification; doubled with each failure in a row ...
  std::chrono::seconds last_retry{600};              ///< ... up to this
  std::chrono::seconds give_up{3600};                ///< a subscription whose receiver failed for longer, at least ten times, is deleted
  std::chrono::milliseconds answer_time{30'000};     ///< for the answer of a next hop
  std::chrono::milliseconds poll_hold_time{110'000}; ///< of a long poll that nothing comes for
  std::chrono::milliseconds poll_queue_time{30'000}; ///< a request that a peer waits for waits so long for a poll
  std::size_t polls = 100'000;                       ///< long polls waiting at once
  std::size_t requests_per_scl = 100'000;            ///< kept for one SCL
  std::size_t lanes_under_way = 1000;                ///< deliveries at once
  std::vector<std::string> anonymous;                ///< principals that receivers are told a pseudonym of
  std::shared_ptr<const Secret> pseudonym_secret;    ///< of the pseudonyms; null if there are none
  std::vector<PeerOptions> peers;                    ///< no two with the same id
  std::string om2m_credential = "admin:admin";       ///< what peers of the OM2M family are told who we are
};

}  // namespace nscl::delivery
