// SPDX-License-Identifier: Apache-2.0
// Checked text -> tree.
#include "xml_document.h"

#include <cstddef>
#include <cstdlib>
#include <memory>

#include <nscl/codec/xml_check.h>

namespace nscl::codec {
namespace {

/// pugixml takes a page of 32 KiB for nearly every document; each thread keeps the last one for the next.
struct alignas(std::max_align_t) PageHead {
  std::size_t size;
};
struct Release {
  void operator()(PageHead* page) const { std::free(page); }
};
constexpr std::size_t largest_kept = 64 * 1024;
thread_local std::unique_ptr<PageHead, Release> kept_page;

void* take_page(std::size_t size) {
  if (kept_page && kept_page->size >= size) return kept_page.release() + 1;
  auto* page = static_cast<PageHead*>(std::malloc(sizeof(PageHead) + size));
  if (!page) return nullptr;
  page->size = size;
  return page + 1;
}

void give_page(void* memory) {
  if (!memory) return;
  auto* page = static_cast<PageHead*>(memory) - 1;
  if (!kept_page && page->size <= largest_kept) kept_page.reset(page);
  else std::free(page);
}

[[maybe_unused]] const bool pages_are_kept = (pugi::set_memory_management_functions(take_page, give_page), true);

}  // namespace

Result<void> XmlDocument::parse(std::string_view text, const Limits& limits) {
  const auto checked = check_xml(text, limits);
  if (!checked) return tl::unexpected(checked.error());
  buffer_ = checked->text;
  // White space between elements is kept in the tree: it may be part of a string beside a CDATA section.
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata;
  const auto result = tree_.load_buffer_inplace(buffer_.data(), buffer_.size(), flags, pugi::encoding_utf8);
  if (!result) return bad_request("the document is not well-formed XML");
  return {};
}

}  // namespace nscl::codec
