// SPDX-License-Identifier: Apache-2.0
// `nscl healthcheck`: asks a daemon whether it is ready, with a plain blocking socket; for containers without a shell.
#include <sys/socket.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include <nscl/app/commands.h>
#include <nscl/net/blocking_socket.h>

namespace nscl::app {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t largest_answer = 16 * 1024;

struct Target {
  std::string host, port, path;
};

Target parse_url(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) throw std::invalid_argument(url + ": only http:// is understood");
  const std::size_t slash = std::min(url.find('/', scheme.size()), url.size());
  const std::string authority = url.substr(scheme.size(), slash - scheme.size());
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
  Target target;
  target.host = authority.substr(0, colon);
  target.port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
  target.path = slash == url.size() ? "/" : url.substr(slash);
  if (target.host.starts_with('[') && target.host.ends_with(']'))
    target.host = target.host.substr(1, target.host.size() - 2);
  if (target.host.empty() || url.find_first_of(" \r\n") != std::string::npos)
    throw std::invalid_argument(url + ": is not a URL");
  return target;
}

/// The first listener without TLS; an address that means "all" is asked on the loopback.
Target target_of(const std::vector<ListenerConfig>& listeners) {
  const auto is_plain = [](const ListenerConfig& listener) { return listener.tls.mode == net::TlsOptions::Mode::none; };
  const auto found = std::find_if(listeners.begin(), listeners.end(), is_plain);
  if (found == listeners.end()) throw std::invalid_argument("every listener speaks TLS: one without it on 127.0.0.1 is needed for this");
  const ListenerConfig& listener = *found;
  std::string host = listener.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return Target{host, std::to_string(listener.port), "/readyz"};
}

std::string converse(int socket, const std::string& request) {
  std::string answer;
  if (::send(socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    return answer;
  char part[2048];
  ssize_t count = 0;
  while (answer.size() < largest_answer && (count = ::recv(socket, part, sizeof part, 0)) > 0) {
    answer.append(part, static_cast<std::size_t>(count));
  }
  return answer;
}

std::string ask(const Target& target) {
  const net::BlockingSocket socket(target.host, target.port, patience);
  return converse(socket.get(), "GET " + target.path + " HTTP/1.1\r\nHost: " + net::authority_of(target.host, target.port) +
                                    "\r\nConnection: close\r\n\r\n");
}

}  // namespace

int healthcheck(const HealthcheckCommand& command, char** environment) {
  try {
    const Target target =
        command.url.empty()
            ? target_of(load_config(command.source.file, environment, command.source.overrides).listeners)
            : parse_url(command.url);
    const std::string answer = ask(target);
    if (answer.starts_with("HTTP/1.1 200 ")) return exit_ok;
    const std::size_t body = answer.find("\r\n\r\n");
    std::cerr << "not ready: " << (body == std::string::npos ? "no answer" : answer.substr(body + 4)) << '\n';
    return exit_failure;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return exit_usage;
  } catch (const std::invalid_argument& error) {
    std::cerr << "nscl healthcheck: " << error.what() << '\n';
    return exit_usage;
  } catch (const std::exception& error) {
    std::cerr << "not ready: " << error.what() << '\n';
    return exit_failure;
  }
}

}  // namespace nscl::app
