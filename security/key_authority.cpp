// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/key_authority.h>

#include <nscl/base/bytes.h>
#include <nscl/security/key_derivation.h>

namespace nscl::security {
namespace {

class LocalAuthority final : public KeyAuthority {
 public:
  explicit LocalAuthority(Keystore& keystore) : keystore_(keystore) {}

  Result<void> keep(store::Transaction& transaction, const store::Key& description, const Secret& root) override {
    return keystore_.add(transaction, description, root);
  }

  Result<Secret> connection_key(store::View& view, const store::Key& root, std::uint64_t connection, std::uint32_t index,
                                const Secret& exported) const override {
    const auto octets = keystore_.open(view, root);
    if (!octets) return tl::unexpected(octets.error());
    return nscl_1().connection_key(*octets, hex_decode(root.node).value_or(""), connection, index, exported);
  }

 private:
  Keystore& keystore_;
};

}  // namespace

std::unique_ptr<KeyAuthority> local_authority(Keystore& keystore) { return std::make_unique<LocalAuthority>(keystore); }

}  // namespace nscl::security
