// SPDX-License-Identifier: Apache-2.0
// The listener for files, request by request (rem.md 4.8).
#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>

#include "files_fixture.h"

namespace nscl::rem {
namespace {

struct FileListener : FilesFixture {
  /// A download of `octets`, as the device was told of it.
  Assignment download(const std::string& octets) {
    EXPECT_TRUE(import("box", octets));
    make_command("load", "DOWNLOAD", "<execReqArg><name>File</name><value>box</value></execReqArg>");
    return run_it("load");
  }
  Assignment upload() {
    make_command("up", "UPLOAD", "<execReqArg><name>FileType</name><value>2 Vendor Log File</value></execReqArg>");
    return run_it("up");
  }
  Assignment run_it(const std::string& id) {
    EXPECT_EQ(execute("scls/gw/mgmtObjs/" + id + "/execEnable").status, Status::accepted);
    begin();
    return *next();
  }
  std::uint64_t moved(const Assignment& assignment) {
    clock_.advance(6s);
    files_->keep(*context_);
    change([](store::Transaction&) {});
    return transfer_of(assignment.operation).moved;
  }
  std::string digest_of(const Assignment& assignment, const Got& challenge, const std::string& method, const std::string& target, std::string password = {}) {
    security::DigestCredential credential;
    const auto field = challenge.field("WWW-Authenticate");
    credential.algorithm = security::DigestAlgorithm::sha_256;
    credential.user = value_of(assignment, "Username");
    credential.realm = "files";
    credential.nonce = text_between(field, "nonce=\"", "\"");
    credential.uri = target;
    credential.cnonce = "c";
    credential.nc = "00000001";
    if (password.empty()) password = value_of(assignment, "Password");
    const auto ha1 = security::digest_ha1(credential.algorithm, credential.user, credential.realm, password);
    return "Digest username=\"" + credential.user + "\", realm=\"files\", nonce=\"" + credential.nonce + "\", uri=\"" + target +
           "\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"c\", response=\"" + security::digest_response(credential, ha1, method) + "\"";
  }
};

TEST_F(FileListener, ServesAFileWithItsDigestAsTag) {
  const auto assignment = download("0123456789");
  const auto answer = get(target_of(assignment), login_of(assignment));
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.field("ETag"), "\"" + hex_encode(sha256("0123456789")) + "\"");
  EXPECT_EQ(answer.field("Accept-Ranges"), "bytes");
  const auto head = ask({.method = net::Method::head, .target = target_of(assignment), .authorization = login_of(assignment)});
  EXPECT_EQ(head.status, 200u);
  EXPECT_EQ(head.length, 10u);
}

TEST_F(FileListener, ServesAPart) {
  const auto assignment = download("0123456789");
  const auto part = [&](const std::string& range) { return ask({.target = target_of(assignment), .authorization = login_of(assignment), .range = range}); };
  EXPECT_EQ(part("bytes=2-4").status, 206u);
  EXPECT_EQ(part("bytes=2-4").body, "234");
  EXPECT_EQ(part("bytes=2-4").field("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(part("bytes=-3").body, "789");
  EXPECT_EQ(part("bytes=10-").status, 416u);
  EXPECT_EQ(part("bytes=10-").field("Content-Range"), "bytes */10");
  const auto unchanged = ask({.target = target_of(assignment), .authorization = login_of(assignment), .if_none_match = part("bytes=0-").field("ETag")});
  EXPECT_EQ(unchanged.status, 304u);
  EXPECT_EQ(unchanged.body, "");
}

TEST_F(FileListener, ATokenIsOfOneTransfer) {
  const auto assignment = download("image");
  const auto target = target_of(assignment), login = login_of(assignment);
  ASSERT_EQ(get(target, login).status, 200u);
  auto wrong = target;
  wrong[10] = wrong[10] == 'a' ? 'b' : 'a';
  for (const auto& other : {wrong, target + "x", target.substr(0, target.size() - 1), target + "?x=1", target.substr(0, 33), std::string("/files/"),
                            std::string("/"), std::string("*"), target.substr(0, 34) + "../box", "/files/" + transfer_of(assignment.operation).token.substr(0, 26) + "/box"})
    EXPECT_EQ(get(other, login).status, 404u) << other;
  EXPECT_EQ(put("/uploads" + target.substr(6), login, "x").status, 404u);
  EXPECT_EQ(put(target, login, "x").status, 405u);
  EXPECT_EQ(ask({.method = net::Method::remove, .target = target, .authorization = login}).field("Allow"), "GET, HEAD");
}

TEST_F(FileListener, WantsTheCredentialsOfTheTransfer) {
  const auto assignment = download("image");
  const auto target = target_of(assignment), user = value_of(assignment, "Username");
  const auto challenge = get(target);
  EXPECT_EQ(challenge.status, 401u);
  EXPECT_EQ(challenge.body.find("image"), std::string::npos);
  EXPECT_EQ(get(target, basic(user, "wrong")).status, 401u);
  EXPECT_EQ(get(target, basic("wrong", value_of(assignment, "Password"))).status, 401u);
  EXPECT_EQ(get(target, "Bearer x").status, 401u);
  EXPECT_EQ(get(target, digest_of(assignment, challenge, "GET", target, "wrong")).status, 401u);
  const auto field = digest_of(assignment, challenge, "GET", target);
  EXPECT_EQ(get(target, field).status, 200u);
  const auto again = get(target, field);
  EXPECT_EQ(again.status, 401u) << "a count is used once";
  EXPECT_NE(again.field("WWW-Authenticate").find("stale=true"), std::string::npos);
  const auto other = digest_of(assignment, get(target), "HEAD", target);
  EXPECT_EQ(get(target, other).status, 401u) << "another method";
}

TEST_F(FileListener, BasicNeedsTlsOrLeave) {
  auto options = usual();
  options.basic_without_tls = false;
  open(options);
  const auto assignment = download("image");
  const auto answer = get(target_of(assignment), login_of(assignment));
  EXPECT_EQ(answer.status, 401u);
  for (const auto& [name, value] : answer.fields) EXPECT_EQ(value.find("Basic"), std::string::npos);
}

TEST_F(FileListener, TheTokenAloneIsEnoughWhereThatIsAllowed) {
  auto options = usual();
  options.token_alone = true;
  open(options);
  const auto assignment = download("image");
  EXPECT_EQ(get(target_of(assignment)).status, 200u);
  EXPECT_EQ(get(target_of(assignment), basic("x", "y")).status, 401u) << "what is shown has to be right";
}

TEST_F(FileListener, R710ADamagedFileIsNotServed) {
  const auto assignment = download("image");
  std::ofstream(octets_of("box"), std::ios::binary) << "imagE";
  EXPECT_EQ(get(target_of(assignment), login_of(assignment)).status, 409u);
}

TEST_F(FileListener, TellsHowFarATransferHasCome) {
  const auto assignment = download("0123456789");
  const auto part = [&](const std::string& range) { return ask({.target = target_of(assignment), .authorization = login_of(assignment), .range = range}).status; };
  EXPECT_EQ(moved(assignment), 0u);
  EXPECT_EQ(part("bytes=5-9"), 206u);
  EXPECT_EQ(moved(assignment), 0u) << "there is a gap before it";
  EXPECT_EQ(part("bytes=0-3"), 206u);
  EXPECT_EQ(moved(assignment), 4u);
  EXPECT_EQ(part("bytes=4-"), 206u);
  EXPECT_EQ(moved(assignment), 10u);
  EXPECT_EQ(part("bytes=0-1"), 206u);
  EXPECT_EQ(moved(assignment), 10u) << "once is once";
}

TEST_F(FileListener, SoManyAtOnceAndNotMore) {
  auto options = usual();
  options.transfers = 1;
  open(options);
  const auto assignment = download("image");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(target_of(assignment), login_of(assignment)).status, 200u) << "each gives its place back";
  options.transfers = 0;
  open(options);
  const auto answer = get(target_of(assignment), login_of(assignment));
  EXPECT_EQ(answer.status, 503u);
  EXPECT_NE(answer.field("Retry-After"), "");
}

TEST_F(FileListener, R23KeepsWhatIsSentWhole) {
  const auto assignment = upload();
  const auto target = target_of(assignment);
  EXPECT_EQ(put(target, login_of(assignment), "the log").status, 201u);
  EXPECT_EQ(stored(), 1u);
  EXPECT_EQ(put(target, login_of(assignment), "the log").status, 201u) << "the answer may have been lost";
  EXPECT_EQ(ask({.method = net::Method::post, .target = target, .authorization = login_of(assignment), .body = "the longer log"}).status, 201u);
  EXPECT_EQ(stored(), 1u) << "the older one is gone";
  EXPECT_EQ(moved(assignment), 14u);
  EXPECT_EQ(get(target, login_of(assignment)).status, 405u) << "devices do not read it";
}

TEST_F(FileListener, TakesNothingFromWhomItDoesNotKnow) {
  const auto assignment = upload();
  EXPECT_EQ(put(target_of(assignment), "", "x").status, 401u);
  EXPECT_EQ(put(target_of(assignment), basic("a", "b"), "x").status, 401u);
  EXPECT_EQ(put("/uploads/" + std::string(26, 'a') + "/x", login_of(assignment), "x").status, 404u);
  EXPECT_EQ(put(target_of(assignment), login_of(assignment), "").status, 411u);
  EXPECT_EQ(stored(), 0u);
}

TEST_F(FileListener, AnUploadWhoseTimeEndsMeanwhileIsNotKept) {
  const auto assignment = upload();
  change([&](store::Transaction& transaction) {
    auto transfer = *transaction.management().transfer_of(assignment.operation);
    transfer.expires = clock_.now() + 1us;
    transaction.manage().put_transfer(transfer);
  });
  EXPECT_EQ(put(target_of(assignment), login_of(assignment), "x").status, 404u);
  look([&](store::View& view) { EXPECT_TRUE(view.management().files({}, 9).empty()); });
}

}  // namespace
}  // namespace nscl::rem
