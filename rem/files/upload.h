// SPDX-License-Identifier: Apache-2.0
// Upload: a file that a device sends, while it arrives.
#pragma once

#include <memory>

#include "state.h"

namespace nscl::rem {

class Upload final : public net::WebSink {
 public:
  Upload(std::shared_ptr<Workers> workers, std::shared_ptr<NewFile> file, store::Transfer transfer, std::uint64_t limit, Slot slot)
      : workers_(std::move(workers)), file_(std::move(file)), transfer_(std::move(transfer)), limit_(limit), slot_(std::move(slot)) {}
  /// What broke off is deleted, off the thread.
  ~Upload() override {
    workers_->post([file = std::move(file_)]() mutable { file.reset(); });
  }

  std::uint64_t limit() const override { return limit_; }
  net::Task<Refusal> take(std::string_view octets) override;

  /// Makes what arrived a file, of this name and device. Errors: service_unavailable.
  net::Task<Result<void>> finish(Files::State& state, boost::asio::io_context& context);

 private:
  const std::shared_ptr<Workers> workers_;
  std::shared_ptr<NewFile> file_;
  const store::Transfer transfer_;
  const std::uint64_t limit_;
  const Slot slot_;
};

}  // namespace nscl::rem
