// SPDX-License-Identifier: Apache-2.0
#include <nscl/net/outgoing_tls.h>

#include <map>
#include <stdexcept>

#include "outgoing_context.h"
#include "outgoing_request.h"

namespace nscl::net {

struct OutgoingTls::Contexts {
  using Special = std::map<std::pair<std::string, std::uint16_t>, std::shared_ptr<OutgoingContext>>;

  const std::shared_ptr<OutgoingContext>& at(const std::string& host, std::uint16_t port) const {
    const auto found = special.find({host, port});
    return found != special.end() ? found->second : usual;
  }

  std::shared_ptr<OutgoingContext> usual;
  Special special;   ///< by host and port
};

namespace {

class Reading {
 public:
  std::shared_ptr<OutgoingContext> context(const std::string& name, const OutgoingTlsOptions& options) {
    try {
      return std::make_shared<OutgoingContext>(options);
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
  std::string problems_;
};

}  // namespace

std::shared_ptr<const OutgoingTls::Contexts> OutgoingTls::read(const Options& options) {
  Reading reading;
  auto made = std::make_shared<Contexts>();
  made->usual = reading.context("outgoing", options.usual);
  for (const auto& destination : options.special) {
    const auto target = parse_outgoing_uri(destination.uri);
    if (!target || !target->is_tls) {
      reading.problem(destination.name + ".uri", "is no https URI");
      continue;
    }
    const auto [place, is_new] = made->special.try_emplace({target->host, target->port});
    if (!is_new) reading.problem(destination.name + ".uri", "has the host and port of another that TLS is configured for");
    else place->second = reading.context(destination.name, destination.tls);
  }
  reading.finish();
  return made;
}

void OutgoingTls::use(std::shared_ptr<const Contexts> contexts) {
  const auto before = contexts_.get();
  contexts_.set(std::move(contexts));
  before->usual->retire();
  for (const auto& [destination, context] : before->special) context->retire();
}

std::shared_ptr<OutgoingContext> OutgoingTls::context_for(const std::string& host, std::uint16_t port) const {
  return contexts_.get()->at(host, port);
}

bool OutgoingTls::shows_certificate(std::string_view uri) const {
  const auto target = parse_outgoing_uri(uri);
  if (!target || !target->is_tls) return false;
  const auto& contexts = *contexts_.get();
  const auto& context = contexts.at(target->host, target->port);
  return context != contexts.usual && !context->options().certificate.empty();
}

}  // namespace nscl::net
