// SPDX-License-Identifier: Apache-2.0
// `nscl token`: bearer tokens of principals. Works beside a running daemon, which takes a new one at once.
#include <algorithm>
#include <iostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include <nscl/app/commands.h>
#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/base/secret.h>
#include <nscl/security/grant.h>
#include <nscl/security/token.h>

#include "command_store.h"
#include "config_keys.h"

namespace nscl::app {
namespace {

constexpr std::string_view token_command = "nscl token";
constexpr std::chrono::hours longest_life{365 * 24};
constexpr std::size_t most_words = 100;

void demand(const Problem& problem) {
  if (problem) throw UsageError(*problem);
}

/// The words behind each other. One with a blank would be several: none may have one.
std::string joined(const std::vector<std::vector<std::string>>& lists, std::string_view what) {
  std::string out;
  std::size_t count = 0;
  for (const auto& list : lists) {
    for (const std::string& word : list) {
      const auto is_plain = [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; };
      if (word.empty() || word.size() > 1024 || !is_xml_text(word) || !std::ranges::all_of(word, is_plain))
        throw UsageError(quote(word) + " is no " + std::string(what) + ": it is empty, too long, or holds blanks or control characters");
      if (++count > most_words) throw UsageError("a token has at most 100 of flags and paths, and of networks");
      out += (out.empty() ? "" : " ") + word;
    }
  }
  return out;
}

Time choose_end(const std::string& life, Time now) {
  const auto time = parse_time(life);
  if (!time || *time < std::chrono::seconds{1} || *time > longest_life)
    throw UsageError(quote(life) + " is no time from 1s to 365d, such as 12h or 90d");
  return now + *time;
}

/// Paths below the sclBase; those of URIs lose its own path.
std::vector<std::string> paths_below(const std::string& base_path, std::vector<std::string> paths) {
  for (std::string& path : paths) {
    if (path == base_path) throw UsageError(quote(path) + " is everything: leave --path out");
    if (is_within(path, base_path)) path.erase(0, base_path.size());
  }
  return paths;
}

store::Token token_of(const TokenCommand& command, const core::Policy& policy, store::Token token) {
  demand(check_name(command.principal));
  if (!command.name.empty()) demand(check_name(command.name));
  token.principal = command.principal;
  token.name = command.name;
  token.scope = joined({command.flags, paths_below(policy.base_path, command.paths)}, "flag or path");
  token.networks = joined({command.networks}, "network");
  token.created = system_clock().now();
  token.not_after = choose_end(command.life, token.created);
  if (const auto grant = security::Grant::parse(token.scope, token.networks); !grant) throw UsageError(grant.error().detail);
  return token;
}

/// The words of a scope that are paths, or those that are not.
std::vector<std::string> words_of(std::string_view scope, bool wants_paths) {
  std::vector<std::string> words;
  std::istringstream in{std::string(scope)};
  for (std::string word; in >> word;) {
    if (word.starts_with('/') == wants_paths) words.push_back(word);
  }
  return words;
}

std::string text_of(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
  return out.empty() ? "-" : out;
}

nlohmann::json to_json(const store::Token& token) {
  return {{"id", token.id},
          {"principal", token.principal},
          {"name", token.name},
          {"flags", words_of(token.scope, false)},
          {"paths", words_of(token.scope, true)},
          {"networks", words_of(token.networks, false)},
          {"created", format_date_time(token.created)},
          {"notAfter", token.not_after == never ? "" : format_date_time(token.not_after)}};
}

void print_line(const store::Token& token) {
  std::cout << token.id << '\t' << token.principal << '\t' << (token.name.empty() ? "-" : token.name) << '\t' << text_of(words_of(token.scope, false))
            << '\t' << text_of(words_of(token.scope, true)) << '\t' << text_of(words_of(token.networks, false)) << '\t'
            << (token.not_after == never ? "-" : format_date_time(token.not_after)) << '\n';
}

}  // namespace

int add_token(const TokenCommand& command, char** environment) {
  return guarded(token_command, [&] {
    auto made = security::make_token();
    const auto config = load_config(command.source, environment);
    const store::Token token = token_of(command, config.policy, std::move(made.kept));
    const auto store = open_store(config, false);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      const auto principal = transaction.find_principal(token.principal);
      if (!principal) return failure(Status::not_found, "there is no principal " + quote(token.principal));
      record(transaction, "token.added", principal->entity, token.principal + " " + token.id);
      transaction.put_token(token);
      return {};
    });
    store->stop();
    std::cerr << "Token \"" << token.id << "\" of \"" << token.principal << "\", good until " << format_date_time(token.not_after)
              << ". It is shown this once:\n";
    std::cout << made.text << '\n';
    wipe(made.text);
    return exit_ok;
  });
}

int list_tokens(const TokenCommand& command, char** environment) {
  return guarded(token_command, [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    std::vector<store::Token> tokens;
    store->read([&](store::View& view) { tokens = view.tokens(); });
    store->stop();
    nlohmann::json list = nlohmann::json::array();
    for (const store::Token& token : tokens) command.json ? list.push_back(to_json(token)) : print_line(token);
    if (command.json) std::cout << list.dump(2) << '\n';
    return exit_ok;
  });
}

int revoke_token(const TokenCommand& command, char** environment) {
  return guarded(token_command, [&] {
    const auto store = open_store(load_config(command.source, environment), false);
    write_or_throw(*store, [&](store::Transaction& transaction) -> Result<void> {
      record(transaction, "token.revoked", "", command.id);
      if (!transaction.erase_token(command.id)) return failure(Status::not_found, "there is no token " + quote(command.id));
      return {};
    });
    store->stop();
    std::cerr << "Token \"" << command.id << "\" revoked.\n";
    return exit_ok;
  });
}

}  // namespace nscl::app
