// SPDX-License-Identifier: Apache-2.0
// `nscl file`. Works beside a running daemon.
#include <iostream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/guarded_file.h>
#include <nscl/rem/file_store.h>

#include "command_store.h"

namespace nscl::app {
namespace {

/// The rows and the octets, for one command.
class FileAccess {
 public:
  FileAccess(const FileCommand& command, char** environment)
      : config_(load_config(command.source, environment)), store_(open_store(config_, false)), files_(files_options(config_).store) {}
  FileAccess(const FileAccess&) = delete;
  FileAccess& operator=(const FileAccess&) = delete;
  ~FileAccess() { store_->stop(); }

  store::Store& store() { return *store_; }
  const rem::FileStore& files() const { return files_; }

  void each(const std::function<void(const store::ManagedFile&)>& use) {
    for (std::string after;;) {
      std::vector<store::ManagedFile> found;
      store_->read([&](store::View& view) { found = view.management().files(after, page); });
      for (const auto& file : found) use(file);
      if (found.size() < page) return;
      after = found.back().name;
    }
  }

 private:
  const Config config_;
  const std::unique_ptr<store::Store> store_;
  const rem::FileStore files_;
};

std::string signature_in(const std::string& file) {
  if (file.empty()) return {};
  try {
    return std::string(read_guarded_file(file, Guard::change, security::ImageSigners::largest_signature).view());
  } catch (const std::exception& error) {
    throw UsageError(error.what());
  }
}

nlohmann::json json_of(const store::ManagedFile& file) {
  return {{"name", file.name}, {"type", file.type}, {"version", file.version}, {"size", file.size}, {"sha256", hex_encode(file.sha256)},
          {"signed", !file.signature.empty()}, {"oui", file.oui}, {"productClass", file.product_class}, {"device", file.device},
          {"created", format_date_time(file.created)}};
}

void print_file(const store::ManagedFile& file) {
  const auto word = [](const std::string& text) { return text.empty() ? "-" : text; };
  std::cout << file.name << '\t' << word(file.type) << '\t' << word(file.version) << '\t' << file.size << '\t' << hex_encode(file.sha256) << '\t'
            << (file.signature.empty() ? "unsigned" : "signed") << '\t' << word(file.oui) << '\t' << word(file.product_class) << '\t' << word(file.device) << '\n';
}

}  // namespace

int import_file(const FileCommand& command, char** environment) {
  return guarded("nscl file", [&] {
    FileAccess access(command, environment);
    store::ManagedFile description;
    description.name = command.name;
    description.type = command.type;
    description.version = command.version;
    description.oui = command.oui;
    description.product_class = command.product_class;
    description.signature = signature_in(command.signature);
    description.created = system_clock().now();
    const auto file = access.files().add_from(command.file, std::move(description));
    if (!file) throw std::runtime_error(file.error().detail);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, "file.imported", "", file->name + " " + hex_encode(file->sha256));
      return access.files().put(transaction, *file);
    });
    std::cerr << "File \"" << file->name << "\" is kept: " << file->size << " octets, SHA-256 " << hex_encode(file->sha256) << ".\n";
    return int{exit_ok};
  });
}

int list_files(const FileCommand& command, char** environment) {
  return guarded("nscl file", [&] {
    FileAccess access(command, environment);
    if (!command.json) {
      access.each(print_file);
      return int{exit_ok};
    }
    bool is_first = true;
    std::cout << '[';
    access.each([&](const store::ManagedFile& file) {
      std::cout << (is_first ? "\n" : ",\n") << json_of(file).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      is_first = false;
    });
    std::cout << (is_first ? "]\n" : "\n]\n");
    return int{exit_ok};
  });
}

int remove_file(const FileCommand& command, char** environment) {
  return guarded("nscl file", [&] {
    FileAccess access(command, environment);
    write_or_throw(access.store(), [&](store::Transaction& transaction) {
      record(transaction, "file.removed", "", command.name);
      return access.files().remove(transaction, command.name);
    });
    std::cerr << "File \"" << command.name << "\" is removed.\n";
    return int{exit_ok};
  });
}

int verify_files(const FileCommand& command, char** environment) {
  return guarded("nscl file", [&] {
    FileAccess access(command, environment);
    int code = exit_ok;
    access.each([&](const store::ManagedFile& file) {
      const auto good = access.files().check(file);
      std::cout << file.name << '\t' << (good ? "ok" : good.error().detail) << '\n';
      if (!good) code = exit_failure;
    });
    return code;
  });
}

}  // namespace nscl::app
