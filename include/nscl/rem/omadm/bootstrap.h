// SPDX-License-Identifier: Apache-2.0
// Bootstrap of OMA-DM: the document that makes a client know this server (rem.md 3.7).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>

namespace nscl::rem::omadm {

/// How a client reaches the network, where it has to be told: an access point of GPRS and what came after it (NAPDEF), and a proxy of HTTP behind
/// that (PXLOGICAL).
struct BootstrapConnectivity {
  std::string access_point;          ///< its name (APN); empty: nothing is told
  std::string user;                  ///< as whom the client shows itself there; empty: nobody asks
  Secret password;                   ///< goes with `user`
  bool is_pap = false;               ///< it is shown the password itself, and not by CHAP
  std::string proxy;                 ///< its IPv4 address; empty: there is none
  std::uint16_t proxy_port = 8080;
};

/// The DM account of a client.
struct BootstrapAccount {
  std::string server_id;             ///< as whom this server shows itself
  std::string name;                  ///< of the server, for people
  std::string url;                   ///< where the client posts to
  std::string device;                ///< LocURI of the client
  std::string user;                  ///< as whom the client shows itself
  Secret password;                   ///< of the client here
  Secret server_password;            ///< of this server there
  std::string nonce, server_nonce;   ///< octets: for the first credentials of each
  BootstrapConnectivity connectivity = {};
};

/// w7: client provisioning, characteristic APPLICATION of w7. dm: a message with the account as a management object.
enum class BootstrapProfile : unsigned char { w7, dm };

/// Whose secret a pushed document is proven by.
enum class BootstrapProof : unsigned char { none, network, user };

struct BootstrapDocument {
  Secret octets;                     ///< holds the passwords
  std::string content_type;          ///< with SEC and MAC if it is proven
  std::string push_headers;          ///< the same as octets, for push.h; empty: it is not proven
};

/// The document as WBXML; as XML, to be looked at, it has no proof. `key` is that of `proof`. bad_request: a text in it cannot be written, or
/// has more than 1,024 octets; or connectivity, which only w7 tells.
Result<BootstrapDocument> write_bootstrap(const BootstrapAccount& account, BootstrapProfile profile, BootstrapProof proof, const Secret& key, bool is_xml);

}  // namespace nscl::rem::omadm
