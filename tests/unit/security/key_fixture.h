// SPDX-License-Identifier: Apache-2.0
// A store in a folder of its own, a clock that the test turns, and a keystore on both.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <nscl/model/registry.h>
#include <nscl/security/keystore.h>

namespace nscl::security {

class TurnedClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void advance(std::chrono::microseconds by) { now_ += by; }

 private:
  Time now_{std::chrono::seconds{1'700'000'000}};
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "nscl-keys-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view text, ::mode_t mode = 0600) const {
    std::filesystem::remove(path_ / name);
    std::ofstream(path_ / name, std::ios::binary) << text;
    ::chmod((path_ / name).c_str(), mode);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

class KeyTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void TearDown() override { close(); }

  void open() {
    store::Options options;
    options.directory = directory();
    options.cache_bytes = 1u << 20;
    store = store::open_sqlite(options, registry(), clock);
    keystore = std::make_unique<Keystore>(*store, this->options(), clock);
  }
  void close() {
    lookup.reset();
    keystore.reset();
    if (store) store->stop();
    store.reset();
  }
  std::filesystem::path directory() const { return folder.path() / "data"; }
  Keystore::Options options() const {
    Keystore::Options made;
    made.directory = directory();
    made.master = master;
    made.decoy = decoy;
    return made;
  }

  Result<void> write(store::WriteJob job) { return store->write_and_wait(std::move(job)); }
  Result<void> add(store::Key key, std::string_view octets, bool weak = false) {
    return write([&](store::Transaction& t) { return keystore->add(t, key, Secret(octets), weak); });
  }
  std::optional<store::Key> row(std::string_view identity) {
    std::optional<store::Key> found;
    store->read([&](store::View& view) { found = view.find_key(identity); });
    return found;
  }
  /// Changes a row behind the keystore's back.
  void tamper(const store::Key& key) {
    ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return t.put_key(key), Result<void>{}; }));
  }
  std::string opened(std::string_view identity) {
    std::string octets = "does not open";
    store->read([&](store::View& view) {
      const auto key = view.find_key(identity);
      const auto open = key ? keystore->open(view, *key) : Result<Secret>(failure(Status::not_found, ""));
      if (open) octets = open->view();
    });
    return octets;
  }
  net::PskLookup& keys() {
    using enum store::KeyKind;
    if (!lookup) lookup = keystore->lookup({fixed, root, connection}, context);
    return *lookup;
  }
  std::string found(std::string_view identity) {
    const auto answer = keys().find(identity);
    return answer.holder ? std::string(answer.key.view()) : "nobody";
  }
  /// As a listener does after a handshake.
  void use(std::string_view identity) {
    const auto answer = keys().find(identity);
    ASSERT_TRUE(answer.holder);
    keys().note_use(*answer.holder);
    ASSERT_TRUE(write([](store::Transaction&) -> Result<void> { return {}; }));   // behind the job of the use
    context.restart();
    context.run();
  }

  static const model::Registry& registry() {
    static const model::ResourceType scl_base{.name = "sclBase"};
    static const model::ResourceType* const types[] = {&scl_base};
    static const model::Registry all(types);
    return all;
  }
  static store::Key fixed_key(std::string identity, std::string entity = "scls/gw1") {
    store::Key key;
    key.identity = std::move(identity);
    key.entity = std::move(entity);
    return key;
  }
  static store::Key root_key(unsigned index, store::KeyState state = store::KeyState::active) {
    store::Key key = fixed_key("n." + std::string(32, 'a') + "." + std::to_string(index));
    key.kind = store::KeyKind::root;
    key.state = state;
    return key;
  }

  TemporaryFolder folder;
  TurnedClock clock;
  std::string master;
  bool decoy = true;
  boost::asio::io_context context{1};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Keystore> keystore;
  std::unique_ptr<net::PskLookup> lookup;
};

inline const std::string octets_a = "\x01 a key of thirty-two octets, yes", octets_b = "\x02 a key of thirty-two octets, too";

}  // namespace nscl::security
