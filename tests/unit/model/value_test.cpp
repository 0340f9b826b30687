// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nscl/model/value.h>

namespace nscl::model {
namespace {

TEST(Value, HoldsWhatItWasGiven) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_TRUE(Value("text").get<std::string>()) << "a literal is text, not a boolean";
  EXPECT_TRUE(Value(7).get<std::int64_t>());
  EXPECT_TRUE(Value(true).get<bool>());
  EXPECT_TRUE(Value(Bytes{"x"}).get<Bytes>());
  EXPECT_TRUE(Value(Time{}).get<Time>());
}

TEST(Value, ShorthandsAnswerEmptyThings) {
  const Value number(7);
  EXPECT_EQ(number.text(), "");
  EXPECT_TRUE(number.list().empty());
  EXPECT_TRUE(number.object().empty());
  EXPECT_EQ(number.find("a"), nullptr);
}

TEST(Value, KindsAreNeverEqual) {
  EXPECT_NE(Value("x"), Value(Bytes{"x"}));
  EXPECT_NE(Value(0), Value(false));
  EXPECT_NE(Value(), Value(""));
  EXPECT_NE(Value(List{}), Value(Object{}));
}

TEST(Object, SetReplacesAndEraseRemoves) {
  Object object;
  object.set("a", 1);
  object.set("b", 2);
  object.set("a", 3);
  EXPECT_EQ(object.size(), 2u);
  EXPECT_EQ(*object.find("a"), Value(3));
  EXPECT_EQ(object.begin()->name, "a") << "order of insertion";
  EXPECT_TRUE(object.erase("a"));
  EXPECT_FALSE(object.erase("a"));
  EXPECT_EQ(object.find("a"), nullptr);
}

TEST(Object, OrderHasNoMeaningButListsHaveOne) {
  Object one;
  one.set("a", 1);
  one.set("b", List{1, 2});
  Object other;
  other.set("b", List{1, 2});
  other.set("a", 1);
  EXPECT_EQ(one, other);
  other.set("b", List{2, 1});
  EXPECT_NE(one, other);
  other.erase("b");
  EXPECT_NE(one, other);
  other.set("c", List{1, 2});
  EXPECT_NE(one, other);
}

}  // namespace
}  // namespace nscl::model
