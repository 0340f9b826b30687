// SPDX-License-Identifier: Apache-2.0
// Octets of values in sessions, as a model wants them (raw_binary of docs/models.md): octet by octet.
#include "dm_fixture.h"
#include "shipment.h"
#include "wbxml_octets.h"

namespace nscl::rem::omadm {
namespace {

const std::string raw_octets("\x00\xFF\x01", 3), in_base64 = "AP8B";

class DmBinary : public DmTest {
 protected:
  void SetUp() override {
    DmTest::SetUp();
    model.raw_binary = true;
    perform_truly();
    wants_task(5, SetLeaves{{{"./V/k", in_base64, "bin"}}});
  }
  /// The octets of the server's answer to package 1.
  std::string answer(Encoding encoding) {
    auto octets = message(package_1(), md5_cred(accounts.ours));
    if (encoding == Encoding::wbxml) octets = written_dm(read_dm(octets), encoding);
    request.content_type = media_type(encoding);
    const auto response = post(octets);
    EXPECT_EQ(response.status, 200u);
    return response.body ? *response.body : std::string();
  }
  static std::string text_of(const std::string& format, const std::string& data) { return "<Format xmlns=\"syncml:metinf\">" + format + "</Format><Type xmlns=\"syncml:metinf\">text/plain</Type></Meta><Data>" + data + "</Data>"; }
};

TEST_F(DmBinary, GoAsTheyAreInWbxml) {
  const auto octets = answer(Encoding::wbxml);
  EXPECT_NE(octets.find(wbxml::element(wbxml::data, wbxml::opaque(raw_octets))), std::string::npos);
  EXPECT_EQ(octets.find(in_base64), std::string::npos);
  const auto command = commands(read_dm(octets, Encoding::wbxml)).at(0);
  EXPECT_EQ(command.items.at(0).meta.format, "bin");
}

TEST_F(DmBinary, GoAsBase64InXmlWhateverTheModelWants) { EXPECT_NE(answer(Encoding::xml).find(text_of("b64", in_base64)), std::string::npos); }

TEST_F(DmBinary, GoAsBase64UnlessTheModelWantsOctets) {
  model.raw_binary = false;
  const auto octets = answer(Encoding::wbxml);
  EXPECT_NE(octets.find(in_base64), std::string::npos);
  EXPECT_EQ(octets.find(raw_octets), std::string::npos);
}

/// What a device has as octets may look like base64; it is still octets.
TEST_F(DmBinary, AreReadAsTheyStand) {
  work.queue.front().task = GetLeaves{{"./V/k"}};
  const auto first = read_dm(answer(Encoding::wbxml), Encoding::wbxml);
  const auto get = commands(first).at(0).id;
  const auto body = taken(first) + results_text("9", first.header.msg_id, get, "./V/k", "abcd", "<Meta><Format>bin</Format></Meta>") + final_text;
  target = "/dm" + first.header.resp_uri.substr(first.header.resp_uri.find('?'));
  EXPECT_EQ(post(written_dm(read_dm(message(body)), Encoding::wbxml)).status, 200u);
  ASSERT_EQ(work.finished.size(), 1u);
  EXPECT_EQ(work.finished[0].second.leaves, (std::vector<Leaf>{{"./V/k", base64_encode("abcd"), "bin"}}));
}

TEST(DmBinaryChunks, AreCutBetweenOctetsAndTheirSizeIsTold) {
  std::string whole;
  for (int i = 0; i < 1000; ++i) whole += static_cast<char>(i * 7);
  auto command = command_on(Kind::replace, {"./A"}, base64_encode(whole));
  command.items[0].is_base64 = true;
  Shipment shipment({command}, true, 1000);
  std::string received;
  while (!shipment.is_done()) {
    const auto load = shipment.next(203, [](const Shipment::Load& of) { return std::optional(octets_of(of.commands[0].items[0]).size()); });
    ASSERT_EQ(load.commands.size(), 1u);
    const auto& item = load.commands[0].items[0];
    EXPECT_EQ(item.meta.size, received.empty() ? std::optional<std::uint64_t>(whole.size()) : std::nullopt);
    ASSERT_TRUE(base64_decode(*item.data));
    received += octets_of(item);
    shipment.sent("1", load.commands);
    StatusElement status;
    status.msg_ref = "1";
    status.cmd_ref = load.commands[0].id;
    status.data = load.is_chunk ? "213" : "200";
    shipment.take(status);
    shipment.conclude();
  }
  EXPECT_EQ(received, whole);
}

}  // namespace
}  // namespace nscl::rem::omadm
