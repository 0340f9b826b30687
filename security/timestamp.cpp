// SPDX-License-Identifier: Apache-2.0
// RFC 3161 by OpenSSL's TS module. Its context is for one thread: everything is signed on the only thread of a pool.
#include <nscl/security/timestamp.h>

#include <sys/timex.h>

#include <atomic>
#include <limits>
#include <stdexcept>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <openssl/err.h>
#include <openssl/ts.h>

#include <nscl/base/log.h>

#include "stamp_serials.h"
#include "stamp_signer.h"

namespace nscl::security {
namespace {

namespace asio = boost::asio;

using ContextPtr = std::unique_ptr<TS_RESP_CTX, FreedBy<TS_RESP_CTX_free>>;
using RequestPtr = std::unique_ptr<TS_REQ, FreedBy<TS_REQ_free>>;
using ResponsePtr = std::unique_ptr<TS_RESP, FreedBy<TS_RESP_free>>;
using ImprintPtr = std::unique_ptr<TS_MSG_IMPRINT, FreedBy<TS_MSG_IMPRINT_free>>;
using AlgorithmPtr = std::unique_ptr<X509_ALGOR, FreedBy<X509_ALGOR_free>>;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, FreedBy<ASN1_OBJECT_free>>;
using NumberPtr = std::unique_ptr<ASN1_INTEGER, FreedBy<ASN1_INTEGER_free>>;

constexpr int fraction_digits = 3;   // of the time in a token

/// A call of the library that fails for want of memory only.
void must(int result) {
  if (result == 1) return;
  ERR_clear_error();
  throw std::runtime_error("OpenSSL cannot make a time stamp");
}

/// DER of a structure, by its own i2d function.
template <class Structure>
std::string encode(int (*encoder)(const Structure*, unsigned char**), const Structure* structure) {
  unsigned char* octets = nullptr;
  const int size = encoder(structure, &octets);
  must(size > 0 ? 1 : 0);
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

/// False for what is no query, and for one with octets behind it.
bool is_query(std::string_view der) {
  if (der.empty() || der.size() > TimeStamper::longest_query) return false;
  const auto* octets = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = octets + der.size();
  const RequestPtr request(d2i_TS_REQ(nullptr, &octets, static_cast<long>(der.size())));
  return request && octets == end;
}

/// The query for a token over the SHA-256 of `content`, certificates included.
std::string query_for(std::string_view content) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  must(EVP_Digest(content.data(), content.size(), digest, &size, EVP_sha256(), nullptr));
  const RequestPtr request(TS_REQ_new());
  const ImprintPtr imprint(TS_MSG_IMPRINT_new());
  const AlgorithmPtr algorithm(X509_ALGOR_new());
  if (!request || !imprint || !algorithm) throw std::bad_alloc();
  must(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr));
  must(TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()));
  must(TS_MSG_IMPRINT_set_msg(imprint.get(), digest, static_cast<int>(size)));
  must(TS_REQ_set_version(request.get(), 1));
  must(TS_REQ_set_msg_imprint(request.get(), imprint.get()));
  must(TS_REQ_set_cert_req(request.get(), 1));
  return encode(i2d_TS_REQ, request.get());
}

/// Refuses the request that a callback is asked about.
void reject(TS_RESP_CTX* context, int reason, const char* text) {
  (void)TS_RESP_CTX_set_status_info(context, TS_STATUS_REJECTION, text);
  (void)TS_RESP_CTX_add_failure_info(context, reason);
}

/// Who waits for an answer. Keeps its context running.
struct StampWaiter {
  asio::executor_work_guard<asio::io_context::executor_type> context;
  TimeStamper::Handler handler;
};

void deliver(StampWaiter waiter, Result<std::string> answer) {
  asio::post(waiter.context.get_executor(), [handler = std::move(waiter.handler), answer = std::move(answer)]() mutable {
    std::move(handler)(std::move(answer));
  });
}

}  // namespace

TimeQuality time_quality() {
  timex kernel{};
  const int state = ::adjtimex(&kernel);
  if (state == -1 || state == TIME_ERROR || (kernel.status & STA_UNSYNC) != 0) return {};
  return {true, std::chrono::microseconds(kernel.maxerror)};
}

bool is_object_identifier(const std::string& text) {
  const ObjectPtr object(text.empty() ? nullptr : OBJ_txt2obj(text.c_str(), 1));
  ERR_clear_error();
  return object != nullptr;
}

struct TimeStamper::State {
  State(store::Store& store, const Clock& c, std::string_view certificates, const Secret& key, Options o)
      : clock(c), options(std::move(o)), signer(read_stamp_signer(certificates, key)), serials(store, c, block) {
    prepare();
  }

  void prepare();
  ResponsePtr respond(std::string_view query);
  Result<std::string> answer(std::string_view query);
  Result<std::string> stamp(std::string_view content);
  template <class Work>
  void enqueue(Work work, asio::io_context& context, Handler handler);

  bool may_stamp(TS_RESP_CTX* resp) const;
  static ASN1_INTEGER* give_serial(TS_RESP_CTX* resp, void* state);
  static int give_time(TS_RESP_CTX* resp, void* state, long* seconds, long* microseconds);

  const Clock& clock;
  const Options options;
  const StampSigner signer;
  StampSerials serials;
  ContextPtr context;
  TimeQuality quality;   // of the clock, for the token that is being made
  std::atomic<std::size_t> waiting{0};
  asio::thread_pool pool{1};
};

void TimeStamper::State::prepare() {
  context.reset(TS_RESP_CTX_new());
  const ObjectPtr policy(OBJ_txt2obj(options.policy.c_str(), 1));
  if (!context) throw std::bad_alloc();
  if (!policy) throw std::runtime_error("the policy is not an object identifier");
  must(TS_RESP_CTX_set_signer_cert(context.get(), signer.certificate.get()));
  must(TS_RESP_CTX_set_signer_key(context.get(), signer.key.get()));
  must(TS_RESP_CTX_set_certs(context.get(), signer.others.get()));
  must(TS_RESP_CTX_set_def_policy(context.get(), policy.get()));
  must(TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256()));
  must(TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()));
  for (const EVP_MD* digest : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) must(TS_RESP_CTX_add_md(context.get(), digest));
  must(TS_RESP_CTX_set_clock_precision_digits(context.get(), fraction_digits));
  TS_RESP_CTX_set_serial_cb(context.get(), give_serial, this);
  TS_RESP_CTX_set_time_cb(context.get(), give_time, this);
}

/// The library asks for the serial number first: nothing is used up for a request that is refused by the clock.
ASN1_INTEGER* TimeStamper::State::give_serial(TS_RESP_CTX* resp, void* data) try {
  auto& state = *static_cast<State*>(data);
  if (!state.may_stamp(resp)) return nullptr;
  const auto serial = state.serials.next();
  NumberPtr number(ASN1_INTEGER_new());
  if (serial && number && ASN1_INTEGER_set_uint64(number.get(), *serial) == 1) return number.release();
  if (!serial) log::error("no serial number for a time stamp", {{"reason", serial.error().detail}});
  reject(resp, TS_INFO_SYSTEM_FAILURE, "no serial number can be had at present");
  return nullptr;
} catch (const std::exception& error) {   // it must not pass through the library
  log::error("no serial number for a time stamp", {{"reason", error.what()}});
  reject(resp, TS_INFO_SYSTEM_FAILURE, "no serial number can be had at present");
  return nullptr;
}

bool TimeStamper::State::may_stamp(TS_RESP_CTX* resp) const {
  if (options.require_synchronised && !quality.is_trusted) {
    reject(resp, TS_INFO_TIME_NOT_AVAILABLE, "the clock is not synchronised");
    return false;
  }
  if (!signer.is_valid_at(clock.now())) {
    reject(resp, TS_INFO_SYSTEM_FAILURE, "the certificate of this authority is not valid now");
    return false;
  }
  return true;
}

int TimeStamper::State::give_time(TS_RESP_CTX*, void* data, long* seconds, long* microseconds) {
  using namespace std::chrono;
  const auto now = static_cast<State*>(data)->clock.now().time_since_epoch();
  const auto whole = floor<std::chrono::seconds>(now);
  *seconds = static_cast<long>(whole.count());
  *microseconds = static_cast<long>((now - whole).count());
  return 1;
}

/// Null if not even a refusal can be made. An empty query is one that cannot be read.
ResponsePtr TimeStamper::State::respond(std::string_view query) {
  using namespace std::chrono;
  quality = options.quality();
  // Cutting the time to milliseconds is an error as well. Zero: the token tells no accuracy.
  const auto error = quality.is_trusted && quality.error < minutes(1) ? quality.error + milliseconds(1) : microseconds(0);
  must(TS_RESP_CTX_set_accuracy(context.get(), static_cast<int>(error / seconds(1)), static_cast<int>(error % seconds(1) / milliseconds(1)),
                                static_cast<int>(error % milliseconds(1) / microseconds(1))));
  const auto bio = reader_of(query);
  ResponsePtr response(TS_RESP_create_response(context.get(), bio.get()));
  ERR_clear_error();
  return response;
}

Result<std::string> TimeStamper::State::answer(std::string_view query) {
  const auto response = respond(is_query(query) ? query : std::string_view(""));
  if (!response) return failure(Status::internal_server_error, "the time stamp could not be made");
  return encode(i2d_TS_RESP, response.get());
}

Result<std::string> TimeStamper::State::stamp(std::string_view content) {
  const auto response = respond(query_for(content));
  PKCS7* const token = response ? TS_RESP_get_token(response.get()) : nullptr;
  if (token != nullptr) return encode(i2d_PKCS7, token);
  const auto* const info = response ? TS_RESP_get_status_info(response.get()) : nullptr;
  const auto* const texts = info ? TS_STATUS_INFO_get0_text(info) : nullptr;
  std::string reason = "no time stamp can be made";
  if (texts && sk_ASN1_UTF8STRING_num(texts) > 0) {
    const auto* const text = sk_ASN1_UTF8STRING_value(texts, 0);
    reason.append(": ").append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return failure(Status::service_unavailable, std::move(reason));
}

template <class Work>
void TimeStamper::State::enqueue(Work work, asio::io_context& io, Handler handler) {
  StampWaiter waiter{asio::make_work_guard(io), std::move(handler)};
  if (waiting.fetch_add(1) >= options.queue) {
    --waiting;
    return deliver(std::move(waiter), failure(Status::service_unavailable, "too many time stamps are being made"));
  }
  asio::post(pool, [this, work = std::move(work), waiter = std::move(waiter)]() mutable {
    Result<std::string> answer;
    try {
      answer = work(*this);
    } catch (const std::exception& error) {
      log::error("time stamp not made", {{"reason", error.what()}});
      answer = failure(Status::service_unavailable, "no time stamp can be made at present");
    }
    --waiting;
    deliver(std::move(waiter), std::move(answer));
  });
}

TimeStamper::TimeStamper(store::Store& store, const Clock& clock, std::string_view certificates, const Secret& key, Options options)
    : state_(std::make_unique<State>(store, clock, certificates, key, std::move(options))) {
  if (!state_->signer.is_valid_at(clock.now())) log::warning("the certificate of the time stamping authority is not valid now");
  if (!state_->options.quality().is_trusted) log::warning("the clock is not synchronised: time stamps tell no accuracy");
}

/// Those that wait are served first: they are few.
TimeStamper::~TimeStamper() { state_->pool.join(); }

void TimeStamper::answer(std::string query, asio::io_context& context, Handler handler) {
  state_->enqueue([query = std::move(query)](State& state) { return state.answer(query); }, context, std::move(handler));
}

void TimeStamper::stamp(std::shared_ptr<const std::string> content, asio::io_context& context, Handler handler) {
  state_->enqueue([content = std::move(content)](State& state) { return state.stamp(*content); }, context, std::move(handler));
}

}  // namespace nscl::security
