// SPDX-License-Identifier: Apache-2.0
// Baseline of the notification rates: the daemon's own WebClient, one thread, posts the same octets over and over, one call at a
// time to each port. Reads the ports from standard input, one a line; writes answers a second.
//   bench_web_client_posts OCTETS SECONDS
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/net/web_client.h>

namespace {

using Clock = std::chrono::steady_clock;
using Body = std::shared_ptr<const std::string>;

struct Run {
  Clock::time_point end;
  std::size_t answers = 0, failures = 0;
};

nscl::net::Task<void> post(nscl::net::WebClient& client, std::string uri, Body body, Run& run) {
  while (Clock::now() < run.end) {
    nscl::net::WebCall call;
    call.uri = uri;
    call.fields.emplace_back("Content-Type", "application/xml");
    call.body = body;
    const auto result = co_await client.call(std::move(call));
    if (result) ++run.answers;
    else ++run.failures;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: bench_web_client_posts OCTETS SECONDS\n";
    return 2;
  }
  const auto body = std::make_shared<const std::string>(std::strtoul(argv[1], nullptr, 10), 'x');
  const std::chrono::duration<double> time(std::atof(argv[2]));
  boost::asio::io_context context(1);
  nscl::net::WebClientOptions options;
  options.allowed_networks = {"127.0.0.0/8"};
  options.connections = 10'000;
  nscl::net::WebClient client(context, options);
  Run run{.end = Clock::now() + std::chrono::duration_cast<Clock::duration>(time)};
  for (std::string port; std::getline(std::cin, port);) {
    boost::asio::co_spawn(context, post(client, "http://127.0.0.1:" + port + "/notify", body, run), boost::asio::detached);
  }
  const auto begin = Clock::now();
  context.run();
  const std::chrono::duration<double> spent = Clock::now() - begin;
  std::cout << static_cast<double>(run.answers) / spent.count() << ' ' << run.failures << '\n';
  return 0;
}
