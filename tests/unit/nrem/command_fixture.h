// SPDX-License-Identifier: Apache-2.0
// CommandFixture: commands of scls/gw, and what their execInstances tell.
#pragma once

#include "nrem_fixture.h"

namespace nscl::rem {

class CommandFixture : public NremFixture {
 protected:
  void SetUp() override { make_gateway(); }
  /// The path of the instance that an EXECUTE made.
  std::string run_command(const std::string& id) {
    const auto answer = execute("scls/gw/mgmtObjs/" + id + "/execEnable");
    EXPECT_EQ(answer.status, Status::accepted) << (answer.content ? *answer.content : "");
    listener_.changes.clear();
    return answer.resource;
  }
  std::string status_of(const std::string& instance) { return text_between(retrieve(instance), "execStatus>", "<"); }
};

}  // namespace nscl::rem
