// SPDX-License-Identifier: Apache-2.0
// Connection over TLS, the client's side.
#pragma once

#include <memory>
#include <string>

#include <nscl/net/connection.h>

#include "outgoing_context.h"

namespace nscl::net {

/// open() does the handshake; nothing else works before. It fails with operation_aborted if the connection was closed meanwhile, with
/// protocol_error if the host does not prove who it is or speaks no TLS that is good enough, and else as the socket did.
std::unique_ptr<Connection> make_outgoing_connection(TcpSocket socket, std::shared_ptr<OutgoingContext> context, std::string host, std::uint16_t port);

}  // namespace nscl::net
