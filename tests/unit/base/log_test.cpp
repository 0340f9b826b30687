// SPDX-License-Identifier: Apache-2.0
// Each test writes in a child process, since that is the only way to see what is on standard error after an exit.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nscl/base/log.h>

namespace nscl::log {
namespace {

std::string written(const std::function<void()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    work();
    std::exit(0);
  }
  close(ends[1]);
  std::string out;
  char buffer[4096];
  for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;) out.append(buffer, static_cast<std::size_t>(size));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return out;
}

/// The line without its time, which is checked for its form.
std::string untimed(const std::string& line) {
  EXPECT_GT(line.size(), 25u);
  EXPECT_EQ(line.substr(0, 2), "20");
  EXPECT_EQ(line[19], '.');
  EXPECT_EQ(line.substr(23, 2), "Z ");
  return line.substr(25);
}

TEST(Log, text_line) {
  const auto out = written([] {
    start(Form::text, Level::info);
    info("listener started", {{"address", "127.0.0.1:80"}, {"note", "with blank"}, {"empty", ""}, {"count", 7}});
  });
  EXPECT_EQ(untimed(out), "info  listener started address=127.0.0.1:80 note=\"with blank\" empty=\"\" count=7\n");
}

TEST(Log, json_line) {
  const auto out = written([] {
    start(Form::json, Level::info);
    warning("said \"so\"", {{"size", std::uint64_t{18446744073709551615u}}, {"text", "a\\b\n"}, {"below", -1}});
  });
  EXPECT_EQ(out.substr(0, 11), R"({"time":"20)");
  EXPECT_EQ(out.substr(out.find("Z\"") + 2),
            ",\"level\":\"warning\",\"event\":\"said \\\"so\\\"\",\"size\":18446744073709551615,\"text\":\"a\\\\b\\u000a\",\"below\":-1}\n");
}

TEST(Log, hostile_values_stay_in_their_line) {
  const auto out = written([] {
    start(Form::text, Level::debug);
    debug("x", {{"v", "a\r\n2026-01-01 admin login ok"}});
    debug("x", {{"v", "\x1b[31mred"}});
    debug("x", {{"v", "%s%n${jndi:x} {} {0}"}});
    debug("x", {{"v", "a=b"}});
    debug("x", {{"v", "say \"hi\""}});
    debug("x", {{"v", "\xff\xc0\xaf"}});
    debug("x", {{"v", "\xc2\x9b" "1m\xe2\x80\xa8"}});
  });
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 7);
  EXPECT_NE(out.find("v=\"a\\u000d\\u000a2026-01-01 admin login ok\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"\\u001b[31mred\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"%s%n${jndi:x} {} {0}\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"a=b\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"say \\\"hi\\\"\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"\\ufffd\\ufffd\\ufffd\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"\\u009b1m\\u2028\"\n"), out.npos);
}

// Row L1 of the threat model, in both forms: one escaped, cut line, whatever comes from outside.
TEST(Log, L1_forged_lines_stay_one_line_in_both_forms) {
  const std::string_view hostile[] = {"\r\n2026-01-01 admin login ok", "\x1b]0;title\x07", "\x1b[2J", std::string_view("a\0b", 3), "\xe2\x80\xae" "drowssap", "x\xe2\x80\x8b" "y",
                                      "\xef\xbb\xbf", "\xf3\xa0\x81\x81", "\xc2\x85", "\",\"level\":\"error"};
  for (const auto form : {Form::text, Form::json}) {
    const auto out = written([&] {
      start(form, Level::info);
      for (const auto value : hostile) info("x", {{"v", value}});
      info("x", {{"v", std::string(1u << 20, '\x1b')}});
      info("x", {{"v", std::string(1u << 20, '\n')}});
    });
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 12);
    EXPECT_EQ(std::count_if(out.begin(), out.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; }), 0);
    EXPECT_EQ(out.find("\xe2\x80"), out.npos);
    EXPECT_EQ(out.find("\xef\xbb\xbf"), out.npos);
    EXPECT_EQ(out.find("\xc2\x85"), out.npos);
    EXPECT_NE(out.find("\\u202edrowssap"), out.npos);
    EXPECT_NE(out.find("\\udb40\\udc41"), out.npos);   // a tag, beyond 16 bits
    EXPECT_LT(out.size(), 12u * 200 + 2u * 512 * 6);
  }
}

TEST(Log, long_values_are_cut) {
  const auto out = written([] {
    start(Form::text, Level::info);
    info("x", {{"v", std::string(1u << 20, 'a')}});
    info("x", {{"v", std::string(511, 'a') + "\xe2\x82\xac"}});
  });
  EXPECT_NE(out.find("v=\"" + std::string(512, 'a') + "...\"\n"), out.npos);
  EXPECT_NE(out.find("v=\"" + std::string(511, 'a') + "...\"\n"), out.npos);
  EXPECT_LT(out.size(), 1200u);
}

TEST(Log, level_can_change_while_running) {
  const auto out = written([] {
    start(Form::text, Level::warning);
    info("hidden");
    set_level(Level::debug);
    if (enabled(Level::debug)) debug("shown");
    set_level(Level::error);
    warning("hidden");
  });
  EXPECT_EQ(untimed(out), "debug shown\n");
}

TEST(Log, lines_before_start_and_the_last_before_exit_are_written) {
  const auto out = written([] {
    info("first");
    start(Form::text, Level::info);
    start(Form::text, Level::info);
    for (int i = 0; i < 1000; ++i) info("middle");
    error("last");
  });
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1002);
  EXPECT_NE(out.find("info  first\n"), out.npos);
  EXPECT_EQ(out.substr(out.size() - 11), "error last\n");
}

TEST(Log, lines_of_many_threads_are_whole) {
  const auto out = written([] {
    start(Form::text, Level::info);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([] {
        for (int i = 0; i < 500; ++i) info("line", {{"k", "v"}});
      });
    for (auto& thread : threads) thread.join();
  });
  std::size_t lines = 0;
  for (std::size_t at = 0, end; (end = out.find('\n', at)) != out.npos; at = end + 1, ++lines) EXPECT_EQ(out.substr(at + 25, end - at - 25), "info  line k=v");
  EXPECT_EQ(lines, 2000u);
}

}  // namespace
}  // namespace nscl::log
