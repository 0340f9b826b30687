// SPDX-License-Identifier: Apache-2.0
// Time stamps where the test holds the clock: serial numbers over the end of a process, a clock that nobody keeps, a
// certificate that is over, a full queue. What verifiers say of the tokens is a system test.
#include <array>
#include <filesystem>
#include <future>
#include <set>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <nscl/security/time_stamping.h>

#include "stamp_serials.h"
#include "stamp_signer.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

class TestClock final : public Clock {
 public:
  Time now() const override { return time; }
  Time time = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
};

/// The least tree that a store can hold.
const model::ResourceType scl_base{.name = "sclBase"};
const std::array<const model::ResourceType*, 1> types{&scl_base};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A certificate of its own key, good from a day before to a day after the test's time.
class Identity {
 public:
  explicit Identity(Time now) : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
    const auto at = [&](ASN1_TIME* field, Time time) { ASN1_TIME_set(field, std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count()); };
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    at(X509_getm_notBefore(certificate.get()), now - 24h);
    at(X509_getm_notAfter(certificate.get()), now + 24h);
    X509_set_pubkey(certificate.get(), key.get());
    X509_EXTENSION* usage = X509V3_EXT_conf_nid(nullptr, nullptr, NID_ext_key_usage, "critical,timeStamping");
    X509_add_ext(certificate.get(), usage, -1);
    X509_EXTENSION_free(usage);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
  }
  std::string certificate_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate.get());
    auto text = text_of(bio);
    BIO_free(bio);
    return text;
  }
  Secret key_pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    const Secret secret(text_of(bio));
    BIO_free(bio);
    return secret.copy();
  }

 private:
  KeyPtr key;
  CertificatePtr certificate;
};

class TimeStampTest : public testing::Test {
 protected:
  TimeStampTest() {
    std::string name = (std::filesystem::temp_directory_path() / "nscl-stamp-XXXXXX").string();
    place = ::mkdtemp(name.data());
    reopen();
    options.quality = [this] { return quality; };
  }
  ~TimeStampTest() override {
    stamper.reset();
    store->stop();
    store.reset();
    std::filesystem::remove_all(place);
  }
  void reopen() {
    if (store) store->stop();
    store.reset();
    store = store::open_sqlite({.directory = place / "data"}, registry, clock);
  }
  void start() { stamper = std::make_unique<TimeStamper>(*store, clock, identity.certificate_pem(), identity.key_pem(), options); }
  Result<std::string> stamp(std::string content = "x") {
    boost::asio::io_context context;
    Result<std::string> answer;
    stamper->stamp(std::make_shared<const std::string>(std::move(content)), context, [&](Result<std::string> given) { answer = std::move(given); });
    context.run();
    return answer;
  }
  /// Microseconds that a token may be wrong by; -1 if it does not say.
  static long accuracy_of(const std::string& token) {
    const auto* octets = reinterpret_cast<const unsigned char*>(token.data());
    const std::unique_ptr<PKCS7, FreedBy<PKCS7_free>> parsed(d2i_PKCS7(nullptr, &octets, long(token.size())));
    const std::unique_ptr<TS_TST_INFO, FreedBy<TS_TST_INFO_free>> info(PKCS7_to_TS_TST_INFO(parsed.get()));
    TS_ACCURACY* const accuracy = TS_TST_INFO_get_accuracy(info.get());
    if (accuracy == nullptr) return -1;
    const auto part = [](const ASN1_INTEGER* number) { return number == nullptr ? 0 : ASN1_INTEGER_get(number); };
    return part(TS_ACCURACY_get_seconds(accuracy)) * 1'000'000 + part(TS_ACCURACY_get_millis(accuracy)) * 1000 + part(TS_ACCURACY_get_micros(accuracy));
  }

  TestClock clock;
  const model::Registry registry{types};
  std::filesystem::path place;
  std::unique_ptr<store::Store> store;
  Identity identity{clock.time};
  TimeQuality quality{true, 12'345us};
  TimeStamper::Options options;
  std::unique_ptr<TimeStamper> stamper;
};

TEST_F(TimeStampTest, a_serial_number_is_given_once_whenever_the_process_ends) {
  std::set<std::uint64_t> seen;
  for (const auto shift : {0s, 0s, -86'400s, 1s}) {   // the clock stands still, is set back, goes on
    clock.time += shift;
    StampSerials serials(*store, clock, 10);
    for (int i = 0; i < 25; ++i) EXPECT_TRUE(seen.insert(serials.next().value()).second);
    reopen();
  }
}

TEST_F(TimeStampTest, a_store_from_an_old_copy_gives_no_number_again) {
  StampSerials serials(*store, clock, 10);
  const auto last = serials.next().value();
  const auto erased = store->write_and_wait([](store::Transaction& t) -> Result<void> { return t.put_fact("timestamp_serial", "5"), Result<void>{}; });
  ASSERT_TRUE(erased);
  clock.time += 1s;
  EXPECT_GT(StampSerials(*store, clock, 10).next().value(), last);
}

TEST_F(TimeStampTest, no_number_is_guessed_if_the_last_one_cannot_be_read) {
  for (const char* broken : {"", "x", "12x", "-1", "99999999999999999999"}) {
    ASSERT_TRUE(store->write_and_wait([&](store::Transaction& t) -> Result<void> { return t.put_fact("timestamp_serial", broken), Result<void>{}; }));
    EXPECT_FALSE(StampSerials(*store, clock, 10).next()) << broken;
    start();
    EXPECT_EQ(stamp().error().status, Status::service_unavailable) << broken;
  }
}

TEST_F(TimeStampTest, the_accuracy_is_that_of_the_clock_and_is_not_told_if_nobody_knows_it) {
  start();
  EXPECT_EQ(accuracy_of(stamp().value()), 13'345);   // and a millisecond, since the time is cut to that
  quality = {};
  EXPECT_EQ(accuracy_of(stamp().value()), -1);
  quality = {true, 2'000'001us};
  EXPECT_EQ(accuracy_of(stamp().value()), 2'001'001);
  quality = {true, 10min};
  EXPECT_EQ(accuracy_of(stamp().value()), -1);
}

TEST_F(TimeStampTest, a_clock_that_must_be_synchronised) {
  options.require_synchronised = true;
  start();
  EXPECT_TRUE(stamp());
  quality = {};
  EXPECT_EQ(stamp().error().detail, "no time stamp can be made: the clock is not synchronised");
  quality = {true, 1us};
  EXPECT_TRUE(stamp());
}

TEST_F(TimeStampTest, nothing_is_stamped_outside_of_the_certificates_life) {
  start();
  for (const auto shift : {-25h, 50h}) {
    clock.time += shift;
    EXPECT_EQ(stamp().error().detail, "no time stamp can be made: the certificate of this authority is not valid now");
  }
  clock.time -= 25h;
  EXPECT_TRUE(stamp());
}

TEST_F(TimeStampTest, a_full_queue_refuses_at_once) {
  std::promise<void> gate;
  auto opened = gate.get_future().share();
  std::promise<void> entered;
  std::atomic<int> calls{0};
  options.queue = 2;
  options.quality = [&, opened] {
    if (++calls == 2) entered.set_value(), opened.wait();   // the first call is that of the constructor
    return quality;
  };
  start();
  boost::asio::io_context context;
  std::array<int, 2> outcomes{};
  const auto ask = [&] {
    stamper->stamp(std::make_shared<const std::string>("x"), context, [&](const Result<std::string>& answer) { ++outcomes[answer ? 0 : 1]; });
  };
  ask();
  entered.get_future().wait();
  ask();
  ask();
  context.run_one();
  EXPECT_EQ(outcomes, (std::array{0, 1}));
  gate.set_value();
  context.run();
  EXPECT_EQ(outcomes, (std::array{2, 1}));
}

TEST_F(TimeStampTest, who_may_ask_and_how_often) {
  StampUsers users({"notary"});
  const Requestor admin{.principal = "admin", .is_operator = true}, notary{.principal = "notary"}, other{.principal = "other"};
  EXPECT_TRUE(users.has(admin));
  EXPECT_TRUE(users.has(notary));
  EXPECT_FALSE(users.has(other));
  const auto scoped = std::make_shared<const Grant>(Grant::parse("READ /applications/a", "").value());
  EXPECT_FALSE(users.has({.principal = "notary", .grant = scoped}));
  EXPECT_FALSE(users.has({.principal = "admin", .is_operator = true, .grant = scoped}));
  const auto now = Meter::Clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(users.take(notary, now), 0ns);
  EXPECT_GT(users.take(notary, now), 0ns);
  EXPECT_EQ(users.take(admin, now), 0ns);
  EXPECT_EQ(users.take(notary, now + 100ms), 0ns);
}

}  // namespace
}  // namespace nscl::security
