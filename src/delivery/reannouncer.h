// SPDX-License-Identifier: Apache-2.0
// Reannouncer: looks again at what is to be announced, after an SCL has registered (anew) or the etsiSclMo of this SCL
// names others (procedures 5.11). A piece of it in each transaction, so that no change has to wait for all.
#pragma once

#include <nscl/delivery/consumer.h>
#include <nscl/store/store.h>

#include "announcer.h"

namespace nscl::delivery {

/// Writer's thread: what anybody wished to be announced is looked at again, soon; `everything`: also what nobody did.
void reannounce(store::Transaction& transaction, bool everything);

class Reannouncer final : public Consumer {
 public:
  static constexpr std::string_view lane_prefix = "reannounce/";

  Reannouncer(store::Store& store, const model::Registry& registry, Announcer& announcer, boost::asio::io_context& context);
  net::Task<void> run(store::Lane lane) override;

 private:
  Result<void> look_at_wishes(store::Transaction& transaction, store::Lane lane);
  Result<void> look_at_all(store::Transaction& transaction, store::Lane lane);

  store::Store& store_;
  Announcer& announcer_;
  boost::asio::io_context& context_;
  std::vector<std::string_view> types_;   ///< that can be announced
};

}  // namespace nscl::delivery
