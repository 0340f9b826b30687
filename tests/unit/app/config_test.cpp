// SPDX-License-Identifier: Apache-2.0
// Configuration: each kind of value, where problems are found, and what wins over what.
#include <nscl/app/config.h>

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "config_keys.h"

namespace nscl::app {
namespace {

using namespace std::chrono_literals;

/// An environment as main() gets it.
class Environment {
 public:
  explicit Environment(std::vector<std::string> entries) : entries_(std::move(entries)) {
    for (std::string& entry : entries_) pointers_.push_back(entry.data());
    pointers_.push_back(nullptr);
  }
  char** get() { return pointers_.data(); }

 private:
  std::vector<std::string> entries_;
  std::vector<char*> pointers_;
};

std::string problems_of(std::string_view text, std::vector<std::string> environment = {}, Overrides overrides = {}) {
  Environment variables(std::move(environment));
  try {
    parse_config(text, "test.toml", variables.get(), overrides);
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

std::string read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(Config, NothingGivenMeansTheDefaults) {
  const Config config = parse_config("", "test.toml");
  EXPECT_EQ(to_toml(config), to_toml(Config{}));
  EXPECT_EQ(config.store.directory, "/var/lib/nscl");
  ASSERT_EQ(config.listeners.size(), 1u);
  EXPECT_EQ(config.listeners[0].address, "127.0.0.1");
}

TEST(Config, ThePrintedFileIsReadBackAsItWas) {
  Config config;
  config.listeners.resize(2);
  config.listeners[1].port = 8081;
  config.listeners[1].address = "::1";
  config.policy.aliases = {"a:1", "b"};
  config.policy.default_lifetime = 90min;
  config.store.directory = "/srv/a \"quoted\" \\ name";
  config.stop_time = 1500ms;
  config.listeners[0].drain_time = config.listeners[1].drain_time = 1s;
  const std::string text = to_toml(config);
  EXPECT_EQ(to_toml(parse_config(text, "test.toml")), text);
}

TEST(Config, SecretsAreNotPrinted) {
  const auto config = parse_config("[om2m]\npeer_credential = \"a:hidden\"\n[[peer]]\ncredential = \"b:hidden\"\n", "test.toml");
  EXPECT_EQ(config.delivery.om2m_credential, "a:hidden");
  EXPECT_EQ(config.delivery.peers.at(0).credential, "b:hidden");
  EXPECT_EQ(to_toml(config).find("hidden"), std::string::npos);
}

TEST(Config, TheFilesOfTheProjectAreTheGeneratedOnes) {
  EXPECT_EQ(read(NSCL_SOURCE_DIR "/config/nscl.toml"), to_toml(Config{})) << "run: nscl check-config --print";
  EXPECT_EQ(read(NSCL_SOURCE_DIR "/docs/configuration.md"), configuration_reference())
      << "run: nscl check-config --reference";
}

TEST(Config, EveryKeyIsDocumentedAndChecked) {
  ASSERT_GE(keys().size(), 50u);
  for (const Key& key : keys()) {
    EXPECT_FALSE(key.comment.empty() || key.type.empty() || key.range.empty()) << key.path();
    EXPECT_TRUE(
        std::any_of(sections().begin(), sections().end(), [&](const Section& s) { return s.name == key.section; }));
    Config config;
    set_occurrences(config, key.section, 1);
    EXPECT_TRUE(key.set(place_of(config, key.section, 0), std::monostate{}).has_value()) << key.path();
    EXPECT_EQ(&key, find_key(key.section, key.name)) << "declared twice: " << key.path();
  }
}

TEST(Config, AProblemNamesFileLineAndKey) {
  EXPECT_EQ(problems_of("[store]\nqueue = 0\n"), "test.toml:2: store.queue: 0 is below 1");
  EXPECT_EQ(problems_of("[store]\nqueue = 1000001\n"), "test.toml:2: store.queue: 1000001 is above 1000000");
  EXPECT_EQ(problems_of("[store]\ncach = 1\n"), "test.toml:2: store.cach: unknown key");
  EXPECT_EQ(problems_of("\n[stores]\n"), "test.toml:2: stores: unknown section");
  EXPECT_EQ(problems_of("queue = 1\n"), "test.toml:1: queue: unknown key");
  EXPECT_EQ(problems_of("store = 1\n"), "test.toml:1: store: is a section, written [store]");
  EXPECT_EQ(problems_of("[[listener]]\n[[listener]]\nport = 65536\n"),
            "test.toml:3: listener[1].port: 65536 is above 65535");
  EXPECT_EQ(problems_of("[listener]\nport = 1\n"),
            "test.toml:1: listener: is written [[listener]], once for each");
  EXPECT_EQ(problems_of("[server]\nthreads = 2\nthreads = 3\n").substr(0, 12), "test.toml:3:");
}

TEST(Config, AllProblemsAreReportedInTheOrderOfTheFile) {
  EXPECT_EQ(problems_of("[store]\nqueue = 0\nbogus = 1\n[log]\nlevel = \"loud\"\n", {"NSCL_STORE_BATCH=0"}),
            "test.toml:2: store.queue: 0 is below 1\n"
            "test.toml:3: store.bogus: unknown key\n"
            "test.toml:5: log.level: \"loud\" is none of \"debug\", \"info\", \"warning\", \"error\"\n"
            "NSCL_STORE_BATCH: store.batch: 0 is below 1");
}

TEST(Config, TimesHaveUnitsOrAreSeconds) {
  EXPECT_EQ(parse_time("250ms"), 250ms);
  EXPECT_EQ(parse_time("10s"), 10s);
  EXPECT_EQ(parse_time("5m"), 5min);
  EXPECT_EQ(parse_time("1h"), 1h);
  EXPECT_EQ(parse_time("7d"), 168h);
  for (const char* wrong :
       {"", "5", "s", "-5s", "5 s", "5S", "1h30m", "99999999999999999999d", "9223372036854775807d"}) {
    EXPECT_FALSE(parse_time(wrong)) << wrong;
  }
  EXPECT_EQ(format_time(90'000s), "25h");
  EXPECT_EQ(format_time(0s), "0s");
  EXPECT_EQ(format_time(1500ms), "1500ms");
  EXPECT_EQ(parse_config("[server]\nstop_time = 7\n", "t").stop_time, 7s);
  EXPECT_NE(problems_of("[lifetime]\ndefault = \"1500ms\"\n").find("whole number of seconds"), std::string::npos);
  EXPECT_NE(problems_of("[server]\nstop_time = 9223372036854775807\n"), "");
  EXPECT_NE(problems_of("[server]\nstop_time = -1\n"), "");
}

TEST(Config, SizesHaveUnitsOrAreOctets) {
  EXPECT_EQ(parse_size("512B"), 512u);
  EXPECT_EQ(parse_size("64KiB"), 65'536u);
  EXPECT_EQ(parse_size("2GiB"), std::uint64_t{2} << 30);
  for (const char* wrong : {"", "5", "KiB", "5kb", "5 KiB", "9223372036854775807GiB"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  EXPECT_EQ(format_size(1536), "1536B");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(parse_config("[store]\ncache = 2097152\n", "t").store.cache_bytes, 2u << 20);
}

TEST(Config, TheEnvironmentWinsOverTheFile) {
  Environment environment({"NSCL_STORE_QUEUE=7", "NSCL_LISTENER_0_PORT=81", "NSCL_LISTENER_1_PORT=82", "OTHER=1",
                           "NSCL_SCL_ALIASES=a:1,b:2", "NSCL_OM2M_MISSING_CREDENTIAL_IS_402=false", "NSCL_SHARED=x",
                           "NSCL_TEST_ANYTHING=y", "NSCL_LOG_FORM=json", "NSCL_SERVER_STOP_TIME=20"});
  const Config config = parse_config("[store]\nqueue = 5\nbatch = 6\n", "t", environment.get());
  EXPECT_EQ(config.store.queue, 7u);
  EXPECT_EQ(config.store.batch, 6u);
  ASSERT_EQ(config.listeners.size(), 2u);
  EXPECT_EQ(config.listeners[0].port, 81);
  EXPECT_EQ(config.listeners[1].port, 82);
  EXPECT_EQ(config.policy.aliases, (std::vector<std::string>{"a:1", "b:2"}));
  EXPECT_FALSE(config.policy.om2m_missing_credential_is_402);
  EXPECT_EQ(config.log_form, log::Form::json);
  EXPECT_EQ(config.stop_time, 20s);
}

TEST(Config, AnUnknownVariableIsAProblem) {
  EXPECT_EQ(problems_of("", {"NSCL_STORE_QUEU=1"}), "NSCL_STORE_QUEU: unknown variable");
  EXPECT_EQ(problems_of("", {"NSCL_LISTENER_PORT=1"}), "NSCL_LISTENER_PORT: unknown variable");
  EXPECT_EQ(problems_of("", {"NSCL_=1"}), "NSCL_: unknown variable");
  EXPECT_EQ(problems_of("", {"NSCL_LISTENER_2_PORT=1"}),
            "NSCL_LISTENER_2_PORT: listener[2].port: there are only 1 before it");
}

TEST(Config, AValueMayComeFromAFile) {
  const std::string path = testing::TempDir() + "nscl_config_value";
  std::ofstream(path) << "/srv/from-file\n";
  Environment environment({"NSCL_STORE_DIRECTORY_FILE=" + path});
  EXPECT_EQ(parse_config("", "t", environment.get()).store.directory, "/srv/from-file");
  EXPECT_EQ(problems_of("", {"NSCL_STORE_DIRECTORY_FILE=" + path, "NSCL_STORE_DIRECTORY=/x"}),
            "NSCL_STORE_DIRECTORY_FILE: NSCL_STORE_DIRECTORY is set as well");
  std::filesystem::remove(path);
  EXPECT_NE(problems_of("", {"NSCL_STORE_DIRECTORY_FILE=" + path}), "");
}

TEST(Config, TheFileOfACredentialIsClosedToOthersF3) {
  const std::string path = testing::TempDir() + "nscl_config_credential";
  std::ofstream(path) << "user:very secret\r\n";
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  Environment environment({"NSCL_OM2M_PEER_CREDENTIAL_FILE=" + path});
  EXPECT_EQ(parse_config("", "t", environment.get()).delivery.om2m_credential, "user:very secret");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  const std::string problem = problems_of("", {"NSCL_OM2M_PEER_CREDENTIAL_FILE=" + path});
  EXPECT_NE(problem.find(path + ": holds a secret and is open to everybody"), std::string::npos) << problem;
  std::filesystem::remove(path);
  EXPECT_EQ(problems_of("", {"NSCL_FILE=" + path}), "NSCL_FILE: unknown variable");
}

TEST(Config, AFileThatOthersMayChangeIsRefusedF3) {
  const std::filesystem::path path = testing::TempDir() + "nscl_config_open.toml";
  std::ofstream(path) << "[peer_]\n";
  std::filesystem::permissions(path, std::filesystem::perms(0646));
  try {
    load_config(path, nullptr);
    ADD_FAILURE() << "was read";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("is writable by everybody"), std::string::npos) << error.what();
  }
  std::filesystem::remove(path);
}

TEST(Config, WarnsOfACredentialInAFileThatEverybodyReads) {
  const std::filesystem::path path = testing::TempDir() + "nscl_config_shown.toml";
  std::ofstream(path) << "[om2m]\npeer_credential = \"user:very secret\"\n";
  for (const bool is_shown : {true, false}) {
    std::filesystem::permissions(path, std::filesystem::perms(is_shown ? 0644 : 0640));
    const Config config = load_config(path, nullptr);
    ASSERT_EQ(config.cautions.size(), is_shown ? 1u : 0u);
    for (const auto& caution : config.cautions) EXPECT_EQ(caution.find("very secret"), std::string::npos);
  }
  std::filesystem::remove(path);
}

TEST(Config, WarnsOfPlainHttpThatOtherHostsReach) {
  const auto cautions = [](const std::string& listen) { return parse_config("", "t", nullptr, Overrides{"", {listen}}).cautions.size(); };
  for (const char* inside : {"127.0.0.1:80", "127.1.2.3:80", "[::1]:80", "[::ffff:127.0.0.1]:80"}) EXPECT_EQ(cautions(inside), 0u) << inside;
  for (const char* outside : {"0.0.0.0:80", "10.0.0.1:80", "[::]:80", "[::ffff:10.0.0.1]:80", "[2001:db8::1]:80"}) EXPECT_EQ(cautions(outside), 1u) << outside;
}

TEST(Config, TheCommandLineWinsOverAll) {
  Environment environment({"NSCL_STORE_DIRECTORY=/from/environment", "NSCL_LISTENER_0_PORT=81"});
  const Overrides overrides{"/from/command", {"[::1]:9000", "0.0.0.0:9001"}};
  const Config config = parse_config("[[listener]]\nbody_limit = \"2KiB\"\n", "t", environment.get(), overrides);
  EXPECT_EQ(config.store.directory, "/from/command");
  ASSERT_EQ(config.listeners.size(), 2u);
  EXPECT_EQ(config.listeners[0].address, "::1");
  EXPECT_EQ(config.listeners[0].port, 9000);
  EXPECT_EQ(config.listeners[1].address, "0.0.0.0");
  EXPECT_EQ(config.listeners[1].port, 9001);
  EXPECT_EQ(config.listeners[1].body_limit, 2048u) << "further addresses behave like the last listener of the file";
  for (const char* wrong : {"", "8080", "127.0.0.1", "127.0.0.1:", "::1:80", "localhost:80", "127.0.0.1:x", "[]:1"}) {
    EXPECT_NE(problems_of("", {}, Overrides{"", {wrong}}), "") << wrong;
  }
}

TEST(Config, aMessageCentreNeedsAUserAndDestinations) {
  const std::string centre = "[smpp]\naddress = \"127.0.0.1\"\n";
  EXPECT_EQ(problems_of(centre), "default: smpp.system_id: is needed to bind to smpp.address\ndefault: smpp.destinations: is needed: without it no message is sent");
  EXPECT_EQ(problems_of(centre + "system_id = \"nscl\"\ndestinations = [\"+\", \"+4915\", \"110\"]\n"), "");
  EXPECT_NE(problems_of(centre + "system_id = \"nscl\"\ndestinations = [\"tel:1\"]\n"), "");
  EXPECT_NE(problems_of("[smpp]\npassword = \"123456789\"\n"), "");
}

TEST(Config, ValuesMustFitTogether) {
  EXPECT_EQ(problems_of("[lifetime]\nmaximum = \"10s\"\nminimum = \"20s\"\nscl=\"5s\"\n"),
            "test.toml:3: lifetime.minimum: is longer than lifetime.maximum");
  EXPECT_NE(problems_of("[container]\ndefault_nr_of_instances = 5\nmaximum_nr_of_instances = 4\n"), "");
  EXPECT_NE(problems_of("[[listener]]\n[[listener]]\n"), "") << "the same address and port twice";
  EXPECT_NE(problems_of("[[listener]]\ndrain_time = \"20s\"\n"), "");
  EXPECT_NE(problems_of("[[listener]]\nbody_limit = \"2MiB\"\nbytes_in_flight = \"1MiB\"\n"), "");
  EXPECT_NE(problems_of("[scl]\nom2m_path = \"/m2m/om2m\"\n"), "");
  EXPECT_NE(problems_of("[scl]\nbase_path = \"/readyz\"\n"), "");
  EXPECT_EQ(problems_of("[scl]\nom2m_path = \"\"\n"), "");
  EXPECT_NE(problems_of("listener = []\n"), "") << "nowhere to listen";
  EXPECT_EQ(problems_of("[[peer]]\nid = \"a\"\n[[peer]]\nid = \"b\"\n"), "");
  EXPECT_EQ(problems_of("[[peer]]\n[[peer]]\n"), "default: peer[1].id: peer[0] has the same");
  const std::string acs = "[[external_acs]]\nname = \"a\"\nuri = \"http://acs.example:7557\"\n";
  EXPECT_EQ(problems_of(acs), "");
  EXPECT_EQ(problems_of(acs + acs), "test.toml:5: external_acs[1].name: external_acs[0] has the same");
  EXPECT_EQ(problems_of("[[external_acs]]\nname = \"a\"\n"), "default: external_acs[0].uri: is needed");
  EXPECT_EQ(problems_of(acs + "[management]\nconnection_requests = false\n"),
            "test.toml:5: management.connection_requests: has to be true: devices of an external ACS do not call here");
  EXPECT_EQ(problems_of("[scl]\nbase_uri = \"http://h\"\n[[peer]]\nregister = true\n"), "default: peer[0].uri: is needed to register there");
  EXPECT_EQ(problems_of("[[peer]]\nuri = \"http://p/m2m\"\nregister = true\n"),
            "test.toml:3: peer[0].register: needs scl.base_uri: the peer is told where this SCL is");
}

TEST(Config, TextsAreChecked) {
  for (const char* wrong : {"m2m", "/", "", "/m2m/", "//m2m", "/m 2m", "/a//b", "/.."})
    EXPECT_TRUE(check_uri_path(wrong)) << wrong;
  for (const char* right : {"/m2m", "/a/b", "/A-1_2.x"}) EXPECT_FALSE(check_uri_path(right)) << right;
  for (const char* wrong : {"", "http://", "ftp://a", "http://a/", "http://a b", "http://u@a"})
    EXPECT_TRUE(check_base_uri(wrong)) << wrong;
  for (const char* right : {"http://a", "https://a.example:8443", "http://[::1]:80"})
    EXPECT_FALSE(check_base_uri(right)) << right;
  for (const char* wrong : {"", "a b", "a/b", ".."}) EXPECT_TRUE(check_id(wrong)) << wrong;
  EXPECT_FALSE(check_id("nscl-1"));
  EXPECT_NE(problems_of("[[listener]]\naddress = \"localhost\"\n"), "");
  for (const char* wrong : {"", "http://a", "http://a/", "http://a/m2m/", "a/m2m", "http:///m2m", "http://a/m2m?x"}) EXPECT_TRUE(check_scl_base(wrong)) << wrong;
  for (const char* right : {"http://a/m2m", "https://[::1]:8443/om2m/nscl"}) EXPECT_FALSE(check_scl_base(right)) << right;
}

TEST(Config, OutgoingRequestsAreBounded) {
  const Config config = parse_config(
      "[outgoing]\nallowed_networks = [\"10.0.0.0/8\", \"::1/128\"]\nconnections = 20\nconnections_per_destination = 4\n"
      "request_time = 9\nconnect_time = \"1500ms\"\nbody_limit = \"64KiB\"\n",
      "t");
  EXPECT_EQ(config.outgoing.allowed_networks, (std::vector<std::string>{"10.0.0.0/8", "::1/128"}));
  EXPECT_EQ(config.outgoing.connections, 20u);
  EXPECT_EQ(config.outgoing.connections_per_destination, 4u);
  EXPECT_EQ(config.outgoing_time, 9s);
  EXPECT_EQ(config.outgoing.connect_time, 1500ms);
  EXPECT_EQ(config.outgoing.body_limit, 65'536u);
  EXPECT_TRUE(Config{}.outgoing.allowed_networks.empty()) << "nothing inside is called unless it is allowed";
  EXPECT_EQ(problems_of("[outgoing]\nallowed_networks = [\"10.0.0.0/8\", \"inside\"]\n"),
            "test.toml:2: outgoing.allowed_networks: \"inside\" is not a network such as \"10.0.0.0/8\" or \"fd00::/8\"");
  for (const char* wrong : {"", "10.0.0.1", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x"})
    EXPECT_TRUE(check_network(wrong)) << wrong;
  EXPECT_EQ(problems_of("[outgoing]\nrequest_time = 2\nconnect_time = 3\n"),
            "test.toml:3: outgoing.connect_time: is longer than outgoing.request_time");
  EXPECT_EQ(problems_of("[outgoing]\nconnections = 2\nconnections_per_destination = 3\n"),
            "test.toml:3: outgoing.connections_per_destination: is above outgoing.connections");
}

TEST(Config, DevicesAreCalledAsTheOperatorSays) {
  const Config config = parse_config(
      "[management]\nconnection_requests = false\nconnection_request_networks = [\"10.0.0.0/8\"]\nconnection_request_basic = true\n[stun]\naddress = \"::1\"\nport = 3479\n", "t");
  EXPECT_FALSE(config.wake.is_on);
  EXPECT_TRUE(config.wake.calls.allow_basic);
  EXPECT_EQ(config.wake.calls.networks, std::vector<std::string>{"10.0.0.0/8"});
  EXPECT_EQ(config.wake.stun.address, "::1");
  EXPECT_EQ(config.wake.stun.port, 3479);
  EXPECT_TRUE(Config{}.wake.is_on);
  EXPECT_FALSE(Config{}.wake.calls.allow_basic);
  EXPECT_TRUE(Config{}.wake.calls.networks.empty() && Config{}.wake.stun.address.empty());
  EXPECT_NE(problems_of("[stun]\naddress = \"localhost\"\n"), "");
  EXPECT_NE(problems_of("[management]\nconnection_request_networks = [\"inside\"]\n"), "");
}

TEST(Config, ReloadTellsWhatNeedsARestart) {
  Config before, after;
  EXPECT_TRUE(keys_that_need_a_restart(before, after).empty());
  after.log_level = log::Level::debug;
  after.policy.instances_per_answer = 5;
  EXPECT_TRUE(keys_that_need_a_restart(before, after).empty());
  after.store.queue = 5;
  after.listeners[0].port = 81;
  EXPECT_EQ(keys_that_need_a_restart(before, after), (std::vector<std::string>{"listener.port", "store.queue"}));
  after.listeners.resize(2);
  EXPECT_EQ(keys_that_need_a_restart(before, after), std::vector<std::string>{"listener"});
}

TEST(Config, UnreadableFilesAreProblems) {
  EXPECT_THROW(load_config("/does/not/exist.toml", nullptr), ConfigError);
  EXPECT_THROW(load_config("/", nullptr), ConfigError);
  const std::string path = testing::TempDir() + "nscl_large.toml";
  std::ofstream(path) << std::string((1u << 20) + 1, '#');
  EXPECT_THROW(load_config(path, nullptr), ConfigError);
  std::filesystem::remove(path);
  EXPECT_NE(problems_of(std::string_view("a = \"\0\"", 7)), "");
  EXPECT_NE(problems_of("a = \"\xff\""), "");
}

TEST(Config, TheAcsIsAPurposeWithConditions) {
  const std::string both = "[[listener]]\n[[listener]]\nport = 7547\npurpose = \"acs\"\n";
  EXPECT_EQ(problems_of(both), "");
  EXPECT_NE(problems_of("[[listener]]\npurpose = \"acs\"\n").find("none has the purpose"), std::string::npos);
  EXPECT_NE(problems_of(both + "tls = \"psk\"\n").find("cannot be \"psk\""), std::string::npos);
  EXPECT_NE(problems_of(both + "[acs]\nauthentication = \"basic\"\n").find("basic_without_tls"), std::string::npos);
  EXPECT_EQ(problems_of(both + "[acs]\nauthentication = \"basic\"\nbasic_without_tls = true\n"), "");
  EXPECT_NE(problems_of("[acs]\nmd5 = false\n").find("acs.md5"), std::string::npos);
  EXPECT_NE(problems_of("[acs]\nrealm = 'a\"b'\n").find("realm"), std::string::npos);
  EXPECT_NE(problems_of("[acs]\npath = \"acs\"\n").find("path"), std::string::npos);
  EXPECT_NE(problems_of(both + "[acs]\nclient_certificates = \"accept\"\n").find("acs.client_certificates"), std::string::npos);
  EXPECT_NE(problems_of(both + "[acs]\nclient_certificates = \"require\"\n").find("client_ca"), std::string::npos);
  EXPECT_NE(problems_of("[acs]\ncertificate_ouis = [\"00d09e\"]\n").find("no OUI"), std::string::npos);
  const std::string files = "[[listener]]\n[[listener]]\nport = 7548\npurpose = \"files\"\n[files]\nurl = \"https://acs.example\"\n";
  EXPECT_EQ(problems_of(files + "other_url = \"http://acs.example\"\n"), "");
  EXPECT_NE(problems_of(files + "other_url = \"https://elsewhere.example\"\n").find("files.other_url"), std::string::npos);
}

TEST(Config, NewPasswordsAreNotToldWhereOthersRead) {
  const std::string dm = "[[listener]]\n[[listener]]\nport = 7548\npurpose = \"dm\"\n", changed = "[dm]\nchange_passwords = \"after_bootstrap\"\n";
  EXPECT_NE(problems_of(dm + changed).find("dm.change_passwords"), std::string::npos);
  EXPECT_EQ(problems_of(dm + changed + "basic_without_tls = true\n"), "");
  EXPECT_EQ(problems_of(dm + "[dm]\nchange_passwords = \"never\"\n"), "");
  EXPECT_EQ(problems_of(changed), "") << "nobody serves devices here: of a command";
  EXPECT_EQ(problems_of(dm + "tls = \"certificate\"\ncertificate = \"c\"\nprivate_key = \"k\"\n" + changed).find("dm.change_passwords"), std::string::npos);
}

}  // namespace
}  // namespace nscl::app
