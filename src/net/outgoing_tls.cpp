// SPDX-License-Identifier: Apache-2.0
#include <nscl/net/outgoing_tls.h>

#include <map>
#include <stdexcept>

#include "outgoing_context.h"
#include "outgoing_request.h"
#include "tls_certificate.h"

namespace nscl::net {

struct OutgoingTls::Contexts {
  struct Place {
    std::shared_ptr<OutgoingContext> context;
    bool is_known_by_certificate = false;
  };

  const Place& at(const std::string& host, std::uint16_t port) const {
    const auto found = special.find({host, port});
    return found != special.end() ? found->second : usual;
  }

  Place usual;
  std::map<std::pair<std::string, std::uint16_t>, Place> special;   ///< by host and port
};

namespace {

/// Goes on after a problem, so that all of them are told at once.
class Reading {
 public:
  std::shared_ptr<OutgoingContext> context(const std::string& name, const OutgoingTlsOptions& options) {
    try {
      return std::make_shared<OutgoingContext>(options, options.psk_identity.empty() ? authorities_of(options.ca) : nullptr);
    } catch (const TlsFileError& error) {
      problem(name + "." + error.option, error.what());
    } catch (const std::runtime_error& error) {
      problem(name, error.what());
    }
    return nullptr;
  }
  void problem(const std::string& key, const std::string& text) { problems_ += (problems_.empty() ? "" : "\n") + key + ": " + text; }
  void finish() const {
    if (!problems_.empty()) throw std::runtime_error(problems_);
  }

 private:
  X509_STORE* authorities_of(const std::string& ca) {
    auto& store = authorities_[ca];
    if (!store) store = read_authorities(ca);
    return store.get();
  }

  std::string problems_;
  std::map<std::string, StorePtr> authorities_;   ///< by file; those of the system are megabytes
};

}  // namespace

std::shared_ptr<const OutgoingTls::Contexts> OutgoingTls::read(const Options& options) {
  Reading reading;
  auto made = std::make_shared<Contexts>();
  made->usual.context = reading.context("outgoing", options.usual);
  for (const auto& destination : options.special) {
    const auto target = parse_outgoing_uri(destination.uri);
    if (!target || !target->is_tls) {
      reading.problem(destination.name + ".uri", "is no https URI");
      continue;
    }
    const auto [place, is_new] = made->special.try_emplace({target->host, target->port});
    if (!is_new) reading.problem(destination.name + ".uri", "has the host and port of another that TLS is configured for");
    else place->second = {reading.context(destination.name, destination.tls), destination.is_known_by_certificate};
  }
  reading.finish();
  return made;
}

void OutgoingTls::use(std::shared_ptr<const Contexts> contexts) {
  const auto before = contexts_.get();
  contexts_.set(std::move(contexts));
  before->usual.context->retire();
  for (const auto& [destination, place] : before->special) place.context->retire();
}

std::shared_ptr<OutgoingContext> OutgoingTls::context_for(const std::string& host, std::uint16_t port) const {
  return contexts_.get()->at(host, port).context;
}

bool OutgoingTls::is_known_by_certificate(std::string_view uri) const {
  const auto target = parse_outgoing_uri(uri);
  return target && target->is_tls && contexts_.get()->at(target->host, target->port).is_known_by_certificate;
}

}  // namespace nscl::net
