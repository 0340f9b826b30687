// SPDX-License-Identifier: Apache-2.0
#include "time_stamping.h"

#include "trusted_file.h"

namespace nscl::app {
namespace {

std::unique_ptr<security::TimeStamper> make_stamper(const TimestampOptions& options, store::Store& store, const Clock& clock) try {
  if (options.certificate.empty()) return nullptr;
  const Secret certificates = read_trusted_file(options.certificate, Readers::anybody);
  const Secret key = read_trusted_file(options.private_key, Readers::owner_and_group);
  return std::make_unique<security::TimeStamper>(store, clock, certificates.view(), key, options.stamper);
} catch (const std::runtime_error& error) {
  throw std::runtime_error("[timestamp]: " + std::string(error.what()));
}

}  // namespace

std::unique_ptr<security::TimeStamping> make_time_stamping(const TimestampOptions& options, store::Store& store, const Clock& clock) {
  auto stamper = make_stamper(options, store, clock);
  return std::unique_ptr<security::TimeStamping>(new security::TimeStamping{security::StampUsers(options.principals), std::move(stamper)});
}

}  // namespace nscl::app
