// SPDX-License-Identifier: Apache-2.0
// The backends that run the contract. A further one is a class like SqliteBackend and a line at the end.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

class SqliteBackend final : public Backend {
 public:
  std::unique_ptr<Store> open(Options options, const Clock& clock) override {
    options.directory = directory_.path() / "data";
    return open_sqlite(options, registry(), clock);
  }

 private:
  TemporaryDirectory directory_;
};

std::unique_ptr<Backend> sqlite() { return std::make_unique<SqliteBackend>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(&sqlite));

}  // namespace nscl::store::contract
