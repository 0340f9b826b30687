// SPDX-License-Identifier: Apache-2.0
// Reads the file, the environment and the command line into a Config; gathers every problem before it gives up.
#include <nscl/app/config.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <sstream>

#include <toml++/toml.h>

#include <nscl/base/guarded_file.h>

#include "config_keys.h"

namespace nscl::app {
namespace {

constexpr std::size_t largest_file = 1u << 20;

/// One loading: the Config as far as it has come, and what is wrong with it.
class Loading {
 public:
  explicit Loading(std::string file) : file_(std::move(file)) {}

  void read_toml(std::string_view text);
  void read_environment(char** environment);
  void apply(const Overrides& overrides);
  Config finish();
  bool has_secret_in_file() const { return has_secret_in_file_; }

 private:
  void read_section(const std::string& name, const toml::node& node);
  void read_list(const Section& section, const toml::node& node);
  void read_table(const std::string& section, std::size_t index, const toml::table& table);
  void read_variable(const std::string& name, const std::string& value);
  void listen(std::size_t index, const std::string& text);

  void set(const Key& key, std::size_t index, const Given& given, const std::string& origin);
  void problem(const std::string& origin, const std::string& key, const std::string& text) {
    problems_.emplace_back(line_, origin + ": " + key + ": " + text);
  }
  /// Where `node` stands; problems found from here on are sorted to that line.
  std::string line_of(const toml::node& node) {
    line_ = node.source().begin.line;
    return file_ + ":" + std::to_string(line_);
  }
  static std::string path_of(const Key& key, std::size_t index) {
    const bool is_in_list = find_section(key.section)->is_list;
    return is_in_list ? key.section + "[" + std::to_string(index) + "]." + key.name : key.path();
  }

  std::string file_;
  Config config_;
  std::map<std::string, std::string> origins_;  ///< key -> where its value came from
  bool has_secret_in_file_ = false;
  static constexpr std::size_t after_file = SIZE_MAX;
  std::size_t line_ = after_file;
  std::vector<std::pair<std::size_t, std::string>> problems_;
};

Given given_by(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return flag->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* array = node.as_array()) {
    std::vector<std::string> items;
    for (const toml::node& item : *array) {
      if (!item.is_string()) return std::monostate{};
      items.push_back(item.as_string()->get());
    }
    return items;
  }
  return std::monostate{};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> items;
  std::istringstream in(text);
  for (std::string item; std::getline(in, item, ',');) items.push_back(item);
  return items;
}

Given given_by(Form form, const std::string& text) {
  if (form == Form::list) return split(text);
  if (form == Form::flag && (text == "true" || text == "false")) return text == "true";
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (form == Form::number && error == std::errc{} && end == text.data() + text.size()) return number;
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

/// "STORE_QUEUE" -> the key; "LISTENER_1_PORT" -> the key and 1. Null if there is no such key.
const Key* key_of_variable(std::string name, std::size_t& index) {
  index = 0;
  for (const Section& section : sections()) {
    const std::string prefix = upper(section.name) + "_";
    if (!section.is_list || !name.starts_with(prefix)) continue;
    const char* begin = name.data() + prefix.size();
    const auto [end, error] = std::from_chars(begin, name.data() + name.size(), index);
    if (error != std::errc{} || end == begin) return nullptr;
    name.erase(prefix.size() - 1, static_cast<std::size_t>(end - begin) + 1);
  }
  for (const Key& key : keys()) {
    if (upper(key.section + "_" + key.name) == name) return &key;
  }
  return nullptr;
}

Secret read_file(const std::filesystem::path& file, Guard guard) try {
  return read_guarded_file(file, guard, largest_file);
} catch (const std::exception& error) {
  throw ConfigError(error.what());
}

void Loading::set(const Key& key, std::size_t index, const Given& given, const std::string& origin) {
  const std::string path = path_of(key, index);
  origins_[path] = origin;
  if (const Problem wrong = key.set(place_of(config_, key.section, index), given)) problem(origin, path, *wrong);
}

void Loading::read_table(const std::string& section, std::size_t index, const toml::table& table) {
  for (const auto& [name, node] : table) {
    const std::string text{name.str()};
    if (const Key* key = find_key(section, text)) {
      const std::string before = key->get(place_of(config_, section, index));
      set(*key, index, given_by(node), line_of(node));
      if (key->is_secret && key->get(place_of(config_, section, index)) != before) has_secret_in_file_ = true;
    } else {
      problem(line_of(node), section + "." + text, "unknown key");
    }
  }
}

void Loading::read_list(const Section& section, const toml::node& node) {
  constexpr std::size_t most = 1000;
  const toml::array* array = node.as_array();
  if (array == nullptr ||
      !std::all_of(array->begin(), array->end(), [](const toml::node& item) { return item.is_table(); })) {
    problem(line_of(node), section.name, "is written [[" + section.name + "]], once for each");
    return;
  }
  if (array->size() > most) {
    problem(line_of(node), section.name, "there are more than " + std::to_string(most));
    return;
  }
  set_occurrences(config_, section.name, array->size());
  for (std::size_t i = 0; i < array->size(); ++i) read_table(section.name, i, *array->get(i)->as_table());
}

void Loading::read_section(const std::string& name, const toml::node& node) {
  const Section* section = find_section(name);
  if (section == nullptr) {
    problem(line_of(node), name, node.is_table() ? "unknown section" : "unknown key");
  } else if (section->is_list) {
    read_list(*section, node);
  } else if (const toml::table* table = node.as_table()) {
    read_table(name, 0, *table);
  } else {
    problem(line_of(node), name, "is a section, written [" + name + "]");
  }
}

void Loading::read_toml(std::string_view text) {
  try {
    const toml::table root = toml::parse(text, std::string_view(file_));
    for (const auto& [name, node] : root) read_section(std::string(name.str()), node);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    problems_.emplace_back(line, file_ + ":" + std::to_string(line) + ": " + std::string(error.description()));
  }
  line_ = after_file;
}

void Loading::read_variable(const std::string& name, const std::string& value) {
  std::size_t index = 0;
  const Key* key = key_of_variable(name.substr(5), index);
  if (key == nullptr) {
    problems_.emplace_back(after_file, name + ": unknown variable");
    return;
  }
  const std::size_t count = occurrences(config_, key->section);
  if (find_section(key->section)->is_list && index > count) {
    problem(name, path_of(*key, index), "there are only " + std::to_string(count) + " before it");
  } else {
    if (index == count) set_occurrences(config_, key->section, count + 1);
    set(*key, index, given_by(key->form, value), name);
  }
}

void Loading::read_environment(char** environment) {
  std::map<std::string, std::string> variables;  // sorted: LISTENER_1 comes before LISTENER_2
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with("NSCL_") || equals == std::string_view::npos) continue;
    if (entry.starts_with("NSCL_SHARED=") || entry.starts_with("NSCL_TEST_")) continue;  // the tests' own
    variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  for (const auto& [name, value] : variables) {
    if (!name.ends_with("_FILE")) {
      read_variable(name, value);
      continue;
    }
    const std::string plain = name.substr(0, name.size() - 5);
    if (plain == "NSCL") {
      problems_.emplace_back(after_file, name + ": unknown variable");
      continue;
    }
    if (variables.contains(plain)) {
      problems_.emplace_back(after_file, name + ": " + plain + " is set as well");
      continue;
    }
    try {
      std::size_t ignored = 0;
      const Key* key = key_of_variable(plain.substr(5), ignored);
      const Secret content = read_file(value, key != nullptr && key->is_secret ? Guard::sight : Guard::change);
      const std::string_view text = content.view();
      read_variable(plain, std::string(text.substr(0, text.find_last_not_of("\r\n") + 1)));
    } catch (const ConfigError& error) {
      problems_.emplace_back(after_file, name + ": " + error.what());
    }
  }
}

void Loading::listen(std::size_t index, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    problems_.emplace_back(after_file, "--listen: " + quote(text) + " is not of the form ADDRESS:PORT");
    return;
  }
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    problems_.emplace_back(after_file,
                           "--listen: " + quote(text) + " needs brackets around the IPv6 address, as in [::1]:8080");
    return;
  }
  set(*find_key("listener", "address"), index, address, "--listen");
  set(*find_key("listener", "port"), index, given_by(Form::number, text.substr(colon + 1)), "--listen");
}

void Loading::apply(const Overrides& overrides) {
  if (!overrides.data_dir.empty()) set(*find_key("store", "directory"), 0, overrides.data_dir, "--data-dir");
  if (overrides.listen.empty()) return;
  const ListenerConfig last = config_.listeners.empty() ? ListenerConfig{} : config_.listeners.back();
  config_.listeners.resize(overrides.listen.size(), last);
  for (std::size_t i = 0; i < overrides.listen.size(); ++i) listen(i, overrides.listen[i]);
}

Config Loading::finish() {
  if (problems_.empty()) {  // conflicts between values that are wrong themselves would only confuse
    for (const Conflict& conflict : find_conflicts(config_)) {
      const auto origin = origins_.find(conflict.key);
      problem(origin != origins_.end() ? origin->second : "default", conflict.key, conflict.text);
    }
  }
  config_.cautions = find_cautions(config_);
  config_.delivery.peers.assign(config_.peers.begin(), config_.peers.end());   // of each what delivery knows
  config_.credentials.own = static_cast<const security::OwnNames&>(config_.policy);
  if (problems_.empty()) return std::move(config_);
  std::stable_sort(problems_.begin(), problems_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (const auto& [line, problem] : problems_) text += (text.empty() ? "" : "\n") + problem;
  throw ConfigError(text);
}

}  // namespace

Config parse_config(std::string_view text, const std::string& name, char** environment, const Overrides& overrides) {
  Loading loading(name);
  loading.read_toml(text);
  loading.read_environment(environment);
  loading.apply(overrides);
  return loading.finish();
}

Config load_config(const std::filesystem::path& file, char** environment, const Overrides& overrides) {
  Loading loading(file.string());
  if (!file.empty()) loading.read_toml(read_file(file, Guard::change).view());
  loading.read_environment(environment);
  loading.apply(overrides);
  Config config = loading.finish();
  if (loading.has_secret_in_file() && is_readable_by_everybody(file)) {
    config.cautions.push_back(file.string() + ": holds a credential and everybody may read it; take that away (chmod o=), or name the "
                              "file of the credential by a variable ending in _FILE");
  }
  return config;
}

}  // namespace nscl::app
