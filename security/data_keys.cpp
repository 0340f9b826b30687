// SPDX-License-Identifier: Apache-2.0
#include "data_keys.h"

#include <mutex>

#include <nscl/base/bytes.h>
#include <nscl/security/key_derivation.h>

#include "word_list.h"

namespace nscl::security {
namespace {

constexpr std::string_view data_keys_fact = "wrap_keys";

std::string data_key_fact(std::string_view name) { return "wrap_key/" + std::string(name); }
std::string context_of(std::string_view name) { return length_prefixed({"NSCL-1 data key", name}); }

Result<Secret> unwrap(store::View& view, const KeyWrapper& master, std::string_view name) {
  const auto fact = view.fact(data_key_fact(name));
  const auto wrapped = base64_decode(fact.value_or(""));
  auto key = wrapped ? master.unwrap(context_of(name), *wrapped) : std::nullopt;
  if (!key) return failure(Status::internal_server_error, "the master key does not open the data key " + std::string(name));
  return *std::move(key);
}

}  // namespace

DataKeys::DataKeys(Secret master) : master_(aes_wrapper(std::move(master))) {}

std::vector<std::string> DataKeys::names(store::View& view) { return words_of(view, data_keys_fact); }

Result<DataKeys::WrapperPtr> DataKeys::find(store::View& view, const std::string& name) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = known_.find(name); found != known_.end()) return found->second;
  }
  auto key = unwrap(view, *master_, name);
  if (!key) return tl::unexpected(key.error());
  const WrapperPtr wrapper = aes_wrapper(*std::move(key));
  const std::lock_guard lock(mutex_);
  return known_.emplace(name, wrapper).first->second;
}

Result<DataKeys::Current> DataKeys::current(store::View& view) const {
  const auto all = names(view);
  if (all.empty()) return failure(Status::internal_server_error, "the store has lost its data keys");
  auto wrapper = find(view, all.back());
  if (!wrapper) return tl::unexpected(wrapper.error());
  return Current{all.back(), *std::move(wrapper)};
}

// A name is never used twice, not even if the transaction is undone: what is known by it stays true.
void DataKeys::make(store::Transaction& transaction) const {
  const std::string name = random_name(12);
  transaction.put_fact(data_key_fact(name), base64_encode(master_->wrap(context_of(name), random_secret(symmetric_key_size))));
  auto all = names(transaction);
  all.push_back(name);
  put_words(transaction, data_keys_fact, all);
}

void DataKeys::forget_others(store::Transaction& transaction) {
  auto all = names(transaction);
  if (all.size() < 2) return;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) transaction.put_fact(data_key_fact(all[i]), "");
  put_words(transaction, data_keys_fact, {all.back()});
}

Result<void> DataKeys::change_master(store::Transaction& transaction, Secret next) const {
  const auto wrapper = aes_wrapper(std::move(next));
  for (const std::string& name : names(transaction)) {
    const auto key = unwrap(transaction, *master_, name);
    if (!key) return tl::unexpected(key.error());
    transaction.put_fact(data_key_fact(name), base64_encode(wrapper->wrap(context_of(name), *key)));
  }
  return {};
}

}  // namespace nscl::security
