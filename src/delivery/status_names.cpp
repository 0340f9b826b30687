// SPDX-License-Identifier: Apache-2.0
// What peers say of the outcome -> Status.
#include <nscl/delivery/transport.h>

namespace nscl::delivery {

Status status_of_code(unsigned code) {
  switch (code) {
    case 201: return Status::created;
    case 202: return Status::accepted;
    case 304: return Status::not_modified;
    case 401:
    case 402:
    case 407: return Status::permission_denied;
    case 403: return Status::forbidden;
    case 404: return Status::not_found;
    case 405: return Status::method_not_allowed;
    case 406: return Status::not_acceptable;
    case 408: return Status::request_timeout;
    case 409: return Status::conflict;
    case 410: return Status::deleted;
    case 412: return Status::precondition_failed;
    case 415: return Status::unsupported_media_type;
    case 429: return Status::service_unavailable;
    case 500: return Status::internal_server_error;
    case 501: return Status::not_implemented;
    case 502: return Status::bad_gateway;
    case 503: return Status::service_unavailable;
    case 504: return Status::gateway_timeout;
    default: break;
  }
  if (code >= 200 && code < 300) return Status::ok;
  return code >= 400 && code < 500 ? Status::bad_request : Status::bad_gateway;
}

}  // namespace nscl::delivery
