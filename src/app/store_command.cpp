// SPDX-License-Identifier: Apache-2.0
#include "store_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include <nscl/resources/all.h>

namespace nscl::app {

std::unique_ptr<store::Store> open_store(const ConfigSource& source, bool may_make, char** environment) {
  static const model::Registry registry(resources::all());
  Config config = load_config(source.file, environment, source.overrides);
  const std::filesystem::path& directory = config.store.directory;
  std::error_code ignored;
  if (!may_make && !std::filesystem::exists(directory / "nscl.db", ignored)) {
    throw UsageError("there is no store in " + directory.string() + "; name its directory with --data-dir or --config");
  }
  struct stat owner {};
  if (::stat(directory.c_str(), &owner) == 0 && owner.st_uid != ::geteuid() && ::geteuid() != 0) {
    throw UsageError(directory.string() + " belongs to another user");
  }
  config.store.exclusive = false;
  config.store.cache_bytes = 1u << 20;
  return store::open_sqlite(config.store, registry, system_clock());
}

void write_or_throw(store::Store& store, store::WriteJob job) {
  if (const Result<void> done = store.write_and_wait(std::move(job)); !done)
    throw std::runtime_error(done.error().detail);
}

std::string invoker() { return "uid " + std::to_string(::getuid()); }

}  // namespace nscl::app
