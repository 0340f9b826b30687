// SPDX-License-Identifier: Apache-2.0
// `nscl bootstrap-device`: does what a device does, from its certificate or voucher to its registered SCL, and tells each step.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/codec/codec.h>
#include <nscl/model/messages.h>
#include <nscl/net/tls_client.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_identity.h>

#include "administrator.h"
#include "command_store.h"

namespace nscl::app {
namespace {

constexpr std::size_t exported_size = 32, unwrapped_size = 32;

/// "host:port" or "[::1]:port", with or without https:// before and a '/' behind.
net::TlsClientOptions place_of(std::string text) {
  constexpr std::string_view scheme = "https://";
  if (text.starts_with(scheme)) text.erase(0, scheme.size());
  if (text.ends_with('/')) text.pop_back();
  const auto colon = text.rfind(':');
  net::TlsClientOptions options;
  options.host = text.substr(0, colon);
  options.port = colon == text.npos ? "" : text.substr(colon + 1);
  if (options.host.starts_with('[') && options.host.ends_with(']')) options.host = options.host.substr(1, options.host.size() - 2);
  const bool is_good = !options.host.empty() && !options.port.empty() && text.find_first_of("/ \r\n") == text.npos;
  if (!is_good) throw UsageError("\"" + text + "\" is not host:port");
  return options;
}

void use_key(net::TlsClientOptions& options, std::string identity, const Secret& key) {
  options.identity = std::move(identity);
  options.key = key.copy();
}

/// "v.NAME:HEX" from a file.
void use_voucher(net::TlsClientOptions& options, const std::string& file) {
  std::string text = read_secret_line(file, "voucher", "");
  const auto colon = text.find(':');
  auto digits = colon == text.npos ? std::string() : "hex:" + text.substr(colon + 1);
  const auto key = security::parse_key_text(digits);
  if (!key || !security::check_identity(text.substr(0, colon), store::KeyKind::voucher)) throw UsageError(file + ": holds no voucher, v.NAME:HEX");
  use_key(options, text.substr(0, colon), *key);
  wipe(text);
  wipe(digits);
}

/// The answer 201 as the document of this type; throws with what the server said otherwise.
model::Object document_of(const net::WebAnswer& answer, const model::ResourceType& type) {
  if (answer.status != 201) throw std::runtime_error("answered " + std::to_string(answer.status) + ": " + answer.body.substr(0, 400));
  const model::ResourceType* const candidates[] = {&type};
  auto document = codec::decode(codec::Format::xml, answer.body, candidates);
  if (!document) throw std::runtime_error("the answer is no " + std::string(type.name) + ": " + document.error().detail);
  return std::move(document->attributes);
}

std::string_view text_of(const model::Object& document, std::string_view name) {
  const auto* value = document.find(name);
  return value ? value->text() : std::string_view{};
}

/// Of a member that the document has.
std::uint32_t index_of(const model::Object& document, std::string_view name) {
  return static_cast<std::uint32_t>(*document.find(name)->get<std::int64_t>());
}

Secret exported(net::TlsClient& client, const security::Exporter& exporter) {
  auto secret = client.export_secret(exporter.label, exporter.context, exported_size);
  if (!secret) throw std::runtime_error("the TLS session exports nothing");
  return *std::move(secret);
}

Secret unwrapped(net::TlsClient& client, const std::string& node, std::uint32_t index, std::string_view digits) {
  const auto wrapping = exported(client, security::nscl_1().wrapping_exporter(node, index));
  auto key = security::aes_unwrap(wrapping, hex_decode(digits).value_or(""));
  if (!key || key->size() != unwrapped_size) throw std::runtime_error("the key in the answer does not unwrap: it was changed on its way");
  return *std::move(key);
}

/// What the device keeps in its secured environment.
struct Bootstrapped {
  std::string node;      ///< 16 octets
  std::string identity;
  std::uint32_t index = 0;
  Secret root;
  std::string scl_id, mas, ends;
};

Bootstrapped bootstrap(const DeviceCommand& command) {
  auto options = place_of(command.bootstrap);
  if (!command.voucher_file.empty()) {
    use_voucher(options, command.voucher_file);
  } else {
    options.ca = command.ca;
    options.certificate = command.certificate;
    options.private_key = command.private_key;
  }
  net::TlsClient client(std::move(options));
  std::cout << "bootstrap: " << client.description() << '\n';
  auto answer = client.ask(net::Method::post, "/m2m-bootstrap/v1");
  const auto document = document_of(answer, model::messages::bootstrap_param_set());
  Bootstrapped made;
  made.node = hex_decode(text_of(document, "securityM2MNodeId")).value_or("");
  made.index = index_of(document, "securityKmrIndex");
  made.identity = security::root_identity(hex_encode(made.node), made.index);
  made.scl_id = text_of(document, "sclId");
  made.mas = text_of(document, "securityMasFqdn");
  made.ends = format_date_time(*document.find("securityLifetime")->get<Time>());
  if (const auto clear = text_of(document, "securityM2MKey"); !clear.empty()) made.root = Secret(hex_decode(clear).value_or(""));
  else made.root = unwrapped(client, made.node, made.index, text_of(document, "securityEncryptedM2MKey"));
  wipe(answer.body);
  std::cout << "bootstrap: node " << hex_encode(made.node) << ", root key " << made.index << " with check value "
            << security::key_check_value(made.root) << ", good until " << made.ends << ", SCL " << made.scl_id << '\n';
  return made;
}

struct Connected {
  std::string identity;
  Secret key;
};

/// Before a key is used it is kept: a device that forgets one after its use would have to be bootstrapped again.
void save(const Bootstrapped& made, const Connected* connected, const std::string& file) {
  if (file.empty()) return;
  std::string root = security::key_text(made.root), key = connected ? security::key_text(connected->key) : "";
  nlohmann::ordered_json kept{{"node", hex_encode(made.node)}, {"identity", made.identity}, {"index", made.index},
                              {"scl", made.scl_id}, {"notAfter", made.ends}, {"key", root}};
  if (connected) kept["connection"] = {{"identity", connected->identity}, {"key", key}};
  std::string text = kept.dump(2) + "\n";
  write_secret_file(file, text);
  for (std::string* secret : {&text, &root, &key}) wipe(*secret);
}

Connected connect(const Bootstrapped& made, const std::string& place) {
  auto options = place_of(place);
  use_key(options, made.identity, made.root);
  net::TlsClient client(std::move(options));
  std::cout << "connection: " << client.description() << " with the root key\n";
  const auto document = document_of(client.ask(net::Method::post, "/m2m-connection/v1"), model::messages::connection_param_set());
  const auto digits = text_of(document, "securityConnectionId");
  std::uint64_t id = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), id);
  const auto index = index_of(document, "securityKmcIndex");
  Connected connected{security::connection_identity(hex_encode(big_endian(id, 8)), index),
                      unwrapped(client, made.node, index, text_of(document, "securityEncryptedM2MKey"))};
  const auto forward = exported(client, security::nscl_1().connection_exporter(made.node));
  const auto derived = security::nscl_1().connection_key(made.root, made.node, id, index, forward);
  if (!equal_in_constant_time(derived.view(), connected.key.view()))
    throw std::runtime_error("the connection key in the answer is not the one that follows from the root key");
  std::cout << "connection: " << digits << ", key " << index << " with check value " << security::key_check_value(connected.key)
            << ", as derived here, good until " << format_date_time(*document.find("securityLifetime")->get<Time>()) << '\n';
  return connected;
}

void register_scl(const Bootstrapped& made, const Connected& connected, const DeviceCommand& command) {
  auto options = place_of(command.mid);
  use_key(options, connected.identity, connected.key);
  net::TlsClient client(std::move(options));
  std::cout << "mId: " << client.description() << " with the connection key\n";
  if (!is_valid_id(made.scl_id)) throw std::runtime_error("the id of the SCL is none: " + made.scl_id);
  const auto id = percent_encode(made.scl_id);
  const std::string body = "<m2m:scl xmlns:m2m=\"http://uri.etsi.org/m2m\" sclId=\"" + id + "\"><m2m:link>http://" + id +
                           ".invalid/m2m</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>";
  const net::TlsClient::Fields fields{{"Content-Type", "application/xml"}};
  const auto registered = client.ask(net::Method::post, command.scl_base + "/scls", body, fields);
  const bool is_there = registered.status == 201 || registered.status == 409;   // from an earlier time
  if (!is_there) throw std::runtime_error("the registration is answered " + std::to_string(registered.status) + ": " + registered.body.substr(0, 400));
  const auto path = command.scl_base + "/scls/" + id;
  const auto read = client.ask(net::Method::get, path);
  if (read.status != 200) throw std::runtime_error(path + " is answered " + std::to_string(read.status));
  std::cout << "mId: " << path << (registered.status == 201 ? " registered" : " was registered already") << " and read back\n";
}

}  // namespace

int bootstrap_device(const DeviceCommand& command) {
  std::signal(SIGPIPE, SIG_IGN);   // a server that goes away is told of by an error
  return guarded("nscl bootstrap-device", [&] {
    const auto made = bootstrap(command);
    save(made, nullptr, command.save);
    const std::string place = command.connection.empty() ? made.mas : command.connection;
    if (place.empty()) throw UsageError("the bootstrap did not say where the service connection is: say --connect");
    const auto connected = connect(made, place);
    save(made, &connected, command.save);
    if (!command.mid.empty()) register_scl(made, connected, command);
    return exit_ok;
  });
}

}  // namespace nscl::app
