// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/bootstrap_method.h>

#include <algorithm>
#include <array>

namespace nscl::security {
namespace {

constexpr std::size_t longest_id = 255, root_size = 32;
constexpr std::array<std::string_view, 3> name_kinds{"URI:", "DNS:", "CN:"};   // by HardwareRule::Name

/// TLS over TCP: the function that bootstraps makes the key itself.
class MadeHere : public BootstrapMethod {
 public:
  Secret root_key(std::string_view) const override { return random_secret(root_size); }
};

class ByCertificate final : public MadeHere {
 public:
  explicit ByCertificate(const HardwareRule& rule) : kind_(name_kinds.at(static_cast<std::size_t>(rule.name))), start_(std::string(kind_) + rule.prefix) {}

  std::optional<std::string> hardware_of(store::View&, const DeviceProof& proof) const override {
    const auto fits = [this](const std::string& name) { return name.starts_with(start_); };
    if (std::ranges::count_if(proof.names, fits) != 1) return std::nullopt;   // two would let the device choose
    const auto id = std::ranges::find_if(proof.names, fits)->substr(kind_.size());
    return is_hardware_id(id) ? std::optional(id) : std::nullopt;
  }

 private:
  const std::string_view kind_;
  const std::string start_;   ///< kind and prefix
};

class ByVoucher final : public MadeHere {
 public:
  std::optional<std::string> hardware_of(store::View& view, const DeviceProof& proof) const override {
    if (proof.voucher.empty()) return std::nullopt;
    const auto device = view.find_device_of_voucher(proof.voucher);
    return device ? std::optional(device->hardware) : std::nullopt;
  }
};

}  // namespace

bool is_hardware_id(std::string_view text) {
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  return !text.empty() && text.size() <= longest_id && std::ranges::all_of(text, is_visible);
}

std::unique_ptr<BootstrapMethod> bootstrap_by_certificate(const HardwareRule& rule) { return std::make_unique<ByCertificate>(rule); }
std::unique_ptr<BootstrapMethod> bootstrap_by_voucher() { return std::make_unique<ByVoucher>(); }

}  // namespace nscl::security
