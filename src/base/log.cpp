// SPDX-License-Identifier: Apache-2.0
// Log lines: laid out by the caller's thread, written by spdlog's thread. When the queue is full the oldest lines are
// lost, so that nobody ever waits for a slow standard error.
#include <nscl/base/log.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <nscl/base/time.h>

#include "utf8.h"

namespace nscl::log {
namespace {

constexpr std::size_t longest_value = 512;
constexpr std::size_t queued_lines = 8192;

struct Output {
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::logger> logger;
  Form form = Form::text;
  Output* former = nullptr;            // never freed: other threads may still be writing through it
  std::atomic<bool> is_open{true};
};

std::atomic<Level> threshold{Level::info};
std::atomic<Output*> output{nullptr};

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: break;
  }
  return "error";
}

/// A value of 512 octets at most, not cut inside a character.
std::string_view cut(std::string_view value) {
  if (value.size() <= longest_value) return value;
  std::size_t size = longest_value;
  while (size > longest_value - 4 && (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80) --size;
  return value.substr(0, size);
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029; }

/// Characters that are not seen themselves, but change how a line is read: directions, joiners, marks of the encoding.
bool is_invisible(char32_t c) {
  return c == 0xAD || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

void append_escaped(std::string& out, char32_t c) {
  const auto append = [&](unsigned unit) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", unit); };
  if (c < 0x10000) return append(static_cast<unsigned>(c));
  append(0xD800u + static_cast<unsigned>((c - 0x10000) >> 10));
  append(0xDC00u + static_cast<unsigned>((c - 0x10000) & 0x3FF));
}

/// A JSON string. Whatever could start a new line or steer a terminal is escaped, ill-formed octets are replaced.
void append_quoted(std::string& out, std::string_view text) {
  std::string_view rest = cut(text);
  const bool is_cut = rest.size() < text.size();
  out += '"';
  while (!rest.empty()) {
    const Utf8Char next = first_utf8_char(rest);
    if (next.size == 0) {
      out += "\\ufffd";
    } else if (next.code == '"' || next.code == '\\') {
      out += '\\';
      out += rest.front();
    } else if (is_control(next.code) || is_invisible(next.code)) {
      append_escaped(out, next.code);
    } else {
      out += rest.substr(0, next.size);
    }
    rest.remove_prefix(next.size == 0 ? 1 : next.size);
  }
  if (is_cut) out += "...";
  out += '"';
}

/// True if a value can stand in a text line without quotes.
bool is_plain(std::string_view value) {
  for (const char c : value)
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F) return false;   // char is signed: non-ASCII too
  return !value.empty() && value.size() <= longest_value;
}

void append_time(std::string& out) {
  const Time now = system_clock().now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  append_date_time(out, second);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now - second).count();
  out.pop_back();
  fmt::format_to(std::back_inserter(out), ".{:03}Z", milliseconds);
}

std::string text_line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line;
  append_time(line);
  fmt::format_to(std::back_inserter(line), " {:<5} {}", level == Level::warning ? "warn" : name_of(level), event);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (is_plain(field.value)) line += field.value;
    else append_quoted(line, field.value);
  }
  return line;
}

std::string json_line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line = R"({"time":")";
  append_time(line);
  fmt::format_to(std::back_inserter(line), R"(","level":"{}","event":)", name_of(level));
  append_quoted(line, event);
  for (const Field& field : fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    if (field.is_number) line += field.value;
    else append_quoted(line, field.value);
  }
  line += '}';
  return line;
}

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: break;
  }
  return spdlog::level::err;
}

/// Writes out what is queued and ends the thread.
void close(Output* to) {
  if (to != nullptr && to->is_open.exchange(false)) to->thread.reset();
}

}  // namespace

void start(Form form, Level level) {
  set_level(level);
  auto* const fresh = new Output;
  fresh->form = form;
  fresh->thread = std::make_shared<spdlog::details::thread_pool>(queued_lines, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  fresh->logger = std::make_shared<spdlog::async_logger>("nscl", std::move(sink), fresh->thread,
                                                         spdlog::async_overflow_policy::overrun_oldest);
  fresh->logger->set_pattern("%v");
  fresh->logger->set_level(spdlog::level::trace);
  fresh->logger->flush_on(spdlog::level::err);
  static std::once_flag once;
  std::call_once(once, [] { std::atexit([] { close(output.load()); }); });
  fresh->former = output.exchange(fresh);
  close(fresh->former);
}

void set_level(Level level) { threshold.store(level, std::memory_order_relaxed); }

bool enabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  const Output* const to = output.load(std::memory_order_acquire);
  const bool as_json = to != nullptr && to->form == Form::json;
  const std::string line = as_json ? json_line(level, event, fields) : text_line(level, event, fields);
  if (to != nullptr && to->is_open.load(std::memory_order_relaxed)) to->logger->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
  else std::fputs((line + '\n').c_str(), stderr);
}

}  // namespace nscl::log
