// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/simulator/cpe_fleet.h>

#include <vector>

#include <nscl/net/listener.h>
#include <nscl/rem/simulator/gateway.h>

#include "connection_requests.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t request_limit = 4096;

class CpeEntrance final : public Entrance {
 public:
  CpeEntrance(boost::asio::io_context& context, const CallAddress& where, bool is_open)
      : requests_([this](std::size_t number) { return number < cpes_.size() ? cpes_[number] : nullptr; },
                  [this](std::size_t number) { called_(number); }, is_open) {
    net::ListenerOptions wanted;
    wanted.address = where.address;
    wanted.port = where.port;
    wanted.body_limit = request_limit;
    const std::vector<boost::asio::io_context*> contexts{&context};
    listener_ = std::make_unique<net::Listener>(contexts, wanted, requests_);
    start_ = "http://" + host_of(where) + ":" + std::to_string(listener_->port());
  }

  std::string next_url() const { return start_ + requests_.path_of(cpes_.size()); }
  void add(Cpe* cpe) { cpes_.push_back(cpe); }

  void start(Called called) override {
    called_ = std::move(called);
    listener_->start();
  }
  void stop() override { listener_->stop(); }
  std::string places() const override { return "connection requests on port " + std::to_string(listener_->port()) + "\n"; }

 private:
  std::vector<Cpe*> cpes_;
  Called called_;
  std::string start_;
  ConnectionRequests requests_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace

Crew make_cpes(boost::asio::io_context& context, const CpeCrewOptions& options) {
  Crew out;
  std::unique_ptr<CpeEntrance> entrance;
  if (!options.calls.address.empty()) entrance = std::make_unique<CpeEntrance>(context, options.calls, options.cpe->style == Style::genieacs_sim);
  const auto now = system_clock().now();
  const auto add = [&](const std::shared_ptr<const CpeOptions>& kind, std::string serial) {
    auto made = std::make_unique<Cpe>(kind, std::move(serial), entrance ? entrance->next_url() : std::string(), now);
    if (entrance) entrance->add(made.get());
    out.devices.push_back(std::move(made));
  };
  const auto behind = options.caller ? options.callers : 0;
  out.devices.reserve(options.count * (1 + behind));
  for (std::size_t i = 1; i <= options.count; ++i) {
    const auto serial = numbered_serial(options.serial_prefix, i);
    add(options.cpe, serial);
    for (std::size_t j = 1; j <= behind; ++j) add(options.caller, caller_serial(serial, j));
  }
  out.entrance = std::move(entrance);
  return out;
}

}  // namespace nscl::rem::simulator
