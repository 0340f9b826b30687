// SPDX-License-Identifier: Apache-2.0
#include "large_object.h"

#include <utility>

#include <nscl/base/bytes.h>

namespace nscl::rem::omadm {
namespace {

/// "." for an item that does not say what it is about.
std::string subject_of(const Item& item) { return !item.source.empty() ? item.source : item.target.empty() ? "." : item.target; }

}  // namespace

LargeObject::Piece LargeObject::take(Item& item, const Meta& meta) {
  const auto uri = subject_of(item);
  if (is_collecting() && uri != uri_) {
    lost_ = uri_;
    drop();
  }
  if (!is_collecting() && !item.more_data) return Piece::whole;
  if (!is_collecting()) begin(item, meta);
  if (!append(item) || (size_ && *size_ > most_)) {
    drop();
    return Piece::too_large;
  }
  if (item.more_data) return Piece::partial;
  const bool is_good = !size_ || *size_ == octets_.size();
  item.meta = std::move(meta_);
  if (item.meta.format != "bin") octets_.resize(octets_.find_last_not_of('\0') + 1);   // npos + 1 is 0
  item.is_base64 = !is_xml_text(octets_);
  item.data = item.is_base64 ? base64_encode(octets_) : std::move(octets_);
  drop();
  return is_good ? Piece::whole : Piece::mismatched;
}

void LargeObject::begin(const Item& item, const Meta& meta) {
  uri_ = subject_of(item);
  meta_ = item.meta;
  if (meta_.format.empty()) meta_.format = meta.format;
  if (meta_.type.empty()) meta_.type = meta.type;
  size_ = item.meta.size ? item.meta.size : meta.size;
}

bool LargeObject::append(const Item& item) {
  const auto piece = octets_of(item);
  if (octets_.size() + piece.size() > most_) return false;
  octets_ += piece;
  return true;
}

std::string LargeObject::take_lost() { return std::exchange(lost_, {}); }

void LargeObject::drop() {
  uri_.clear();
  octets_.clear();
  meta_ = {};
  size_.reset();
}

}  // namespace nscl::rem::omadm
