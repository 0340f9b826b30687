// SPDX-License-Identifier: Apache-2.0
// Structured log lines, as text or JSON. The only users of spdlog are log.cpp and nothing else.
// Rule: no credential, no key, no content of a resource is ever passed to these functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace nscl::log {

enum class Level { debug, info, warning, error };
enum class Form { text, json };

/// One key and its value; values are escaped (control and invisible characters) and cut at 512 octets.
struct Field {
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::int64_t v) : key(k), value(std::to_string(v)), is_number(true) {}
  Field(std::string_view k, std::uint64_t v) : key(k), value(std::to_string(v)), is_number(true) {}
  Field(std::string_view k, int v) : Field(k, std::int64_t{v}) {}
  Field(std::string_view k, unsigned v) : Field(k, std::uint64_t{v}) {}
  std::string_view key;
  std::string value;
  bool is_number = false;
};

/// Set up once before the threads start; `set_level` may be called at any time from any thread.
/// Lines go to standard error.
void start(Form form, Level level);
void set_level(Level level);
bool enabled(Level level);

/// Writes one line: time, level, event (a fixed phrase, so that operators can search for it) and its fields.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::debug, event, fields); }
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::info, event, fields); }
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::warning, event, fields); }
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::error, event, fields); }

}  // namespace nscl::log
