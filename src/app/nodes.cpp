// SPDX-License-Identifier: Apache-2.0
// `nscl node`: the inventory of devices. Works beside a running daemon.
#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/security/inventory.h>
#include <nscl/security/key_identity.h>

#include "key_access.h"

namespace nscl::app {
namespace {

constexpr std::string_view node_command = "nscl node";
constexpr std::uint64_t most_lines = 1'000'000;
constexpr std::size_t longest_line = 1024;
constexpr std::size_t voucher_size = 32, voucher_name = 26;

struct ListedNode {
  store::Device device;
  std::uint64_t root_index = 0;   ///< of the root key in force; 0: there is none
};

std::vector<ListedNode> page_of_nodes(KeyAccess& access, const std::string& after) {
  std::vector<ListedNode> listed;
  access.store().read([&](store::View& view) {
    for (store::Device& device : view.devices(after, page)) {
      std::uint64_t index = 0;
      const auto keys = device.node.empty() ? std::vector<store::Key>{} : view.keys_of_node(device.node);
      for (const auto& key : keys) {
        if (key.kind == store::KeyKind::root && key.state == store::KeyState::active) index = key.index;
      }
      listed.push_back({std::move(device), index});
    }
  });
  return listed;
}

nlohmann::json to_json(const ListedNode& listed) {
  const auto& device = listed.device;
  return {{"hardware", device.hardware}, {"state", security::name_of(device.state)}, {"node", device.node},
          {"scl", device.scl_id.empty() ? device.node : device.scl_id}, {"environment", device.environment},
          {"rootIndex", listed.root_index}, {"hasVoucher", !device.voucher.empty()}, {"changed", format_date_time(device.changed)}};
}

void print_line(const ListedNode& listed) {
  const auto& device = listed.device;
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  std::cout << device.hardware << '\t' << security::name_of(device.state) << '\t' << or_dash(device.node) << '\t'
            << or_dash(device.scl_id.empty() ? device.node : device.scl_id) << '\t' << listed.root_index << '\n';
}

int change(const NodeCommand& command, char** environment, std::string_view event, const std::string& done,
           const std::function<Result<void>(KeyAccess&, store::Transaction&)>& job) {
  return guarded(node_command, [&] {
    KeyAccess access(command.source, false, environment);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, event, "", command.hardware);
      return job(access, transaction);
    });
    std::cerr << "Device \"" << command.hardware << "\" " << done << ".\n";
    return exit_ok;
  });
}

Time now() { return system_clock().now(); }

/// HARDWARE[,SCL[,ENVIRONMENT]]
store::Device parse_device(std::string_view line) {
  const auto next = [&line] {
    const auto comma = std::min(line.find(','), line.size());
    const std::string field(line.substr(0, comma));
    line.remove_prefix(std::min(comma + 1, line.size()));
    return field;
  };
  store::Device device;
  device.hardware = next();
  device.scl_id = next();
  device.environment = next();
  if (!line.empty()) device.hardware.clear();   // too many fields, which no device has
  return device;
}

struct Line {
  std::uint64_t number;
  store::Device device;
};

std::vector<Line> read_devices(const std::string& file) {
  std::vector<Line> lines;
  std::ifstream in(file);
  if (!in) throw UsageError(file + ": cannot be read");
  std::uint64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (++number > most_lines || line.size() > longest_line) throw UsageError(file + ": more than 1,000,000 lines, or one of more than 1024 octets");
    if (!line.empty()) lines.push_back({number, parse_device(line)});
  }
  return lines;
}

}  // namespace

int expect_node(const NodeCommand& command, char** environment) {
  return guarded(node_command, [&] {
    KeyAccess access(command.source, true, environment);
    const store::Device device{.hardware = command.hardware, .scl_id = command.scl_id, .environment = command.environment};
    const std::string identity = "v." + random_name(voucher_name);
    const Secret key = random_secret(voucher_size);
    write_or_throw(access.store(), [&](store::Transaction& transaction) -> Result<void> {
      // Of a device that is known already only another voucher may be wanted.
      record(transaction, "node.expected", "", device.hardware);
      const bool is_known = command.with_voucher && transaction.find_device(device.hardware);
      if (!is_known) {
        if (auto done = security::expect_device(transaction, device, now()); !done) return done;
      }
      if (!command.with_voucher) return {};
      return security::give_voucher(access.keystore(), transaction, device.hardware, identity, key, now());
    });
    std::cerr << "Device \"" << device.hardware << "\" is expected.\n";
    if (!command.with_voucher) return exit_ok;
    std::cerr << "Its voucher is good for 30 days, until it has used its root key, and shown this once:\n";
    std::string digits = hex_encode(key.view());
    std::cout << identity << ':' << digits << '\n';
    wipe(digits);
    return exit_ok;
  });
}

int import_nodes(const NodeImportCommand& command, char** environment) {
  return guarded(node_command, [&] {
    const auto lines = read_devices(command.file);
    KeyAccess access(command.source, true, environment);
    std::uint64_t bad = 0;
    const auto done = access.store().write_and_wait([&](store::Transaction& transaction) -> Result<void> {
      record(transaction, "node.imported", "", std::to_string(lines.size()) + " devices");
      for (const Line& line : lines) {
        const auto taken = security::expect_device(transaction, line.device, now());
        if (taken) continue;
        ++bad;
        std::cerr << command.file << ':' << line.number << ": " << taken.error().detail << '\n';
      }
      return bad == 0 ? Result<void>{} : Result<void>(bad_request("some lines are bad"));
    });
    if (bad > 0) throw std::runtime_error(std::to_string(bad) + " of " + std::to_string(lines.size()) + " lines are bad; no device is expected");
    if (!done) throw std::runtime_error(done.error().detail);
    std::cerr << lines.size() << " devices are expected.\n";
    return exit_ok;
  });
}

int list_nodes(const NodeCommand& command, char** environment) {
  return guarded(node_command, [&] {
    KeyAccess access(command.source, false, environment);
    bool is_first = true;
    if (command.json) std::cout << '[';
    for (std::string after;;) {
      const auto listed = page_of_nodes(access, after);
      for (const ListedNode& one : listed) {
        if (command.json) std::cout << (is_first ? "\n" : ",\n") << to_json(one).dump();
        if (!command.json) print_line(one);
        is_first = false;
      }
      if (listed.size() < page) break;
      after = listed.back().device.hardware;
    }
    if (command.json) std::cout << (is_first ? "]\n" : "\n]\n");
    return exit_ok;
  });
}

int block_node(const NodeCommand& command, char** environment) {
  return change(command, environment, "node.blocked", "is blocked; its keys are revoked", [&](KeyAccess& access, store::Transaction& transaction) {
    return security::block_device(access.keystore(), transaction, command.hardware, now());
  });
}

int unblock_node(const NodeCommand& command, char** environment) {
  return change(command, environment, "node.unblocked", "is expected again", [&](KeyAccess&, store::Transaction& transaction) {
    return security::unblock_device(transaction, command.hardware, now());
  });
}

int approve_node(const NodeCommand& command, char** environment) {
  return change(command, environment, "node.approved", "may bootstrap once more", [&](KeyAccess&, store::Transaction& transaction) {
    return security::approve_device(transaction, command.hardware, now());
  });
}

int erase_node(const NodeCommand& command, char** environment) {
  const auto job = [&](KeyAccess& access, store::Transaction& transaction) {
    return security::erase_device(access.keystore(), transaction, command.hardware, command.index, now());
  };
  return change(command, environment, "node.erased", "is forgotten as a node; its keys are revoked, and it is expected again", job);
}

}  // namespace nscl::app
