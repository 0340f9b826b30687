// SPDX-License-Identifier: Apache-2.0
// GenieClient: calls of GenieACS's north-bound interface. Queries are made by the JSON library, and everything in a URI is escaped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nscl/base/error.h>
#include <nscl/rem/genieacs.h>

namespace nscl::rem {

/// What is looked for in a collection.
struct GenieQuery {
  std::string collection;                ///< "devices", "tasks", "faults"
  nlohmann::json where;                  ///< a query of MongoDB
  std::vector<std::string> projection = {};   ///< paths; empty: everything
  std::size_t limit = 0;                 ///< 0: no limit. With one, the documents come in the order of their ids
};

class GenieClient {
 public:
  GenieClient(boost::asio::io_context& context, net::WebClientOptions web, GenieAcsOptions options);

  /// The documents found. service_unavailable: no answer; bad_gateway: one that is none.
  net::Task<Result<nlohmann::json>> find(GenieQuery query);
  /// Queues a task and has the device called. Never sent twice.
  net::Task<net::WebResult> submit(std::string device, nlohmann::json task);
  net::Task<net::WebResult> remove(std::string task);
  /// Octets of a file under a name, with what says which devices it is for.
  net::Task<net::WebResult> put_file(std::string name, std::vector<std::pair<std::string, std::string>> fields, std::shared_ptr<const std::string> octets);
  void stop() { web_.stop(); }

 private:
  net::WebCall call_to(net::Method method, std::string path) const;

  const GenieAcsOptions options_;
  net::WebClient web_;
};

}  // namespace nscl::rem
