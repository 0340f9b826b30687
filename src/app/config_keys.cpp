// SPDX-License-Identifier: Apache-2.0
// The table itself. A key is one entry here and nothing anywhere else.
#include <limits>
#include <string_view>

#include "config_entry.h"

namespace nscl::app {
namespace {

Problem or_empty(const std::string& text, Problem (*check)(const std::string&)) {
  return text.empty() ? std::nullopt : check(text);
}

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.member; }

void add_server_and_log(std::vector<Key>& out) {
  out.push_back(
      Entry("server", "threads", "I/O threads; 0 means one per processor core.").number(0, 256, AT(config.threads)));
  out.push_back(
      Entry("server", "stop_time", "At SIGTERM: how long requests in progress may take before everything is closed.")
          .time(second, 10 * minute, AT(config.stop_time)));
  out.push_back(Entry("server", "user", "User to become once the ports are open, if root starts the daemon; the data directory must be its own, or is made for it.")
                    .text("a user of this host, or empty", [](const std::string& text) { return or_empty(text, check_user); }, AT(config.user)));
  out.push_back(
      Entry("log", "form", "Form of the log lines on standard error.").choice({"text", "json"}, AT(config.log_form)));
  out.push_back(Entry("log", "level", "The least severe lines that are written.")
                    .reloads()
                    .choice({"debug", "info", "warning", "error"}, AT(config.log_level)));
}

void add_listener(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("listener", name, comment); };
  out.push_back(entry("address",
                      "Address to listen on. Without TLS keep it on this host or in a trusted network.")
                    .text("an IPv4 or IPv6 address", check_address, AT(listener->address)));
  out.push_back(entry("port", "TCP port; 0 lets the system choose one (the log tells which).")
                    .number(0, 65535, AT(listener->port)));
  out.push_back(entry("purpose", "\"tree\": the resource tree. \"connection\": nodes prove their root key and get a connection key. \"bootstrap\": devices prove "
                                 "a certificate or voucher and get a root key. \"acs\": devices are managed by TR-069 (CWMP). \"files\": devices fetch and send files. "
                                 "\"dm\": devices are managed by OMA-DM.")
                    .choice({"tree", "connection", "bootstrap", "acs", "files", "dm"}, AT(listener->purpose)));
  out.push_back(entry("body_limit", "Largest body of a request; larger ones are answered 413.")
                    .size(kib, gib, AT(listener->body_limit)));
  out.push_back(entry("head_limit", "Largest head of a request; larger ones are answered 431.")
                    .size(kib, 64 * kib, AT(listener->head.head)));
  out.push_back(entry("target_limit", "Longest request target; longer ones are answered 414.")
                    .size(256, 32 * kib, AT(listener->head.target)));
  out.push_back(entry("field_limit", "Most header fields of a request; more are answered 431.")
                    .number(10, 1000, AT(listener->head.fields)));
  out.push_back(entry("pipelined", "Octets read ahead of the request in progress on one connection.")
                    .size(4 * kib, 16 * mib, AT(listener->pipelined)));
  out.push_back(entry("connections", "Connections open at once; more are closed at accept.")
                    .number(1, 1'000'000, AT(listener->connections)));
  out.push_back(entry("connections_per_peer", "Of these, from one address.")
                    .number(1, 1'000'000, AT(listener->connections_per_peer)));
  out.push_back(
      entry("bytes_in_flight", "Request bodies held at once over all connections; beyond it requests are answered 503.")
          .size(mib, 64 * gib, AT(listener->bytes_in_flight)));
  out.push_back(entry("head_time", "Time for the whole head of a request, from its first octet.")
                    .time(second, 10 * minute, AT(listener->head_time)));
  out.push_back(entry("body_time", "Time for the whole body of a request.").time(second, hour, AT(listener->body_time)));
  out.push_back(entry("idle_time", "How long a connection may wait for its next request.")
                    .time(second, hour, AT(listener->idle_time)));
  out.push_back(entry("write_time", "Time for a peer to take a response.").time(second, hour, AT(listener->write_time)));
  out.push_back(entry("drain_time", "At SIGTERM: time for requests in progress; less than server.stop_time.")
                    .time(0 * second, 10 * minute, AT(listener->drain_time)));
}

void add_store(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("store", name, comment); };
  out.push_back(entry("directory", "Directory of the database; made with mode 0700 if it is missing.")
                    .text("a directory on a local file system", check_directory, AT(config.store.directory)));
  out.push_back(entry("cache", "Page cache of the database, all connections together.")
                    .size(mib, 64 * gib, AT(config.store.cache_bytes)));
  out.push_back(entry("resource_cache", "Decoded resources kept in memory.")
                    .number(0, 100'000'000, AT(config.store.resource_cache)));
  out.push_back(entry("queue", "Writing requests that may wait for the disk; more are answered 503.")
                    .number(1, 1'000'000, AT(config.store.queue)));
  out.push_back(entry("batch", "Writing requests in one commit.").number(1, 10'000, AT(config.store.batch)));
  out.push_back(entry("checkpoint_pages", "Pages of the write-ahead log before they are moved to the database.")
                    .number(100, 1'000'000, AT(config.store.checkpoint_pages)));
}

void add_outgoing(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("outgoing", name, comment); };
  out.push_back(entry("allowed_networks",
                      "Networks that may be called though they only lead inside: loopback, private, link-local and other "
                      "special addresses are refused unless they are listed here. Gateways in a private network need it.")
                    .list("networks such as \"10.0.0.0/8\", \"fd00::/8\"", check_network,
                          AT(config.outgoing.allowed_networks)));
  out.push_back(entry("connections_per_destination",
                      "Connections of one I/O thread to one host and port; further requests wait for one.")
                    .number(1, 1000, AT(config.outgoing.connections_per_destination)));
  out.push_back(entry("connections", "Connections of one I/O thread to all of them, idle ones included.")
                    .number(1, 100'000, AT(config.outgoing.connections)));
  out.push_back(
      entry("request_time", "Time for a whole request, from the decision to send it to the last octet of the answer.")
          .time(second, 10 * minute, AT(config.outgoing_time)));
  out.push_back(entry("connect_time", "Of this, time for a connection with its handshake; all addresses of the host together.")
                    .time(second / 10, 10 * minute, AT(config.outgoing.connect_time)));
  out.push_back(entry("body_limit", "Largest body of an answer; a larger one is a failure.")
                    .size(kib, gib, AT(config.outgoing.body_limit)));
}

void add_delivery(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("delivery", name, comment); };
  out.push_back(entry("first_retry", "Pause after a notification that did not arrive; it doubles with each failure in a row.")
                    .time(second, hour, AT(config.delivery.first_retry)));
  out.push_back(entry("last_retry", "The longest of these pauses.").time(second, day, AT(config.delivery.last_retry)));
  out.push_back(entry("give_up", "A subscription whose receiver has failed for longer, at least ten times in a row, is deleted.")
                    .time(minute, 365 * day, AT(config.delivery.give_up)));
  out.push_back(entry("poll_hold_time", "How long a long poll waits for something; keep it below the limits of proxies.")
                    .time(second, hour, AT(config.delivery.poll_hold_time)));
  out.push_back(entry("poll_queue_time", "How long a request for a polling peer waits for its next poll.")
                    .time(second, 10 * minute, AT(config.delivery.poll_queue_time)));
  out.push_back(entry("polls", "Long polls waiting at once; more are answered 503.").number(1, 10'000'000, AT(config.delivery.polls)));
  out.push_back(entry("requests_per_scl", "Requests kept for one sleeping SCL; more are answered 503.")
                    .number(1, 100'000'000, AT(config.delivery.requests_per_scl)));
  out.push_back(entry("under_way", "Deliveries under way at once.").number(1, 100'000, AT(config.delivery.lanes_under_way)));
}

void add_scl(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("scl", name, comment); };
  out.push_back(entry("id", "Id of this SCL; also the first path segment in the OM2M dialect.")
                    .text("an id", check_id, AT(config.policy.scl_id)));
  out.push_back(entry("base_path", "URI path of the sclBase.")
                    .text("a path, \"/\" and segments", check_uri_path, AT(config.policy.base_path)));
  out.push_back(entry("om2m_path", "URI path below which the OM2M dialect is spoken; \"\" turns it off.")
                    .text(
                        "a path, or empty", [](const std::string& text) { return or_empty(text, check_uri_path); },
                        AT(config.policy.om2m_path)));
  out.push_back(
      entry("base_uri", "Scheme and authority of the absolute URIs in answers; \"\" takes the request's Host field.")
          .text(
              "\"http://host:port\", or empty", [](const std::string& text) { return or_empty(text, check_base_uri); },
              AT(config.policy.base_uri)));
  out.push_back(entry("aliases", "Further names (host or host:port) under which peers know this SCL.")
                    .list("hosts or hosts with port", check_authority, AT(config.policy.aliases)));
}

void add_peer(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("peer", name, comment); };
  out.push_back(entry("id", "Id of the scl resource that stands for the peer here: its sclId if it registers here itself.")
                    .text("an id", check_id, AT(peer->id)));
  out.push_back(entry("own_id", "Id of the scl resource that stands for this SCL there; \"\": that of scl.id.")
                    .text(
                        "an id, or empty", [](const std::string& text) { return or_empty(text, check_id); },
                        AT(peer->own_id)));
  out.push_back(entry("credential", "\"user:password\" by which the peer knows this SCL, for every request to it; \"\": the requesting entity alone is told.")
                    .secret()
                    .text(
                        "a user, a colon and a password, or empty",
                        [](const std::string& text) { return or_empty(text, check_credential); },
                        AT(peer->credential)));
  out.push_back(entry("register", "Register this SCL there, and stay registered. Once it was, false deregisters it.")
                    .flag(AT(peer->registers)));
  out.push_back(entry("uri", "The peer's sclBase; needed to register there. Keys and certificates of the peer hold for its host and port.")
                    .text(
                        "\"http://host:port/path\" or \"https://...\", or empty",
                        [](const std::string& text) { return or_empty(text, check_scl_base); }, AT(peer->uri)));
  out.push_back(entry("lifetime", "The life of the registration that is asked for; it is refreshed at half of what the peer gives.")
                    .time(minute, 365 * day, AT(peer->lifetime)));
}

void add_lifetime_and_container(std::vector<Key>& out) {
  const std::chrono::milliseconds most = 36'500 * day;
  const std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
  out.push_back(
      Entry("lifetime", "default", "Life of a resource created without expirationTime; \"0s\": it never expires.")
          .reloads()
          .time(0 * second, most, AT(config.policy.default_lifetime)));
  out.push_back(Entry("lifetime", "scl", "The same for a registered SCL.")
                    .reloads()
                    .time(0 * second, most, AT(config.policy.default_scl_lifetime)));
  out.push_back(Entry("lifetime", "minimum", "Shorter lives asked for are raised to this.")
                    .reloads()
                    .time(0 * second, most, AT(config.policy.minimum_lifetime)));
  out.push_back(Entry("lifetime", "maximum", "Longer lives asked for are cut to this; \"0s\": no bound.")
                    .reloads()
                    .time(0 * second, most, AT(config.policy.maximum_lifetime)));
  const auto entry = [](std::string_view name, std::string_view comment) {
    return std::move(Entry("container", name, comment).reloads());
  };
  out.push_back(entry("default_nr_of_instances", "maxNrOfInstances of a container that names none; 0: no limit.")
                    .number(0, largest, AT(config.policy.default_nr_of_instances)));
  out.push_back(entry("maximum_nr_of_instances", "The largest maxNrOfInstances a container may have; 0: no limit.")
                    .number(0, largest, AT(config.policy.maximum_nr_of_instances)));
  out.push_back(entry("default_byte_size", "maxByteSize of a container that names none; 0: no limit.")
                    .size(0, largest, AT(config.policy.default_byte_size)));
  out.push_back(entry("maximum_byte_size", "The largest maxByteSize a container may have; 0: no limit.")
                    .size(0, largest, AT(config.policy.maximum_byte_size)));
  out.push_back(entry("default_instance_age", "maxInstanceAge of a container that names none; \"0s\": no limit.")
                    .time(0 * second, most, AT(config.policy.default_instance_age)));
}

void add_answers_and_limits(std::vector<Key>& out) {
  const auto answer = [](std::string_view name, std::string_view comment) {
    return std::move(Entry("answers", name, comment).reloads());
  };
  out.push_back(answer("instances", "contentInstances in one answer; the newest are kept.")
                    .number(1, 1'000'000, AT(config.policy.instances_per_answer)));
  out.push_back(answer("bytes", "Content of these together.").size(64 * kib, gib, AT(config.policy.answer_bytes)));
  out.push_back(answer("children", "References in the answer for one collection.")
                    .number(1, 1'000'000, AT(config.policy.children_per_answer)));
  out.push_back(answer("discovery_records", "URIs in one discovery answer.")
                    .number(1, 100'000, AT(config.policy.discovery_records)));
  out.push_back(answer("discovery_candidates", "Resources looked at for one discovery.")
                    .number(1, 10'000'000, AT(config.policy.discovery_candidates)));
  const auto limit = [](std::string_view name, std::string_view comment) {
    return std::move(Entry("limits", name, comment).reloads());
  };
  out.push_back(
      limit("members_per_group", "Members of one group.").number(1, 1'000'000, AT(config.policy.members_per_group)));
  out.push_back(limit("subscriptions_per_resource", "Subscriptions to one resource.")
                    .number(1, 1'000'000, AT(config.policy.subscriptions_per_resource)));
  out.push_back(limit("permissions_per_access_right", "Permissions in one accessRight.")
                    .number(1, 10'000, AT(config.policy.permissions_per_access_right)));
  out.push_back(limit("holders_per_access_right", "Permission holders in one accessRight.")
                    .number(1, 100'000, AT(config.policy.holders_per_access_right)));
}

void add_authentication_and_om2m(std::vector<Key>& out) {
  out.push_back(
      Entry("authentication", "remember", "How long a verified password is remembered (as a keyed digest, in memory).")
          .time(0 * second, day, AT(config.credentials.remember)));
  out.push_back(Entry("authentication", "remembered", "How many of them.")
                    .number(1, 1'000'000, AT(config.credentials.remembered)));
  out.push_back(Entry("authentication", "workers", "Threads that verify passwords, each about ten a second.")
                    .number(1, 64, AT(config.credentials.workers)));
  out.push_back(Entry("authentication", "queue", "Verifications that may wait; more are answered 503.")
                    .number(1, 10'000, AT(config.credentials.queue)));
  out.push_back(Entry("authentication", "allow_md5",
                      "HTTP Digest also with MD5, for clients that know nothing else: old hashes, easier to guess passwords from. "
                      "Principals need their password set anew for it.")
                    .flag(AT(config.credentials.digest.allow_md5)));
  out.push_back(Entry("authentication", "open_application_registration",
                      "Whether any authenticated application may register any free appId.")
                    .reloads()
                    .flag(AT(config.policy.open_application_registration)));
  out.push_back(Entry("om2m", "missing_credential_is_402",
                      "Answer 402 to a request without credential, as gateways of this family expect.")
                    .reloads()
                    .flag(AT(config.policy.om2m_missing_credential_is_402)));
  out.push_back(
      Entry("om2m", "peer_credential",
            "\"user:password\" that SCLs of this family are told for every request that goes on to them, unless [[peer]] names another; they know no other identity.")
          .secret()
          .text("a user, a colon and a password", check_credential, AT(config.delivery.om2m_credential)));
  out.push_back(
      Entry("om2m", "default_access_right", "Id of the accessRight that new resources of this dialect are given.")
          .text("an id", check_id, AT(config.policy.om2m_default_access_right)));
}
#undef AT

}  // namespace

const std::vector<Section>& sections() {
  static const std::vector<Section> table{
      {"server", "The process."},
      {"listener", "An address on which HTTP requests are taken. Repeat the section for further addresses.", true},
      {"store", "Where the resource tree lives."},
      {"outgoing", "Requests to other hosts: notifications, forwarding, retargeting, announcements."},
      {"delivery", "What is kept until it arrives: notifications, long polls."},
      {"scl", "The identity of this SCL."},
      {"peer", "An SCL that this one knows by itself: where it registers, or how it is known there. Repeat the section for further ones.", true},
      {"lifetime", "How long resources live."},
      {"container", "Limits of containers."},
      {"answers", "How large answers may grow."},
      {"limits", "How large resources may grow."},
      {"authentication", "Passwords. Principals are managed with `nscl principal`."},
      {"quota", "How much a principal may ask in a second, over all its connections; more is answered 429. Operators have no limit. And how much may be kept."},
      {"allowance", "Another quota, for one principal. Repeat the section for further ones.", true},
      {"keystore", "Pre-shared keys. They are managed with `nscl key`."},
      {"timestamp", "The time stamping authority (RFC 3161) that this SCL is if it has a certificate for it; see docs/timestamps.md."},
      {"privacy", "What receivers are told of who asks; see docs/privacy.md."},
      {"integrity", "What devices tell of their own integrity (docs/integrity.md)."},
      {"connection", "The M2M service connection, on listeners with purpose = \"connection\"."},
      {"bootstrap", "The M2M service bootstrap, on listeners with purpose = \"bootstrap\". Devices are managed with `nscl node`."},
      {"management", "Management of devices (docs/management.md)."},
      {"acs", "The auto configuration server (TR-069), on listeners with purpose = \"acs\"; see docs/management.md."},
      {"dm", "The server of OMA-DM, on listeners with purpose = \"dm\"; see docs/omadm.md."},
      {"external_acs", "An ACS elsewhere, through which devices are managed here (docs/external-acs.md). Repeat the section for further ones.", true},
      {"files", "What devices fetch and send, on listeners with purpose = \"files\". Files are managed with `nscl file`; see docs/files.md."},
      {"stun", "The STUN server for devices behind a NAT (docs/connection-requests.md)."},
      {"smpp", "The message centre through which devices of OMA-DM are called by short messages (docs/connection-requests.md)."},
      {"om2m", "The OM2M dialect."},
      {"audit", "The audit trail: who changed what, and who was refused. It is always written."},
      {"log", "The log."},
  };
  return table;
}

const std::vector<Key>& keys() {
  static const std::vector<Key> table = [] {
    std::vector<Key> out;
    add_server_and_log(out);
    add_listener(out);
    add_tls(out);
    add_store(out);
    add_outgoing(out);
    add_delivery(out);
    add_scl(out);
    add_peer(out);
    add_outgoing_tls(out);
    add_lifetime_and_container(out);
    add_answers_and_limits(out);
    add_authentication_and_om2m(out);
    add_quotas(out);
    add_keystore(out);
    add_timestamp_and_privacy(out);
    add_audit(out);
    add_integrity(out);
    add_provisioning(out);
    add_management(out);
    add_acs(out);
    add_dm(out);
    add_external_acs(out);
    add_files(out);
    add_wake(out);
    add_smpp(out);
    return out;
  }();
  return table;
}

namespace {

/// Calls `use` with the vector that a [[section]] fills; nothing for the other sections.
template <class Configuration, class Use>
void with_list(Configuration& config, std::string_view section, const Use& use) {
  if (section == "listener") use(config.listeners);
  if (section == "peer") use(config.peers);
  if (section == "external_acs") use(config.external_acs);
  if (section == "allowance") use(config.credentials.special);
}

void point(Place& place, ListenerConfig& listener) { place.listener = &listener; }
void point(Place& place, PeerConfig& peer) { place.peer = &peer; }
void point(Place& place, ExternalAcsConfig& external) { place.external = &external; }
void point(Place& place, security::Allowances::Limits& allowance) { place.allowance = &allowance; }

}  // namespace

Place place_of(Config& config, const std::string& section, std::size_t index) {
  Place place{config};
  with_list(config, section, [&](auto& list) { point(place, list.at(index)); });
  return place;
}

std::size_t occurrences(const Config& config, const std::string& section) {
  std::size_t count = 1;
  with_list(config, section, [&](const auto& list) { count = list.size(); });
  return count;
}

void set_occurrences(Config& config, const std::string& section, std::size_t count) {
  with_list(config, section, [&](auto& list) { list.resize(count); });
}

const Section* find_section(std::string_view name) {
  for (const Section& section : sections()) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

const Key* find_key(std::string_view section, std::string_view name) {
  for (const Key& key : keys()) {
    if (key.section == section && key.name == name) return &key;
  }
  return nullptr;
}

}  // namespace nscl::app
