// SPDX-License-Identifier: Apache-2.0
// How commands print what they list.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace nscl::app {

/// A text from outside on a terminal: as it is if it can do no harm, else as a JSON string in ASCII; "-" if it is empty.
std::string shown(const std::string& text);

/// Prints entries on standard output as they come: each a line of words with tabs between them, or an element of a JSON array.
class Listing {
 public:
  explicit Listing(bool is_json);
  /// Empty words become "-"; they are printed as they are otherwise. `json` is called for the text of an element.
  void add(const std::vector<std::string>& words, const std::function<std::string()>& json);
  void end();

 private:
  const bool is_json_;
  bool is_first_ = true;
};

}  // namespace nscl::app
