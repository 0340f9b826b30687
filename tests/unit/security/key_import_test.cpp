// SPDX-License-Identifier: Apache-2.0
// Key files: their form, what is reported of a bad one, and that it is all or nothing (B7).
#include <map>

#include <nscl/security/key_identity.h>
#include <nscl/security/key_import.h>

#include "key_fixture.h"

namespace nscl::security {
namespace {

constexpr std::string_view header = "identity,kind,key,entity\n";
const std::string good_key = "hex:000102030405060708090a0b0c0d0e0f";

class KeyImportTest : public KeyTest {
 protected:
  Result<Imported> import(const std::string& text, bool is_dry = false, ::mode_t mode = 0600) {
    reported.clear();
    KeyImport wanted;
    wanted.file = folder.write("keys.csv", text, mode);
    wanted.is_dry = is_dry;
    return import_keys(*keystore, *store, wanted, [&](std::uint64_t line, const std::string& reason) { reported[line] = reason; });
  }
  std::size_t keys_in_store() {
    std::size_t count = 0;
    store->read([&](store::View& view) { count = view.keys("", 100).size(); });
    return count;
  }
  static Result<KeyRow> parse(std::string_view line, std::string_view columns = "identity,kind,key,entity,not_after,environment") {
    return parse_key_row(line, KeyColumns::parse(columns).value());
  }

  std::map<std::uint64_t, std::string> reported;
};

TEST_F(KeyImportTest, a_row_becomes_a_key) {
  const auto row = parse("dev-1,fixed," + good_key + ",scls/gw1,2031-12-31T00:00:00Z,tee");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->key.identity, "dev-1");
  EXPECT_EQ(row->key.entity, "scls/gw1");
  EXPECT_EQ(row->key.environment, "tee");
  EXPECT_EQ(format_date_time(row->key.not_after), "2031-12-31T00:00:00Z");
  EXPECT_EQ(key_text(row->octets), good_key);
  EXPECT_EQ(parse("dev,fixed," + good_key + ",scls/gw1,,")->key.not_after, never);
  EXPECT_EQ(parse("dev,fixed,base64:AAECAwQFBgcICQoLDA0ODw==,scls/gw1,,")->octets.view(), row->octets.view());
}

TEST_F(KeyImportTest, quotes_as_in_rfc_4180) {
  EXPECT_EQ(parse("\"a,b\",\"fixed\"," + good_key + ",\"scls/gw1\",,")->key.identity, "a,b");
  EXPECT_EQ(parse("\"a\"\"b\",fixed," + good_key + ",scls/gw1,,")->key.identity, "a\"b");
  EXPECT_EQ(parse("\"\",fixed," + good_key + ",scls/gw1,,")->key.identity, "");
  for (const char* bad : {"\"a", "\"a\"b,x", "a\"b,x", "\"a\"\"", "\""}) EXPECT_FALSE(parse(bad)) << bad;
  EXPECT_FALSE(parse(std::string(100, ',')));
}

TEST_F(KeyImportTest, columns_have_names_in_any_order) {
  EXPECT_EQ(parse("scls/gw1," + good_key + ",dev,root", "entity,key,identity,kind")->key.kind, store::KeyKind::root);
  for (const char* bad : {"", "identity,kind,key", "identity,kind,key,entity,", "identity,kind,key,entity,entity", "Identity,kind,key,entity", "identity;kind;key;entity"})
    EXPECT_FALSE(KeyColumns::parse(bad)) << bad;
}

TEST_F(KeyImportTest, B7_a_bad_row_is_told_by_its_line_and_nothing_is_taken) {
  ASSERT_TRUE(add(fixed_key("there"), octets_a));
  const std::string secret = "00112233445566778899aabbccddeeff";
  const auto done = import(std::string(header) + "good,fixed," + good_key + ",scls/gw1\n" +      // 2
                           "one-octet,fixed,hex:ab,scls/gw1\n" +                                  // 3
                           "good,fixed," + good_key + ",scls/gw1\n" +                             // 4
                           "\"new\nline\",fixed,hex:" + secret + ",scls/gw1\n" +                   // 5, 6
                           "there,fixed,hex:" + secret + ",scls/gw1\n" +                          // 7
                           "nobody,fixed,hex:" + secret + ",nobody\n" +                           // 8
                           "plain,fixed," + secret + ",scls/gw1\n" +                              // 9
                           "odd,fixed,hex:" + secret + "0,scls/gw1\n" +                           // 10
                           "kind,connection,hex:" + secret + ",scls/gw1\n" +                      // 11
                           "few,fixed\n" + std::string(5000, 'x') + "\n" + "empty,fixed,,scls/gw1\n" +   // 12, 13, 14
                           "c.0000000000000000.1,fixed," + good_key + ",scls/gw1\n");             // 15
  ASSERT_TRUE(done);
  EXPECT_EQ(done->rows, 1u);
  EXPECT_EQ(done->bad, reported.size());
  for (std::uint64_t line = 3; line <= 15; ++line) {
    EXPECT_EQ(reported.count(line), 1u) << line;
    EXPECT_EQ(reported[line].find(secret), std::string::npos) << reported[line];
  }
  EXPECT_EQ(reported[4], "the identity stands in line 2 already");
  EXPECT_EQ(keys_in_store(), 1u);
}

TEST_F(KeyImportTest, B7_all_rows_are_taken_or_checked_only) {
  std::string text = "\xef\xbb\xbf" + std::string(header.substr(0, header.size() - 1)) + "\r\n";
  for (int i = 0; i < 50; ++i) text += "dev-" + std::to_string(i) + ",fixed," + good_key + ",scls/gw" + std::to_string(i) + "\r\n";
  text += "\r\n" + root_key(3).identity + ",root," + good_key + ",scls/gw99";   // an empty line, and no end of the last one
  auto done = import(text, true);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->rows, 51u);
  EXPECT_EQ(keys_in_store(), 0u);
  done = import(text);
  ASSERT_TRUE(done);
  EXPECT_EQ(keys_in_store(), 51u);
  EXPECT_EQ(opened("dev-49").size(), 16u);
  EXPECT_EQ(row(root_key(3).identity)->index, 3u);
  done = import(text);
  EXPECT_EQ(done->bad, 51u) << "they are there already";
}

TEST_F(KeyImportTest, B7_what_only_shows_while_writing_undoes_all) {
  const auto done = import(std::string(header) + "dev,fixed," + good_key + ",scls/gw1\n" + root_key(1).identity + ",root," + good_key + ",scls/gw1\n" +
                           root_key(2).identity + ",root," + good_key + ",scls/gw1\n");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().detail.find("line 4: the node has an active key"), std::string::npos) << done.error().detail;
  EXPECT_EQ(keys_in_store(), 0u);
}

TEST_F(KeyImportTest, B7_files_that_are_none) {
  EXPECT_FALSE(import(""));
  EXPECT_FALSE(import("\n"));
  std::string garbage(10'000, '\0');
  for (std::size_t i = 0; i < garbage.size(); ++i) garbage[i] = static_cast<char>(i * 7919 >> 3);
  EXPECT_FALSE(import(garbage));
  EXPECT_EQ(import(std::string(header) + garbage)->rows, 0u);
  EXPECT_GT(import(std::string(header) + garbage)->bad, 0u);
  EXPECT_EQ(import(std::string(header))->rows, 0u);
  for (const ::mode_t mode : {0644u, 0640u, 0604u}) {
    const auto done = import(std::string(header), false, mode);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().detail.find("chmod 600"), std::string::npos);
  }
}

}  // namespace
}  // namespace nscl::security
