// SPDX-License-Identifier: Apache-2.0
// Many devices in one thread, as light as they can be: each session is a connection of its own, the first message of their protocol, and
// answers to whatever comes, until there is nothing more. Against a server that knows nothing of it (--constant) as many messages are
// posted as a session has in which nothing is to be done. Prints figures as one line of JSON.
//   bench_device_load PORT [--protocol cwmp|dm-xml|dm-wbxml] [--devices N] [--first N] [--at-once N] [--sessions N] [--seconds S] [--rate R]
//                     [--event CODE] [--authorization VALUE] [--constant] [--patience S]
// --rate: sessions begin at this pace, whatever the server does; a device that is told 503 comes again when Retry-After says so. Without
// it as many as --at-once are always in progress.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dialect.h"

namespace {

using nscl::bench::LoadFigures;

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Options {
  unsigned short port = 0;
  std::size_t devices = 1000, first = 0, at_once = 1000, sessions = SIZE_MAX;
  double seconds = 1e9, rate = 0, patience = 120;
  std::string event = "2 PERIODIC", authorization, protocol = "cwmp";
  bool constant = false;
};

std::string_view between(std::string_view text, std::string_view begin, std::string_view end) {
  const auto from = text.find(begin);
  if (from == text.npos) return {};
  const auto to = text.find(end, from + begin.size());
  return to == text.npos ? std::string_view() : text.substr(from + begin.size(), to - from - begin.size());
}

struct Answer {
  int status = 0;
  std::string_view cookie, body;
  int retry_after = 0;
  bool closes = false;
};

/// Trusts the server: fields are spelled as the servers under measurement do. False: not whole yet.
bool parse(std::string_view text, Answer& out, std::size_t& size) {
  const auto end = text.find("\r\n\r\n");
  if (end == text.npos) return false;
  const auto head = text.substr(0, end + 2);
  const auto length = between(head, "Content-Length: ", "\r");
  size = end + 4 + static_cast<std::size_t>(std::atoll(std::string(length).c_str()));
  if (text.size() < size) return false;
  out.status = std::atoi(std::string(head.substr(9, 3)).c_str());
  out.cookie = between(head, "Set-Cookie: session=", "\r");
  out.retry_after = std::atoi(std::string(between(head, "Retry-After: ", "\r")).c_str());
  out.closes = head.find("Connection: close") != head.npos;
  out.body = text.substr(end + 4, size - end - 4);
  return true;
}

std::unique_ptr<nscl::bench::Dialect> dialect_of(const Options& options) {
  if (options.protocol == "cwmp") return nscl::bench::cwmp_dialect(options.event);
  if (options.protocol == "dm-xml" || options.protocol == "dm-wbxml") return nscl::bench::dm_dialect(options.protocol == "dm-wbxml");
  throw std::runtime_error("unknown protocol " + options.protocol);
}

struct Session {
  int socket = -1;
  std::size_t device = 0;
  Clock::time_point began{};
  unsigned posts = 0;
  std::string out, in, cookie;
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), dialect_(dialect_of(options_)), poll_(epoll_create1(0)) {}
  void run();
  void print() const;

 private:
  void start_due();
  bool may_start() const;
  void start(std::size_t device, Clock::time_point due);
  void post(Session& session, std::string body);
  void flush(Session& session);
  void read(Session& session);
  void answered(Session& session, const Answer& answer);
  void close(Session& session);
  void again(std::size_t device, std::chrono::seconds pause);
  int timeout() const;

  const Options options_;
  const std::unique_ptr<nscl::bench::Dialect> dialect_;
  const int poll_;
  LoadFigures figures_;
  std::unordered_map<int, Session> sessions_;
  std::priority_queue<std::pair<Clock::time_point, std::size_t>, std::vector<std::pair<Clock::time_point, std::size_t>>, std::greater<>> later_;
  std::size_t started_ = 0;
  std::uint64_t number_ = std::random_device{}();   ///< of sessions; what a run before had would be taken for the same message again, and cost nothing
  Clock::time_point began_{}, ended_{};
};

bool Load::may_start() const {
  return started_ < options_.sessions && sessions_.size() < options_.at_once && Clock::now() - began_ < std::chrono::duration<double>(options_.seconds);
}

void Load::start_due() {
  const auto now = Clock::now();
  while (!later_.empty() && later_.top().first <= now && sessions_.size() < options_.at_once) {
    const auto next = later_.top();
    later_.pop();
    start(next.second, next.first);
  }
  while (may_start()) {
    auto due = now;
    if (options_.rate > 0) {
      due = began_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(started_) / options_.rate));
      if (due > now) return;
    }
    start(options_.first + started_++ % options_.devices, due);
  }
}

void Load::start(std::size_t device, Clock::time_point due) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (socket < 0) throw std::runtime_error("no more sockets");
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(options_.port);
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  static_cast<void>(connect(socket, reinterpret_cast<const sockaddr*>(&peer), sizeof peer));   // what fails shows on the first write
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.fd = socket;
  epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
  auto& session = sessions_[socket];
  session = Session{};
  session.socket = socket;
  session.device = device;
  session.began = due;
  post(session, dialect_->first(device, ++number_));
}

void Load::post(Session& session, std::string body) {
  std::string head = std::string("POST ").append(dialect_->path()).append(" HTTP/1.1\r\nHost: 127.0.0.1:") + std::to_string(options_.port);
  head.append("\r\nContent-Type: ").append(dialect_->content_type()).append("\r\n");
  if (!session.cookie.empty()) head += "Cookie: session=" + session.cookie + "\r\n";
  if (!options_.authorization.empty() && session.posts == 0) head += "Authorization: " + options_.authorization + "\r\n";
  ++session.posts;
  session.out = head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  flush(session);
}

void Load::flush(Session& session) {
  while (!session.out.empty()) {
    const auto sent = send(session.socket, session.out.data(), session.out.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    session.out.erase(0, static_cast<std::size_t>(sent));
  }
}

void Load::read(Session& session) {
  std::array<char, 16384> piece;
  for (;;) {
    const auto size = recv(session.socket, piece.data(), piece.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
    if (size <= 0) {
      ++figures_.broken;
      again(session.device, 5s);
      return close(session);
    }
    session.in.append(piece.data(), static_cast<std::size_t>(size));
    Answer answer;
    std::size_t length = 0;
    if (!parse(session.in, answer, length)) continue;
    const int socket = session.socket;
    answered(session, answer);
    const auto found = sessions_.find(socket);
    if (found == sessions_.end()) return;
    found->second.in.erase(0, length);
  }
}

void Load::answered(Session& session, const Answer& answer) {
  std::optional<std::string> next;
  if (options_.constant) {
    if (session.posts < dialect_->posts()) next.emplace();
  } else if (answer.status == 200) {
    next = dialect_->next(session.device, session.posts, answer.body, figures_);
  }
  const bool is_last = !next && (answer.status == 200 || answer.status == 204);
  if (answer.status == 503) {
    ++figures_.told_later;
    again(session.device, std::chrono::seconds(std::max(answer.retry_after, 1)));
    return close(session);
  }
  if (!next && !is_last) {
    ++figures_.refused;
    return close(session);
  }
  if (session.posts == 1) ++figures_.acknowledged;
  if (is_last) {
    ++figures_.sessions;
    ended_ = Clock::now();
    figures_.milliseconds.push_back(std::chrono::duration<float, std::milli>(ended_ - session.began).count());
    return close(session);
  }
  if (!answer.cookie.empty()) session.cookie = answer.cookie;
  post(session, *std::move(next));
}

void Load::close(Session& session) {
  const int socket = session.socket;
  ::close(socket);
  sessions_.erase(socket);
}

void Load::again(std::size_t device, std::chrono::seconds pause) {
  if (options_.rate > 0) later_.emplace(Clock::now() + pause, device);
}

int Load::timeout() const {
  if (options_.rate > 0) return started_ < options_.sessions ? 1 : 50;
  return 100;
}

void Load::run() {
  began_ = ended_ = Clock::now();
  std::array<epoll_event, 256> events;
  for (;;) {
    start_due();
    const bool is_over = sessions_.empty() && later_.empty() && !may_start() && (started_ >= options_.sessions || options_.rate <= 0);
    if (is_over || Clock::now() - began_ > std::chrono::duration<double>(options_.patience + std::min(options_.seconds, 1e6))) break;
    const int count = epoll_wait(poll_, events.data(), events.size(), timeout());
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      const auto found = sessions_.find(event.data.fd);
      if (found == sessions_.end()) continue;
      if (event.events & EPOLLOUT) flush(found->second);
      if (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read(found->second);
    }
  }
}

void Load::print() const {
  auto times = figures_.milliseconds;
  std::sort(times.begin(), times.end());
  const auto share = [&](double part) { return times.empty() ? 0.0F : times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))]; };
  const auto seconds = std::chrono::duration<double>(ended_ - began_).count();
  std::cout << "{\"sessions\":" << figures_.sessions << ",\"seconds\":" << seconds << ",\"rate\":" << (seconds > 0 ? static_cast<double>(figures_.sessions) / seconds : 0)
            << ",\"p50_ms\":" << share(0.5) << ",\"p99_ms\":" << share(0.99) << ",\"told_later\":" << figures_.told_later << ",\"refused\":" << figures_.refused
            << ",\"broken\":" << figures_.broken << ",\"acknowledged\":" << figures_.acknowledged << ",\"rpcs\":" << figures_.rpcs
            << ",\"commands\":" << figures_.commands << ",\"unfinished\":" << sessions_.size() + later_.size() << "}\n";
}

Options parse_arguments(int argc, char** argv) {
  Options options;
  if (argc < 2) throw std::runtime_error("usage: bench_device_load PORT [options], see device_load.cpp");
  options.port = static_cast<unsigned short>(std::atoi(argv[1]));
  const std::map<std::string_view, std::size_t*> counts = {
      {"--devices", &options.devices}, {"--first", &options.first}, {"--at-once", &options.at_once}, {"--sessions", &options.sessions}};
  const std::map<std::string_view, double*> numbers = {{"--seconds", &options.seconds}, {"--rate", &options.rate}, {"--patience", &options.patience}};
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--constant") {
      options.constant = true;
      continue;
    }
    if (++i >= argc) throw std::runtime_error("a value is missing after " + std::string(name));
    if (const auto count = counts.find(name); count != counts.end()) *count->second = std::stoull(argv[i]);
    else if (const auto number = numbers.find(name); number != numbers.end()) *number->second = std::stod(argv[i]);
    else if (name == "--event") options.event = argv[i];
    else if (name == "--protocol") options.protocol = argv[i];
    else if (name == "--authorization") options.authorization = argv[i];
    else throw std::runtime_error("unknown option " + std::string(name));
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) try {
  Load load(parse_arguments(argc, argv));
  load.run();
  load.print();
} catch (const std::exception& error) {
  std::cerr << "bench_device_load: " << error.what() << "\n";
  return EXIT_FAILURE;
}
