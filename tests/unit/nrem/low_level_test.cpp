// SPDX-License-Identifier: Apache-2.0
// Changes of an object that no model knows: what the device was not seen to have, and what is not named (rem.md 2.5, 4.9 rows 7 and 8).
#include "objects_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;
using Names = std::vector<std::string>;

const std::string lamp_object = "scls/gw/mgmtObjs/lamp", mo = "Device.X_Lamp.1.";

std::string element(const std::string& name, const std::string& value) {
  return "<" + name + " xmlns=\"urn:nscl:mo\" path=\"" + mo + name + "\">" + value + "</" + name + ">";
}

class LowLevel : public ObjectsFixture {
 protected:
  void SetUp() override {
    ObjectsFixture::SetUp();
    make("m:id=\"lamp\"", "");
    end_session();
    clock_.advance(1min);   // its values are not fresh any more
  }
  core::RequestIndication document(Verb verb, const std::string& to, const std::string& id, const std::string& elements) {
    documents_.push_back("<m:mgmtObj xmlns:m=\"http://uri.etsi.org/m2m\" " + id + ">" + elements + "</m:mgmtObj>");
    return request(verb, to, documents_.back());
  }
  /// An object for what the device has at `mo`, by a request that says `elements` of it.
  void make(const std::string& id, const std::string& elements) {
    const auto answer = begin_request(document(Verb::create, "scls/gw/mgmtObjs", id, "<m:moID>x</m:moID><m:originalMO>" + mo + "</m:originalMO>" + elements));
    const auto assignment = next();
    ASSERT_TRUE(assignment && std::holds_alternative<Discover>(assignment->task));
    finish(*assignment, {.leaves = {{mo + "Level", "0", "int"}, {mo + "Name", "lamp", "string"}}, .objects = {"Device.", mo}});
    wait_for(answer);
    ASSERT_EQ((*answer)->status, Status::created);
  }
  core::ResponseConfirm put(const std::string& elements) { return handle(document(Verb::update, lamp_object, "", elements)); }
  /// The device does what waits, and tells what it has set.
  void done() {
    begin();
    while (const auto assignment = next()) finish(*assignment, {.leaves = std::get<SetLeaves>(assignment->task).leaves});
    end_session();
  }
  SetLeaves waiting() {
    const auto all = pending();
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? SetLeaves{} : std::get<SetLeaves>(task_from_json(all.back().body).value());
  }
  std::string shown(const std::string& path = lamp_object) {
    std::string out;
    look([&](store::View& view) {
      const auto found = view.find(path);
      const auto* elements = found ? found->attributes.find("$any") : nullptr;
      for (const auto& item : elements ? elements->list() : model::List{}) out += item.text();
    });
    return out;
  }
  const std::string known_ = element("Level", "0") + element("Name", "lamp");

 private:
  std::deque<std::string> documents_;   ///< requests look into them
};

TEST_F(LowLevel, whatAPutDoesNotNameStays) {
  EXPECT_EQ(shown(), known_);
  EXPECT_EQ(put(element("Level", "40")).status, Status::accepted);
  EXPECT_EQ(waiting().leaves, (std::vector<Leaf>{{mo + "Level", "40"}}));
  EXPECT_EQ(shown(), known_) << "until the device has it";
  done();
  EXPECT_EQ(shown(), element("Level", "40") + element("Name", "lamp"));
}

TEST_F(LowLevel, itStaysAsItWasReadLast) {
  put(element("Level", "40"));
  Contact contact;
  contact.device = device_;
  contact.events.push_back({.code = "4 VALUE CHANGE"});
  contact.leaves = {{mo + "Name", "table", "string"}};
  begin_with(contact);
  done();
  EXPECT_EQ(shown(), element("Level", "40") + element("Name", "table"));
}

TEST_F(LowLevel, nothingChangesIfTheDeviceRefuses) {
  put(element("Level", "40"));
  begin();
  set_next({.end = Report::End::failed, .status = Status::bad_request, .code = "9007", .text = "CWMP 9007"});
  end_session();
  EXPECT_EQ(shown(), known_);
}

TEST_F(LowLevel, whatIsNothingToTheDeviceIsDoneAtOnce) {
  for (const auto& same : {std::string(), element("Level", "0")}) {
    EXPECT_EQ(put("<m:description>mine</m:description>" + same + "<Note xmlns=\"urn:vendor\">n</Note>").status, Status::ok) << same;
    EXPECT_EQ(shown(), known_ + "<Note xmlns=\"urn:vendor\">n</Note>") << same;
    EXPECT_TRUE(pending().empty());
  }
  EXPECT_EQ(put("").status, Status::ok);
  EXPECT_EQ(shown(), known_) << "a note is nothing of the device";
  begin();
  const auto answer = begin_request(request(Verb::retrieve, lamp_object));
  const auto reading = next();
  ASSERT_TRUE(reading) << "its values were not read by that";
  finish(*reading, {});
  wait_for(answer);
}

TEST_F(LowLevel, R60whatItsOwnSclPutsIsAllThatThereIs) {
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"gw", "scls/gw", false});
  EXPECT_EQ(put(element("Level", "7")).status, Status::ok);
  EXPECT_EQ(shown(), element("Level", "7"));
}

TEST_F(LowLevel, O7whatWasNotSeenIsSaidSo) {
  put(element("Level", "40") + element("Extra", "1"));
  EXPECT_EQ(waiting().unseen, Names{mo + "Extra"});
  done();
  put(element("Level", "41") + element("Extra", "2"));
  EXPECT_EQ(waiting().unseen, Names{}) << "it is known now";
}

TEST_F(LowLevel, O7ofAModelItIsWhatTheDeviceDidNotList) {
  set_duration("PT1H");
  EXPECT_EQ(waiting().unseen, Names{});
  done();
  handle(update("maxNumberOfDiscovRecords", "5"));
  EXPECT_EQ(waiting().unseen, Names{"Device.ETSIM2M.SCL.1.Discovery.MaxNumberOfDiscovRecords"});
}

TEST_F(LowLevel, O7anObjectThatWasThereShowsOnlyWhatTheDeviceHas) {
  begin();
  make("m:id=\"other\"", element("Nope", "1") + element("Level", "9") + "<Note xmlns=\"urn:vendor\">n</Note>");
  EXPECT_EQ(shown("scls/gw/mgmtObjs/other"), "<Note xmlns=\"urn:vendor\">n</Note>" + known_);
}

TEST_F(LowLevel, aNewerChangeDecidesAboutWhatItNames) {
  put(element("Level", "40") + element("Name", "desk"));
  put(element("Level", "50"));
  EXPECT_EQ(pending().size(), 2u);
  done();
  EXPECT_EQ(shown(), element("Level", "50") + element("Name", "desk"));
}

TEST_F(LowLevel, aNewerChangeOfTheTreeLeavesTheOlderAlone) {
  put(element("Level", "40"));
  EXPECT_EQ(put("<m:description>mine</m:description>").status, Status::ok);
  EXPECT_EQ(put(element("Name", "lamp")).status, Status::ok) << "as it is shown, and nobody wants it otherwise";
  EXPECT_EQ(waiting().leaves, (std::vector<Leaf>{{mo + "Level", "40"}}));
  done();
  EXPECT_EQ(shown(), element("Level", "40") + element("Name", "lamp"));
}

TEST_F(LowLevel, theOldValueIsAChangeOfWhatIsGoingToBe) {
  put(element("Level", "40"));
  EXPECT_EQ(put(element("Level", "0")).status, Status::accepted);
  EXPECT_EQ(waiting().leaves, (std::vector<Leaf>{{mo + "Level", "0"}}));
  begin();
  set_next();   // which does not tell what it has set
  end_session();
  EXPECT_EQ(shown(), known_);
}

}  // namespace
}  // namespace nscl::rem
