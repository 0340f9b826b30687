// SPDX-License-Identifier: Apache-2.0
// Grant: what a credential may be used for, where that is less than what its principal may.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <nscl/base/error.h>
#include <nscl/security/flag.h>

namespace nscl::security {

class Grant {
 public:
  /// `scope`: flags and paths below the sclBase, separated by spaces, as in "READ DISCOVER /applications/meter"; no flag:
  /// each of them; no path: everywhere. `networks`: "10.0.0.0/8 fd00::/8"; empty: from everywhere.
  static Result<Grant> parse(std::string_view scope, std::string_view networks);

  /// True if it is for requests of this kind at all; any flag lets what it is for be known.
  bool has(Flag flag) const { return flag == Flag::discover || (flags_ & bit(flag)) != 0; }
  /// True if the flag may be used on the resource at `path` (canonical).
  bool admits(Flag flag, std::string_view path) const;
  /// True if a request may come from this address.
  bool admits_peer(std::string_view address) const;
  /// False: it says nothing but where from.
  bool is_scoped() const { return flags_ != every_flag || !paths_.empty(); }

 private:
  static constexpr unsigned bit(Flag flag) { return 1u << static_cast<unsigned>(flag); }
  static constexpr unsigned every_flag = 31;
  Result<void> add_scope(std::string_view word);
  Result<void> add_network(std::string_view word);

  unsigned flags_ = 0;
  std::vector<std::string> paths_;
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};
using GrantPtr = std::shared_ptr<const Grant>;

}  // namespace nscl::security
