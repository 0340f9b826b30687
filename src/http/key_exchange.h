// SPDX-License-Identifier: Apache-2.0
// What bootstrap and service connection have in common: the run of an exchange that gives out a key, and the documents.
#pragma once

#include <functional>
#include <memory>

#include <nscl/http/provisioning.h>

#include "response.h"

namespace nscl::http {

/// An exchange that gives out the next key of a node. Which one that is, is read first, as the key that wraps it is exported from the TLS
/// session for its node and index; the job then finds out whether it still is the next one.
struct KeyExchange {
  using Exported = security::ServiceConnections::Exported;
  std::function<Result<security::NextKey>(store::View& view)> next;
  std::function<Result<void>(store::Transaction& transaction, const security::NextKey& next, const Exported& exported)> job;
};

/// Runs it, up to three times. Errors: those of its two functions; forbidden if nothing can be exported from the session;
/// internal_server_error if the commit failed; service_unavailable if others were faster each time.
net::Task<Result<void>> run(const net::WebRequest& request, store::Store& store, std::shared_ptr<const KeyExchange> exchange);
/// A change that gives out no key.
net::Task<Result<void>> change(store::Store& store, store::WriteJob job);

/// The key that the session was made with; empty if it was made with none.
security::KeyProof proof_of(const net::WebRequest& request);

/// What the request says about the node and its key: nothing, or a bootstrapParamSet. Its text is what the peer sent, to be judged.
Result<security::Bootstrap::Claims> claims_of(const net::WebRequest& request);

ResponseForm form_of(const net::WebRequest& request);
/// 201, a secret.
net::WebResponse answer(const security::ServiceConnections::Given& given, const ResponseForm& form);
net::WebResponse answer(const security::Bootstrap::Given& given, const ProvisioningOptions& options, const ResponseForm& form);
net::WebResponse answer(const security::Bootstrap::Refusal& refusal, const ResponseForm& form);
/// An errorInfo that nobody keeps.
net::WebResponse refuse_with(const Error& error, const ResponseForm& form);
/// 404 for a path that means nothing here, 405 with the methods of one that does.
net::WebResponse no_such_path(const ResponseForm& form);
net::WebResponse not_allowed(std::string allowed, const ResponseForm& form);

}  // namespace nscl::http
