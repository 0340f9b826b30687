// SPDX-License-Identifier: Apache-2.0
// Messages in one line of a test.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <nscl/rem/tr069/rpc.h>

#include "../codec/shared_files.h"

namespace nscl::rem::tr069 {

inline std::filesystem::path recordings() { return nscl::test::shared() / "spec/vectors/rem"; }

/// Tests that need the recordings, and are skipped where they are not at hand.
class WithRecordings : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(recordings())) GTEST_SKIP() << "no recordings at " << recordings();
  }

  static std::string recorded(std::string_view file) {
    auto text = nscl::test::content_of(recordings() / file);
    EXPECT_FALSE(text.empty()) << file;
    return text;
  }

  /// Every recorded message of CWMP.
  static std::vector<std::filesystem::path> all() {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(recordings())) {
      if (entry.path().filename().string().starts_with("cwmp-")) out.push_back(entry.path());
    }
    return out;
  }
};

inline const std::string head =
    "<soap-env:Envelope xmlns:soap-enc=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:soap-env=\"http://schemas.xmlsoap.org/soap/envelope/\""
    " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
    " xmlns:cwmp=\"urn:dslforum-org:cwmp-1-0\">";

/// An envelope with the ID "7" around `rpc`.
inline std::string enveloped(std::string_view rpc) {
  return head + "<soap-env:Header><cwmp:ID soap-env:mustUnderstand=\"1\">7</cwmp:ID></soap-env:Header><soap-env:Body>" + std::string(rpc) +
         "</soap-env:Body></soap-env:Envelope>";
}

inline Envelope envelope_of(std::string_view text, std::string_view content_type = {}) {
  auto envelope = read_envelope(text, content_type);
  EXPECT_TRUE(envelope) << (envelope ? "" : envelope.error().detail) << " in " << text;
  return envelope ? std::move(*envelope) : Envelope{};
}

/// The message of kind M that `text` is.
template <class M>
M read(std::string_view text, std::string_view content_type = {}) {
  const auto envelope = envelope_of(text, content_type);
  if (!envelope.tree) return {};
  auto message = read_message(envelope);
  EXPECT_TRUE(message) << (message ? "" : message.error().text);
  if (!message) return {};
  EXPECT_EQ(name_of(*message), M::name);
  EXPECT_TRUE(std::holds_alternative<M>(*message));
  return std::holds_alternative<M>(*message) ? std::get<M>(std::move(*message)) : M{};
}

/// The same for what stands in the Body.
template <class M>
M read_rpc(std::string_view rpc) {
  return read<M>(enveloped(rpc));
}

/// The code of the fault that a message is refused with; 0: it is not.
inline std::uint32_t refusal_of(std::string_view rpc) {
  const auto envelope = envelope_of(enveloped(rpc));
  if (!envelope.tree) return 0;
  const auto message = read_message(envelope);
  return message ? 0 : message.error().code;
}

inline void expect_bad_envelope(std::string_view text, std::string_view part = {}) {
  const auto envelope = read_envelope(text);
  ASSERT_FALSE(envelope) << text.substr(0, 200);
  EXPECT_EQ(envelope.error().status, Status::bad_request);
  EXPECT_NE(envelope.error().detail.find(part), std::string::npos) << envelope.error().detail;
}

}  // namespace nscl::rem::tr069
