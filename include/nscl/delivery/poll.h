// SPDX-License-Identifier: Apache-2.0
// What a binding hands over of a request to a longPollingURI, and gets back (procedures 5.10.2, 5.10.4).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/base/error.h>

namespace nscl::delivery {

struct PollRequest {
  std::string path;                       ///< of the longPollingURI, without authority
  std::string transaction;                ///< of the request that this answers; empty: a poll
  bool is_vendor_form = false;            ///< the transaction came in the ONG family's fields
  unsigned status_code = 0;               ///< ONG: of the answer
  std::string content_type, content;      ///< of the answer; else a responseNotify
  std::string location, entity_tag;       ///< ONG: of the answer
  std::function<bool()> has_left;         ///< the other end has closed; may be asked while the poll waits, on its thread
};

/// Tells whoever sent something whether it got to the socket: not confirmed before it ends means that it did not.
class Receipt {
 public:
  explicit Receipt(std::function<void(bool)> tell) : tell_(std::move(tell)) {}
  Receipt(const Receipt&) = delete;
  Receipt& operator=(const Receipt&) = delete;
  ~Receipt() { if (tell_) tell_(false); }
  void confirm() { if (auto tell = std::exchange(tell_, nullptr)) tell(true); }

 private:
  std::function<void(bool)> tell_;
};

struct PollAnswer {
  Status status = Status::accepted;       ///< accepted without content: nothing came
  std::string detail;                     ///< of an error
  std::string content_type;
  std::shared_ptr<const std::string> content;
  std::vector<std::pair<std::string_view, std::string>> fields;   ///< names are static texts
  std::shared_ptr<Receipt> receipt;       ///< to be confirmed when the answer has been written
};

}  // namespace nscl::delivery
