// SPDX-License-Identifier: Apache-2.0
// BootstrapMethod: by what a device is known before it has a key of its own, and where its root key comes from. docs/bootstrap.md
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/store/view.h>

namespace nscl::security {

/// What a finished exchange has proven; a method looks at its own part.
struct DeviceProof {
  std::vector<std::string> names;   ///< of a verified certificate: "URI:...", "DNS:...", "CN:..."
  std::string voucher;              ///< identity of the voucher that was used
};

/// Which name in a certificate is the hardware id.
struct HardwareRule {
  enum class Name { san_uri, san_dns, subject_cn };
  Name name = Name::san_uri;
  std::string prefix;               ///< it has to begin so; it is a part of the id
};

/// 1 to 255 visible ASCII characters.
bool is_hardware_id(std::string_view text);

/// Free for all threads. TLS over TCP is here; EAP and GBA would be others, whose root_key() derives instead.
class BootstrapMethod {
 public:
  virtual ~BootstrapMethod() = default;

  /// The hardware id; nullopt: nobody's, or not exactly one.
  virtual std::optional<std::string> hardware_of(store::View& view, const DeviceProof& proof) const = 0;

  /// The root key of the node with this M2M-Node-ID.
  virtual Secret root_key(std::string_view node) const = 0;
};

std::unique_ptr<BootstrapMethod> bootstrap_by_certificate(const HardwareRule& rule);
std::unique_ptr<BootstrapMethod> bootstrap_by_voucher();

}  // namespace nscl::security
