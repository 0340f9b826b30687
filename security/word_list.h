// SPDX-License-Identifier: Apache-2.0
// A fact of the store that is a list of words, separated by blanks.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/store/transaction.h>

namespace nscl::security {

/// Empty if the fact was never set.
inline std::vector<std::string> words_of(store::View& view, std::string_view fact) {
  const std::string text = view.fact(fact).value_or("");
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

inline void put_words(store::Transaction& transaction, std::string_view fact, const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  transaction.put_fact(fact, text);
}

}  // namespace nscl::security
