// SPDX-License-Identifier: Apache-2.0
// What statuses of OMA-DM mean: each row of rem.md 2.10.
#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

using End = Report::End;

struct Row {
  std::vector<int> statuses;
  End first = End::failed;         ///< in the first attempt
  Status status = Status::ok;
  unsigned again = 0;              ///< attempts after which it is done no more; 0: always again, if it is `later` at first
};

const std::vector<Row> rows = {
    {{200, 201, 204, 205, 206, 217, 212, 213}, End::done, Status::ok},
    {{202}, End::accepted, Status::accepted},
    {{214}, End::failed, Status::forbidden},
    {{400, 412, 414}, End::failed, Status::bad_request},
    {{401, 407}, End::later, Status::bad_gateway, 3},
    {{403, 425}, End::failed, Status::forbidden},
    {{404}, End::failed, Status::not_found},
    {{405}, End::failed, Status::method_not_allowed},
    {{406, 501}, End::failed, Status::not_implemented},
    {{408}, End::later, Status::gateway_timeout},
    {{409, 418}, End::failed, Status::conflict},
    {{413, 416, 420}, End::failed, Status::not_acceptable},
    {{424}, End::later, Status::not_acceptable, 2},
    {{415}, End::failed, Status::unsupported_media_type},
    {{417, 503}, End::later, Status::service_unavailable},
    {{500, 506, 510, 511}, End::later, Status::bad_gateway, 2},
    {{505, 513}, End::failed, Status::bad_gateway},
    {{507, 516, 517}, End::failed, Status::bad_gateway},
    {{0}, End::later, Status::bad_gateway},
    {{207, 299}, End::done, Status::ok},
    {{302, 399}, End::failed, Status::bad_gateway},
    {{402, 410, 499}, End::failed, Status::bad_request},
    {{502, 599}, End::failed, Status::bad_gateway},
    {{-1, 101, 600, 100'000}, End::failed, Status::bad_gateway},
};

TEST(DmStatus, EachRow) {
  for (const auto& row : rows) {
    for (const auto status : row.statuses) {
      const auto report = report_of_status(status, "./A", 1);
      EXPECT_EQ(report.end, row.first) << status;
      EXPECT_EQ(name_of(report.status), name_of(row.status)) << status;
      const auto late = report_of_status(status, "./A", row.again == 0 ? 9 : row.again);
      EXPECT_EQ(late.end, row.again == 0 ? row.first : End::failed) << status;
      if (row.again > 1) { EXPECT_EQ(report_of_status(status, "./A", row.again - 1).end, End::later) << status; }
      EXPECT_EQ(report.code == "0", report.end == End::done || report.end == End::accepted) << status;
    }
  }
}

TEST(DmStatus, TextsTellProtocolCodeAndNode) {
  EXPECT_EQ(report_of_status(425, "./DevInfo/Man", 1).text, "OMA-DM 425 Permission denied: ./DevInfo/Man");
  EXPECT_EQ(report_of_status(425, "./DevInfo/Man", 1).code, "425");
  EXPECT_EQ(report_of_status(459, "./A", 1).text, "OMA-DM 459 Other refusal: ./A");
  EXPECT_EQ(report_of_status(0, "./A", 1).text, "OMA-DM 0 Not processed: ./A");
  EXPECT_EQ(report_of_status(0, "./A", 1).code, "NO_ANSWER");
  EXPECT_EQ(report_of_status(200, "./A", 1), Report{});
}

TEST(DmStatus, WhatIsNotThereIsLookedForAnew) {
  EXPECT_TRUE(report_of_status(404, "./A", 1).unknown_path);
  EXPECT_FALSE(report_of_status(405, "./A", 1).unknown_path);
  EXPECT_TRUE(report_of_status(501, "./A", 1).unsupported);
}

}  // namespace
}  // namespace nscl::rem::omadm
