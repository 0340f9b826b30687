// SPDX-License-Identifier: Apache-2.0
// The account is found by Get, level by level: ./DMAcc, the ServerID of each account, AppAuth, and what each of its credentials is for. Then the
// AAuthSecret of those that OMA-DM itself uses are replaced. Whoever has no such account, or several, is told nothing: it is not guessed.
#include "passwords.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "staged.h"
#include "uri.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::string_view accounts_uri = "./DMAcc", server_id_name = "ServerID";
constexpr std::size_t most_accounts = 32, most_credentials = 16;
constexpr unsigned attempts_at_passwords = 2;   ///< what fails as a rule is not tried in each session

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return equal_in_any_case(without_blanks(text), word); });
}

/// The others are for proxies and the transport, or no passwords.
bool is_of_messages(std::string_view type) { return without_blanks(type).empty() || is_one_of(type, {"BASIC", "DIGEST", "HMAC"}); }

/// It is none that device management has handed out.
Assignment no_operation() {
  Assignment out;
  out.attempts = attempts_at_passwords;
  return out;
}

class ChangingPasswords final : public Staged {
 public:
  ChangingPasswords(PasswordChange& change, DmSituation situation)
      : Staged(no_operation(), std::move(situation)), change_(change), reader_(new_reader()) {
    reader_.want(std::string(accounts_uri));
  }

 private:
  enum class Stage { accounts, names, credentials, levels, setting };
  struct Place {
    std::string uri;
    bool is_client;
  };

  NodeReader* reading() override { return stage_ == Stage::setting ? nullptr : &reader_; }
  Step have_read() override;
  Commands ask() override;
  Step took(const Answers& answers) override;

  Step read_names();
  Step read_account();
  Step read_levels();
  Step read_places();
  Step refuse_all(std::string why);
  Step refuse_unread(const std::string& uri);
  std::string text_at(const std::string& uri) const;
  void refuse(bool is_client, std::string_view why);
  bool is_wanted(bool is_client) const { return (is_client ? change_.client : change_.server).has_value(); }
  PasswordChange::End end_of(bool is_client, const std::vector<int>& statuses) const;

  PasswordChange& change_;
  NodeReader reader_;
  Stage stage_ = Stage::accounts;
  std::vector<std::string> candidates_;
  std::string account_;
  std::vector<Place> places_;
  bool is_atomic_ = false;
};

void ChangingPasswords::refuse(bool is_client, std::string_view why) {
  (is_client ? change_.client_end : change_.server_end) = PasswordChange::End::refused;
  if (change_.why.find(why) == std::string::npos) change_.why.append(change_.why.empty() ? "" : "; ").append(why);
}

ChangingPasswords::Step ChangingPasswords::refuse_all(std::string why) {
  for (const bool is_client : {true, false}) {
    if (is_wanted(is_client)) refuse(is_client, why);
  }
  return Report{};
}

/// A node that has to be there for anything of it. One that may be read another time is looked at then.
ChangingPasswords::Step ChangingPasswords::refuse_unread(const std::string& uri) {
  const auto* node = reader_.find(uri);
  if (node == nullptr || report_of_status(node->status, uri, attempts_).end == Report::End::later) return Report{};
  return refuse_all(sentence_of(node->is_there() ? 405 : node->status, uri));
}

std::string ChangingPasswords::text_at(const std::string& uri) const {
  const auto* node = reader_.find(uri);
  return node != nullptr && node->is_leaf() ? std::string(without_blanks(node->leaf.value)) : std::string();
}

ChangingPasswords::Step ChangingPasswords::have_read() {
  switch (stage_) {
    case Stage::accounts: return read_names();
    case Stage::names: return read_account();
    case Stage::credentials: return read_levels();
    default: return read_places();
  }
}

ChangingPasswords::Step ChangingPasswords::read_names() {
  const std::string root(accounts_uri);
  const auto* node = reader_.find(root);
  if (node == nullptr || !node->is_interior()) return refuse_unread(root);
  const auto children = node->children();
  if (std::ranges::find(children, server_id_name) != children.end()) candidates_.push_back(root);   // it has but one, right there
  else for (const auto& name : children) candidates_.push_back(child_of(root, name));
  candidates_.resize(std::min(candidates_.size(), most_accounts));
  for (const auto& candidate : candidates_) reader_.want(child_of(candidate, server_id_name));
  stage_ = Stage::names;
  return send();
}

ChangingPasswords::Step ChangingPasswords::read_account() {
  const auto is_ours = [&](const std::string& candidate) { return text_at(child_of(candidate, server_id_name)) == change_.server_id; };
  const auto count = std::ranges::count_if(candidates_, is_ours);
  if (count != 1) return refuse_all(count == 0 ? "the device has no account with the ServerID of this server" : "the device has several accounts with the ServerID of this server");
  account_ = child_of(*std::ranges::find_if(candidates_, is_ours), "AppAuth");
  reader_.want(account_);
  stage_ = Stage::credentials;
  return send();
}

ChangingPasswords::Step ChangingPasswords::read_levels() {
  const auto* node = reader_.find(account_);
  if (node == nullptr || !node->is_interior()) return refuse_unread(account_);
  candidates_.clear();
  for (const auto& name : node->children()) candidates_.push_back(child_of(account_, name));
  candidates_.resize(std::min(candidates_.size(), most_credentials));
  for (const auto& candidate : candidates_) {
    for (const auto* name : {"AAuthLevel", "AAuthType"}) reader_.want(child_of(candidate, name));
  }
  stage_ = Stage::levels;
  return send();
}

ChangingPasswords::Step ChangingPasswords::read_places() {
  for (const auto& candidate : candidates_) {
    const auto level = text_at(child_of(candidate, "AAuthLevel"));
    const bool is_client = is_one_of(level, {"CLCRED", "APPSRV"}), is_server = is_one_of(level, {"SRVCRED", "CLIENT"});
    if ((!is_client && !is_server) || !is_wanted(is_client) || !is_of_messages(text_at(child_of(candidate, "AAuthType")))) continue;
    places_.push_back({child_of(candidate, "AAuthSecret"), is_client});
  }
  for (const bool is_client : {true, false}) {
    const bool has_place = std::ranges::any_of(places_, [&](const Place& place) { return place.is_client == is_client; });
    if (is_wanted(is_client) && !has_place) refuse(is_client, "there is no " + std::string(is_client ? "CLCRED" : "SRVCRED") + " below " + account_);
  }
  if (places_.empty()) return Report{};
  stage_ = Stage::setting;
  return send();
}

Commands ChangingPasswords::ask() {
  Commands out;
  for (const auto& place : places_) {
    Leaf leaf{place.uri, std::string((place.is_client ? change_.client : change_.server)->view()), "chr"};
    out.push_back(replace_of(leaf, model()));
    wipe(leaf.value);
  }
  is_atomic_ = model().uses_atomic && out.size() > 1;
  if (!is_atomic_) return out;
  return {atomic_of(std::move(out))};
}

/// Of one side, as a whole: what is half done stays open.
PasswordChange::End ChangingPasswords::end_of(bool is_client, const std::vector<int>& statuses) const {
  using End = PasswordChange::End;
  const auto is_put_off = [&](int status) { return report_of_status(status, {}, attempts_).end == Report::End::later; };
  if (is_atomic_ && std::ranges::any_of(statuses, is_put_off)) return End::open;   // the one for the other's sake
  bool all_taken = true, all_refused = true;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].is_client != is_client) continue;
    const auto end = report_of_status(statuses[i], places_[i].uri, attempts_).end;
    all_taken = all_taken && end == Report::End::done;
    all_refused = all_refused && end == Report::End::failed && !is_touched(statuses[i]);
  }
  return all_taken ? End::taken : all_refused ? End::refused : End::open;
}

ChangingPasswords::Step ChangingPasswords::took(const Answers& answers) {
  const auto statuses = statuses_in(answers, is_atomic_);
  const auto has_reason = [](int status) { return !is_done(status) && !is_consequence(status); };
  for (const bool is_client : {true, false}) {
    const bool has_place = std::ranges::any_of(places_, [&](const Place& place) { return place.is_client == is_client; });
    if (!has_place) continue;
    const auto end = end_of(is_client, statuses);
    if (end != PasswordChange::End::refused) (is_client ? change_.client_end : change_.server_end) = end;
    // In an Atomic the one is not done for the other's sake: that one tells why.
    for (std::size_t i = 0; end == PasswordChange::End::refused && i < places_.size(); ++i) {
      const bool tells_why = places_[i].is_client == is_client ? has_reason(statuses[i]) : is_atomic_ && has_reason(statuses[i]);
      if (tells_why) refuse(is_client, sentence_of(statuses[i], places_[i].uri));
    }
  }
  return Report{};
}

}  // namespace

std::unique_ptr<DmPerformance> perform_password_change(PasswordChange& change, DmSituation situation) {
  return std::make_unique<ChangingPasswords>(change, std::move(situation));
}

}  // namespace nscl::rem::omadm
