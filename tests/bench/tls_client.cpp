// SPDX-License-Identifier: Apache-2.0
// The peer of tests/bench/tls: what TLS costs in memory alone, and clients that make the daemon do the same over TCP.
//   bench_tls_client loop PROFILE SECONDS                    both ends in memory; the server's share counts
//   bench_tls_client handshakes PORT PROFILE SECONDS         one handshake after another, each on a connection of its own
//   bench_tls_client requests PORT PROFILE SECONDS HEAD      GETs on 32 connections; HEAD is a file with the request
//   bench_tls_client refusals PORT PROFILE COUNT            in turn a wrong key and an unknown identity: microseconds until each is refused
//   bench_tls_client idle PORT PROFILE CONNECTIONS           opens them, says so, and holds them until its input ends
// PROFILE is plain, 1.2-psk, 1.2-ecdhe or 1.3. The key has the identity "bench" and the octets of `key` below.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace {

using Clock = std::chrono::steady_clock;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;
std::array<unsigned char, 32> key{'t', 'h', 'e', ' ', 'k', 'e', 'y', ' ', 'o', 'f', ' ', 't', 'h', 'e', ' ', 'b',
                                            'e', 'n', 'c', 'h', ',', ' ', '3', '2', ' ', 'o', 'c', 't', 'e', 't', 's', '.'};
const char* identity_shown = "bench";
constexpr unsigned char tls_aes_128_gcm_sha256[] = {0x13, 0x01};

void demand(bool good, const char* what) {
  if (good) return;
  ERR_print_errors_fp(stderr);
  throw std::runtime_error(what);
}

// ---- Keys and profiles

unsigned client_key(SSL*, const char*, char* identity, unsigned room, unsigned char* out, unsigned size) {
  std::snprintf(identity, room, "%s", identity_shown);
  if (size < key.size()) return 0;
  std::memcpy(out, key.data(), key.size());
  return key.size();
}

unsigned server_key(SSL*, const char*, unsigned char* out, unsigned size) {
  if (size < key.size()) return 0;
  std::memcpy(out, key.data(), key.size());
  return key.size();
}

SSL_SESSION* session_of_key(SSL* ssl) {
  SSL_SESSION* session = SSL_SESSION_new();
  demand(session && SSL_SESSION_set1_master_key(session, key.data(), key.size()) == 1 &&
             SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, tls_aes_128_gcm_sha256)) == 1 &&
             SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1,
         "no session for the key");
  return session;
}

int use_session(SSL* ssl, const EVP_MD* digest, const unsigned char** id, std::size_t* size, SSL_SESSION** session) {
  *session = nullptr;
  *id = reinterpret_cast<const unsigned char*>(identity_shown);
  *size = std::strlen(identity_shown);
  if (!digest || EVP_MD_is_a(digest, "SHA256")) *session = session_of_key(ssl);
  return 1;
}

int find_session(SSL* ssl, const unsigned char*, std::size_t, SSL_SESSION** session) {
  *session = session_of_key(ssl);
  return 1;
}

Context make_context(std::string_view profile, bool is_server) {
  Context context(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free);
  demand(context != nullptr, "no context");
  const int version = profile == "1.3" ? TLS1_3_VERSION : TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(context.get(), version);
  SSL_CTX_set_max_proto_version(context.get(), version);
  demand(SSL_CTX_set1_groups_list(context.get(), "X25519") == 1, "no X25519");
  if (profile == "1.2-psk") demand(SSL_CTX_set_cipher_list(context.get(), "PSK-AES128-GCM-SHA256") == 1, "no PSK suite");
  if (profile == "1.2-ecdhe") demand(SSL_CTX_set_cipher_list(context.get(), "ECDHE-PSK-CHACHA20-POLY1305") == 1, "no ECDHE-PSK suite");
  if (profile == "1.3") demand(SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256") == 1, "no suite of TLS 1.3");
  SSL_CTX_set_psk_client_callback(context.get(), client_key);
  SSL_CTX_set_psk_use_session_callback(context.get(), use_session);
  if (is_server) {
    SSL_CTX_set_psk_server_callback(context.get(), server_key);
    SSL_CTX_set_psk_find_session_callback(context.get(), find_session);
    SSL_CTX_set_num_tickets(context.get(), 1);
  }
  return context;
}

// ---- In memory

/// One handshake between two ends joined by memory; the seconds that the server was at work.
double shake_hands(SSL_CTX* server_context, SSL_CTX* client_context) {
  const Session server(SSL_new(server_context), SSL_free), client(SSL_new(client_context), SSL_free);
  BIO *to_server = nullptr, *to_client = nullptr;
  demand(BIO_new_bio_pair(&to_server, 1 << 16, &to_client, 1 << 16) == 1, "no memory between the ends");
  SSL_set_bio(server.get(), to_server, to_server);
  SSL_set_bio(client.get(), to_client, to_client);
  SSL_set_accept_state(server.get());
  SSL_set_connect_state(client.get());
  Clock::duration busy{};
  for (bool is_done = false; !is_done;) {
    const int ours = SSL_do_handshake(client.get());
    const auto start = Clock::now();
    const int theirs = SSL_do_handshake(server.get());
    busy += Clock::now() - start;
    is_done = ours == 1 && theirs == 1;
    for (const auto& [ssl, result] : {std::pair{client.get(), ours}, std::pair{server.get(), theirs}})
      demand(result == 1 || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ, "the handshake failed");
  }
  return std::chrono::duration<double>(busy).count();
}

void loop(std::string_view profile, double seconds) {
  const Context server = make_context(profile, true), client = make_context(profile, false);
  double busy = 0;
  unsigned long count = 0;
  for (const auto end = Clock::now() + std::chrono::duration<double>(seconds); Clock::now() < end; ++count) busy += shake_hands(server.get(), client.get());
  std::printf("{\"count\": %lu, \"core_seconds\": %.6f}\n", count, busy);
}

// ---- Over TCP

int connected_socket(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  const linger at_once{1, 0};   // thousands of closed connections would use up the ports
  demand(::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 && ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0 &&
             ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
         "no connection");
  return descriptor;
}

class Peer {
 public:
  Peer(SSL_CTX* context, std::uint16_t port) : socket_(connected_socket(port)), ssl_(nullptr, SSL_free) {
    if (!context) return;
    ssl_.reset(SSL_new(context));
    demand(ssl_ && SSL_set_fd(ssl_.get(), socket_) == 1 && SSL_connect(ssl_.get()) == 1, "the handshake failed");
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { ::close(socket_); }

  void send(const std::string& text) {
    const auto size = static_cast<int>(text.size());
    demand((ssl_ ? SSL_write(ssl_.get(), text.data(), size) : ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL)) == size, "a request was not taken");
  }
  /// One answer, which is known by its Content-Length to be whole.
  void receive() {
    std::size_t size = 0;
    for (std::size_t whole = SIZE_MAX; size < whole;) {
      const auto got = ssl_ ? SSL_read(ssl_.get(), buffer_.data() + size, static_cast<int>(buffer_.size() - size))
                            : ::recv(socket_, buffer_.data() + size, buffer_.size() - size, 0);
      demand(got > 0, "an answer is missing");
      size += static_cast<std::size_t>(got);
      const std::string_view text(buffer_.data(), size);
      const auto end = text.find("\r\n\r\n"), length = text.find("Content-Length: ");
      if (end != text.npos && length < end) whole = end + 4 + std::strtoul(text.data() + length + 16, nullptr, 10);
      demand(size < buffer_.size(), "an answer is too long");
    }
    demand(std::string_view(buffer_.data(), 12) == "HTTP/1.1 200", "a request was refused");
  }

 private:
  int socket_;
  Session ssl_;
  std::vector<char> buffer_ = std::vector<char>(1 << 14);
};

Context client_of(std::string_view profile) {
  return profile == "plain" ? Context(nullptr, SSL_CTX_free) : make_context(profile, false);
}

void handshakes(std::uint16_t port, std::string_view profile, double seconds) {
  const Context context = client_of(profile);
  unsigned long count = 0;
  for (const auto end = Clock::now() + std::chrono::duration<double>(seconds); Clock::now() < end; ++count) Peer(context.get(), port);
  std::printf("{\"count\": %lu}\n", count);
}

void requests(std::uint16_t port, std::string_view profile, double seconds, const char* file) {
  std::ifstream in(file, std::ios::binary);
  const std::string request{std::istreambuf_iterator<char>(in), {}};
  const Context context = client_of(profile);
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 32; ++i) peers.push_back(std::make_unique<Peer>(context.get(), port));
  unsigned long count = 0;
  for (const auto end = Clock::now() + std::chrono::duration<double>(seconds); Clock::now() < end;) {
    for (const auto& peer : peers) peer->send(request);
    for (const auto& peer : peers) peer->receive();
    count += peers.size();
  }
  std::printf("{\"count\": %lu}\n", count);
}

/// Microseconds from the ClientHello to the end of a handshake that must fail.
double time_of_refusal(SSL_CTX* context, std::uint16_t port) {
  const int descriptor = connected_socket(port);
  const Session ssl(SSL_new(context), SSL_free);
  SSL_set_fd(ssl.get(), descriptor);
  const auto start = Clock::now();
  const bool is_let_in = SSL_connect(ssl.get()) == 1;
  const double time = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  ::close(descriptor);
  ERR_clear_error();
  demand(!is_let_in, "a wrong key was let in");
  return time;
}

void refusals(std::uint16_t port, std::string_view profile, int count) {
  const Context context = client_of(profile);
  key[0] ^= 1;
  std::string times[2];   // of the wrong key, of the unknown identity
  for (int i = 0; i < 2 * count; ++i) {
    const int which = (i + i / 2) % 2;   // each is first as often as the other
    identity_shown = which == 0 ? "bench" : "nobod";
    times[which] += (times[which].empty() ? "" : ",") + std::to_string(time_of_refusal(context.get(), port));
  }
  std::printf("{\"wrong\": [%s], \"unknown\": [%s]}\n", times[0].c_str(), times[1].c_str());
}

void raise_limit_of_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &files);
}

void idle(std::uint16_t port, std::string_view profile, int connections) {
  const Context context = client_of(profile);
  raise_limit_of_files();
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < connections; ++i) peers.push_back(std::make_unique<Peer>(context.get(), port));
  std::printf("{\"count\": %d}\n", connections);
  std::fflush(stdout);
  while (std::getchar() != EOF) {}
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto is = [&](const char* name, std::size_t count) { return words.size() == count && words[0] == name; };
  const auto port = [&] { return static_cast<std::uint16_t>(std::stoul(words[1])); };
  if (is("loop", 3)) loop(words[1], std::stod(words[2]));
  else if (is("handshakes", 4)) handshakes(port(), words[2], std::stod(words[3]));
  else if (is("requests", 5)) requests(port(), words[2], std::stod(words[3]), words[4].c_str());
  else if (is("refusals", 4)) refusals(port(), words[2], std::stoi(words[3]));
  else if (is("idle", 4)) idle(port(), words[2], std::stoi(words[3]));
  else return 2;
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_tls_client: %s\n", error.what());
  return 1;
}
