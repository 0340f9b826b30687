// SPDX-License-Identifier: Apache-2.0
// DM clients as light as they can be: package 1 with basic credentials; it takes every Add, and has nothing else: 404, until nothing more is asked.
#include <stdexcept>

#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/syncml.h>

#include "dialect.h"

namespace nscl::bench {
namespace {

using namespace rem::omadm;

constexpr std::string_view any_session = "7FFFFFFF";

void replace(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
}

std::string name_of_device(std::size_t device) { return "bench-" + digits_of(device); }

std::string credential(const std::string& name) { return std::string(basic_data(name, Secret(name)).view()); }

Item info(std::string name, std::string text) {
  Item item;
  item.source = "./DevInfo/" + std::move(name);
  item.meta.format = "chr";
  item.data = std::move(text);
  return item;
}

SyncHdr header_of(const std::string& device, std::string session, unsigned message) {
  SyncHdr header;
  header.session_id = std::move(session);
  header.msg_id = std::to_string(message);
  header.source = device;
  header.target = "http://127.0.0.1/dm";
  header.meta.max_msg_size = 16384;
  return header;
}

class Dm final : public Dialect {
 public:
  explicit Dm(Encoding encoding) : encoding_(encoding), pattern_(name_of_device(9'999'999)), message_(package_one()) {}
  std::string_view path() const override { return "/dm"; }
  std::string_view content_type() const override { return media_type(encoding_); }
  unsigned posts() const override { return 1; }

  // Texts of one length, so that a message need not be encoded anew for each device.
  std::string first(std::size_t device, std::uint64_t number) override {
    auto out = message_;
    const auto name = name_of_device(device);
    replace(out, credential(pattern_), credential(name));
    replace(out, pattern_, name);
    replace(out, any_session, session_of(number));
    return out;
  }

  std::optional<std::string> next(std::size_t device, unsigned posts, std::string_view answer, LoadFigures& figures) override {
    const auto message = read_message(answer, encoding_);
    if (!message) throw std::runtime_error("the server's message: " + message.error().detail);
    DmMessage out;
    out.is_final = true;
    out.header = header_of(message->header.target, message->header.session_id, posts + 1);
    unsigned id = 1;
    const auto add = [&](std::string ref, std::string name, std::string code) {
      StatusElement status;
      status.id = std::to_string(id++);
      status.msg_ref = message->header.msg_id;
      status.cmd_ref = std::move(ref);
      status.cmd = std::move(name);
      status.data = std::move(code);
      out.body.emplace_back(std::move(status));
    };
    add("0", "SyncHdr", "212");
    for (const auto& element : message->body) {
      const auto* command = std::get_if<CommandElement>(&element);
      if (command && command->data == "1223") throw std::runtime_error("the server ended a session of " + message->header.target);
      if (!command) continue;
      const bool is_add = command->kind == CommandElement::Kind::add;
      figures.commands += is_add;
      add(command->id, std::string(name_of(*command)), is_add ? "200" : "404");
    }
    if (out.body.size() == 1) return std::nullopt;
    figures.rpcs += out.body.size() - 1;
    static_cast<void>(device);
    return encoded(out);
  }

 private:
  static std::string session_of(std::uint64_t number) {
    auto digits = std::to_string(number % 10'000'000);
    return "1" + std::string(7 - digits.size(), '0') + digits;
  }

  std::string encoded(const DmMessage& message) const {
    auto out = write_message(message, encoding_);
    if (!out) throw std::runtime_error(out.error().detail);
    return *std::move(out);
  }

  std::string package_one() const {
    DmMessage message;
    message.is_final = true;
    message.header = header_of(pattern_, std::string(any_session), 1);
    message.header.cred = Cred{"syncml:auth-basic", "b64", credential(pattern_)};
    CommandElement alert, replace;
    alert.kind = CommandElement::Kind::alert;
    alert.id = "1";
    alert.data = "1201";
    replace.kind = CommandElement::Kind::replace;
    replace.id = "2";
    replace.items = {info("DevId", pattern_), info("Man", "Bench"), info("Mod", "Load"), info("DmV", "1.2"), info("Lang", "en")};
    message.body = {alert, replace};
    return encoded(message);
  }

  const Encoding encoding_;
  const std::string pattern_;
  const std::string message_;
};

}  // namespace

std::unique_ptr<Dialect> dm_dialect(bool is_wbxml) { return std::make_unique<Dm>(is_wbxml ? Encoding::wbxml : Encoding::xml); }

}  // namespace nscl::bench
