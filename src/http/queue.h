// SPDX-License-Identifier: Apache-2.0
// /m2m-queue: what is kept for sleeping SCLs, in JSON (docs/delivery.md). No part of the standard's tree.
#pragma once

#include <nscl/net/web.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::http {

bool is_queue(const net::WebRequest& request);

/// GET lists, DELETE of an entry takes it back.
net::Task<net::WebResponse> answer_queue(const net::WebRequest& request, security::RequestorPtr requestor, store::Store& store);

}  // namespace nscl::http
