// SPDX-License-Identifier: Apache-2.0
// Documents that are meant to hurt. Sizes are such that work by the square of the size would run into the test's time-out.
#include <random>

#include "support.h"

namespace nscl::rem::tr069 {
namespace {

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  out.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(HostileCwmp, Depth) {
  expect_bad_envelope(repeated("<a>", 10'000) + repeated("</a>", 10'000), "nested");
  expect_bad_envelope(enveloped(repeated("<a>", 31) + repeated("</a>", 31)), "nested");
  EXPECT_EQ(refusal_of(repeated("<a>", 30) + repeated("</a>", 30)), 8000u);
  expect_bad_envelope(repeated("<a>", 1'000'000), "nested");
}

TEST(HostileCwmp, DocumentTypesAndEntities) {
  const auto inform = enveloped("<cwmp:Inform><DeviceId><OUI>&lol9;</OUI></DeviceId></cwmp:Inform>");
  std::string laughs = "<!DOCTYPE lolz [<!ENTITY lol \"lol\">";
  for (char i = '1'; i <= '9'; ++i) laughs += std::string("<!ENTITY lol") + i + " \"" + repeated("&lol;", 10) + "\">";
  expect_bad_envelope("<?xml version=\"1.0\"?>" + laughs + "]>" + inform, "document type");
  expect_bad_envelope("<!DOCTYPE a SYSTEM \"file:///etc/hostname\">" + inform, "document type");
  expect_bad_envelope("<?xml-stylesheet href=\"a\"?>" + inform, "processing instructions");
  EXPECT_EQ(read<Inform>(inform).device_id.oui, "&lol9;");   // never expanded
}

TEST(HostileCwmp, Sizes) {
  const std::string large(40 * 1024 * 1024, 'a');
  expect_bad_envelope(large, "larger than");
  const auto small = enveloped("<cwmp:RebootResponse/>");
  EXPECT_TRUE(read_envelope(small, {}, {.octets = small.size()}));
  const auto refused = read_envelope(small, {}, {.octets = small.size() - 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().status, Status::bad_request);
  expect_bad_envelope(enveloped("<cwmp:Inform>" + repeated("<a/>", 400'000) + "</cwmp:Inform>"), "elements");
  std::string attributes;
  for (int i = 0; i < 65; ++i) attributes += " a" + std::to_string(i) + "=''";
  expect_bad_envelope(enveloped("<cwmp:Inform" + attributes + "/>"), "attributes");
  expect_bad_envelope(enveloped("<cwmp:Inform>" + repeated("<a b='' c='' d='' e=''/>", 200'001) + "</cwmp:Inform>"), "attributes");
  expect_bad_envelope(enveloped("<cwmp:" + std::string(300, 'a') + "/>"), "longer than 256");
  expect_bad_envelope("<Envelope><Header><ID>" + std::string(257, 'x') + "</ID></Header><Body><a/></Body></Envelope>", "cwmp:ID");
  EXPECT_EQ(envelope_of("<Envelope><Header><ID>" + std::string(256, 'x') + "</ID></Header><Body><a/></Body></Envelope>").header.id.size(), 256u);
}

TEST(HostileCwmp, ManyOfEverything) {
  const auto inform = [](std::size_t events, std::size_t parameters) {
    return "<cwmp:Inform><Event>" + repeated("<EventStruct><EventCode>1 BOOT</EventCode></EventStruct>", events) + "</Event><ParameterList>" +
           repeated("<ParameterValueStruct><Name>A</Name></ParameterValueStruct>", parameters) + "</ParameterList></cwmp:Inform>";
  };
  EXPECT_EQ(refusal_of(inform(max_events, max_inform_parameters)), 0u);
  EXPECT_EQ(refusal_of(inform(max_events + 1, 0)), 8004u);
  EXPECT_EQ(refusal_of(inform(1, max_inform_parameters + 1)), 8004u);
  const auto names = [](std::size_t count) { return "<cwmp:GetParameterValues><ParameterNames>" + repeated("<string/>", count) + "</ParameterNames></cwmp:GetParameterValues>"; };
  EXPECT_EQ(refusal_of(names(max_parameters)), 0u);
  EXPECT_EQ(refusal_of(names(max_parameters + 1)), 8004u);
  EXPECT_EQ(refusal_of("<cwmp:DUStateChangeComplete>" + repeated("<Results/>", max_entries + 1) + "</cwmp:DUStateChangeComplete>"), 8004u);
  EXPECT_EQ(refusal_of("<cwmp:ChangeDUState>" + repeated("<Operations xsi:type='a:UpdateOpStruct'/>", max_entries + 1) + "</cwmp:ChangeDUState>"), 8004u);
  EXPECT_EQ(refusal_of("<cwmp:Inform><DeviceId><OUI>" + std::string(257, 'A') + "</OUI></DeviceId></cwmp:Inform>"), 8003u);
}

TEST(HostileCwmp, NoEnvelope) {
  for (const std::string_view text : {"", " ", "<", ">", "><", "<>", "GET / HTTP/1.1", "<a/>", "<Envelope/>", "<Envelope><Body/></Envelope>", "<Envelope><Header/></Envelope>",
                                      "<Envelope><Body>text</Body></Envelope>", "<Body><cwmp:Inform/></Body>", "<Envelope><Body><a></Body></Envelope>",
                                      "<Envelope><Body><a/></Body></Envelope><Envelope/>", "<?xml", "<?xml version='1.0'?>", "<!--", "<![CDATA[", "<?xml ?><?xml ?>"}) {
    expect_bad_envelope(text);
  }
  expect_bad_envelope(std::string("\xFF\xFE<\0E\0>\0", 8));
  expect_bad_envelope(std::string(100'000, '\0') + "<a>");
}

TEST(HostileCwmp, WorkGrowsWithTheSizeOnly) {
  constexpr std::size_t many = 500'000;
  for (const std::string_view piece : {"<?xml ", "<?xml?>", "<!--", "<!-- <?xml -->", "<![CDATA[", "&", "&#", "&#0;", "&amp;", "\x01", "<", "<a ", "<a b='", "\xC3", "]]>", "<?xml <"}) {
    expect_bad_envelope(repeated(piece, many));
    expect_bad_envelope("<a>" + repeated(piece, many) + "<?xml ");
  }
  EXPECT_EQ(refusal_of("<a>" + repeated("&", many) + "</a>"), 8000u);
}

TEST(HostileCwmp, MendingHasTheLimitToo) {
  const auto text = enveloped("<a>" + std::string(1'000'000, '&') + "</a>");
  EXPECT_FALSE(read_envelope(text, {}, {.octets = 4'000'000}));
  EXPECT_TRUE(read_envelope(text, {}, {.octets = 6'000'000}));
}

/// Reads as a session would; that it comes back is the point.
void try_to_read(std::string_view text) {
  const auto envelope = read_envelope(text);
  if (envelope) (void)read_message(*envelope);
}

class HostileRecordings : public WithRecordings {};

TEST_F(HostileRecordings, CutAnywhere) {
  for (const auto& path : all()) {
    const auto text = recorded(path.filename().string());
    const auto end = text.rfind('>');
    for (std::size_t cut = 0; cut <= end; cut += 1 + cut % 7) EXPECT_FALSE(read_envelope(std::string_view(text).substr(0, cut))) << path << " at " << cut;
  }
}

TEST_F(HostileRecordings, WithWrongOctets) {
  std::minstd_rand random(7);
  for (const auto& path : all()) {
    const auto text = recorded(path.filename().string());
    for (int round = 0; round < 50; ++round) {
      auto changed = text;
      for (int i = 0; i < 3; ++i) changed[random() % changed.size()] = static_cast<char>(random() % 256);
      changed.erase(random() % changed.size(), random() % 40);
      try_to_read(changed);
    }
  }
}

}  // namespace
}  // namespace nscl::rem::tr069
