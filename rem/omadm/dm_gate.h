// SPDX-License-Identifier: Apache-2.0
// DmGate: whether a message of OMA-DM proves to come from its device (rem.md 3.4), and how often it may be tried.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nscl/rem/omadm/dm_accounts.h>
#include <nscl/rem/omadm/dm_session.h>

namespace nscl::rem::omadm {

inline constexpr std::string_view auth_basic = "syncml:auth-basic", auth_md5 = "syncml:auth-md5", auth_mac = "syncml:auth-MAC";
inline constexpr unsigned most_wrong = 3;   ///< credentials, one after the other

/// What a message shows, and what it would have to.
struct DmProof {
  const SyncHdr& header;
  std::string_view body;         ///< octets as they came
  std::string_view hmac;         ///< x-syncml-hmac; empty: none
  std::string_view nonce = {};   ///< that it was to be made with
  bool by_rfc_2104 = false;      ///< DmModelOptions::hmac_by_rfc_2104
};

enum class DmVerdict : unsigned char {
  good,
  good_mac,     ///< by x-syncml-hmac, which is needed with each message then
  missing,      ///< there is no credential
  strange,      ///< it is of a type that nobody knows
  weak,         ///< right, but of a type that is not taken of this device
  wrong,
};

struct DmJudgement {
  DmVerdict verdict;
  bool is_by_other = false;      ///< what is shown was made with DmAccount::other_client
};

/// Whether a password may be shown, by either side: nobody between can read it, or that is allowed.
bool admits_basic(const DmOptions& options, bool is_tls);

/// The least that is taken of a device of this model.
DmAuthentication least_of(const DmOptions& options, const DmModelOptions& model, bool is_tls);

/// As much work for an account without a login, or without a password that is being changed, as for one with it. What is too weak is looked at like all else: that it is wrong does not
/// depend on what is taken of the device, so that nobody who does not know the password learns of its model, or that it is known.
DmJudgement judge(const DmAccount& account, const DmProof& proof, DmAuthentication least);

/// The type to be asked for.
std::string_view wanted_type(DmAuthentication least);

/// Who tried three wrong credentials waits: 1, 5, then 30 minutes. A right one ends it. Any thread.
class DmLockout {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  explicit DmLockout(Now now = Clock::now) : now_(std::move(now)) {}

  /// From this address nothing of this device is judged now.
  bool is_locked(std::string_view device, std::string_view peer) const;
  /// Something was wrong; true: it was once too often.
  bool note_wrong(std::string_view device, std::string_view peer);
  void forgive(std::string_view device, std::string_view peer);
  /// Forgets what was long ago. To be called every second or so.
  void sweep();

 private:
  struct Row {
    Clock::time_point last{}, until{};
    unsigned wrong = 0, times = 0;   ///< since it was locked last; how often it was
  };
  const Now now_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Row> rows_;
};

}  // namespace nscl::rem::omadm
