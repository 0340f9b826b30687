// SPDX-License-Identifier: Apache-2.0
// What the tests of the codec share.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <string>

#include <nscl/codec/codec.h>

#include "sample_types.h"

namespace nscl::test {

inline Result<codec::Document> from(codec::Format format, std::string_view text) { return codec::decode(format, text, sample_types()); }
inline Result<codec::Document> from_xml(std::string_view text) { return from(codec::Format::xml, text); }
inline Result<codec::Document> from_json(std::string_view text) { return from(codec::Format::json, text); }

inline std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

/// Processor time of this thread, which a loaded machine does not stretch: what grows with the square of the size takes seconds of it.
template <class Work>
void expect_little_work(Work work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto start = now();
  work();
  EXPECT_LT(now() - start, std::chrono::milliseconds(1000));
}

/// Attributes of a document that must decode.
inline model::Object read_xml(std::string_view text) {
  auto document = from_xml(text);
  EXPECT_TRUE(document) << text << "\n" << (document ? "" : document.error().detail);
  return document ? std::move(document->attributes) : model::Object{};
}
inline model::Object read_json(std::string_view text) {
  auto document = from_json(text);
  EXPECT_TRUE(document) << text << "\n" << (document ? "" : document.error().detail);
  return document ? std::move(document->attributes) : model::Object{};
}

/// `content` inside the start and end tag of a document element.
inline std::string m2m(std::string_view name, std::string_view content, std::string_view attributes = {}) {
  std::string out = "<m2m:" + std::string(name) + " xmlns:m2m=\"http://uri.etsi.org/m2m\"" +
                    " xmlns:xmime=\"http://www.w3.org/2005/05/xmlmime\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
  return out.append(attributes).append(">").append(content).append("</m2m:").append(name).append(">");
}

inline void expect_refused(const Result<codec::Document>& document, Status status, std::string_view detail = {}) {
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().status, status) << document.error().detail;
  EXPECT_NE(document.error().detail.find(detail), std::string::npos) << document.error().detail;
}
inline void expect_bad_xml(std::string_view text, std::string_view detail = {}) {
  SCOPED_TRACE(text.substr(0, 300));
  expect_refused(from_xml(text), Status::bad_request, detail);
}
inline void expect_bad_json(std::string_view text, std::string_view detail = {}) {
  SCOPED_TRACE(text.substr(0, 300));
  expect_refused(from_json(text), Status::bad_request, detail);
}

}  // namespace nscl::test
