#include "cli/configuration.hpp"

#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace bulla::cli {
namespace {

// What each key accepts and refuses, as TOML prints it.
struct KeyCase {
    std::string name;
    std::vector<std::string> good;
    std::vector<std::string> wrong_type;
    std::vector<std::string> out_of_range;
};

std::vector<KeyCase> const cases{
    {"server.listen",
     {"\"0.0.0.0:80\"", "\"[::1]:0\"", "\"localhost:65535\""},
     {"8080", "true", "[]"},
     {"\"127.0.0.1\"", "\"127.0.0.1:65536\"", "\"example.org:80\"", "\"::1:80\"", "\":80\"", "\"1.2.3:80\"",
      "\"127.0.0.1:080\"", "\"[127.0.0.1]:80\"", "\"127.0.0.1:-1\""}},
    {"server.data", {"\"/var/lib/x\""}, {"1", "false", "[\"a\"]"}, {"\"\"", "\"a\\u0000b\""}},
    {"server.trusted_proxies",
     {"[]", "[\"10.0.0.1\", \"::1\"]"},
     {"\"10.0.0.1\"", "[1]", "1"},
     {"[\"10.0.0.0/8\"]", "[\"\"]"}},
    {"server.io_threads", {"0", "64"}, {"\"1\"", "1.0", "true"}, {"-1", "65"}},
    {"server.tls_certificate", {"\"\"", "\"/etc/ssl/server.pem\""}, {"1", "[]"}, {"\"a\\u0000b\""}},
    {"server.tls_key", {"\"\"", "\"/etc/ssl/server.key\""}, {"1", "[]"}, {"\"a\\u0000b\""}},
    {"server.drain", {"\"0s\"", "\"10s\"", "\"5m\""}, {"10", "\"x\""}, {"\"6m\"", "\"500ms\""}},
    {"server.engine", {"\"\"", "\"/usr/bin/cometbft\""}, {"1", "[]"}, {"\"a\\u0000b\""}},
    {"server.node_listen", {"\"\"", "\"0.0.0.0:8180\""}, {"8180"}, {"\"8180\"", "\"example.org:80\""}},
    {"server.engine_listen", {"\"\"", "\"[::]:8280\""}, {"8280"}, {"\"8280\"", "\"example.org:80\""}},
    {"server.snapshot_every", {"0", "1000"}, {"\"10\"", "1.5"}, {"-1", "1000000001"}},
    {"keys.passphrase_file", {"\"passphrase\"", "\"/etc/bulla/passphrase\""}, {"1", "true"}, {}},
    {"network.issuer",
     {"\"https://auth.example.org\"", "\"http://localhost:8080\"", "\"https://example.org/auth\""},
     {"1", "[]"},
     {"\"\"", "\"ftp://example.org\"", "\"https://example.org/\"", "\"https://example.org?x\"",
      "\"https://example.org#x\"", "\"https://u@example.org\"", "\"example.org\"", "\"https://Example.org\"",
      "\"HTTPS://example.org\"", "\"https://\"", "\"https://ex ample.org\"", "\"https://a:70000\""}},
    {"network.log_origin", {"\"example.org/log\""}, {"1"}, {"\"a b\"", "\"a+b\"", "\"a\\nb\""}},
    {"network.passwords", {"\"standard\"", "\"nist\""}, {"15", "true"}, {"\"NIST\"", "\"\"", "\"none\""}},
    {"network.scripts",
     {"[]", "[\"Cyrillic\"]"},
     {"\"Cyrillic\""},
     {"[\"Greek\", \"Cyrillic\"]", "[\"\"]", "[\"a b\"]"}},
    {"network.recovery_delay", {"\"0s\"", "\"3d\"", "\"29d\""}, {"3", "\"x\""}, {"\"30d\"", "\"500ms\""}},
    {"network.change_delay", {"\"0s\"", "\"1h\"", "\"29d\""}, {"3", "\"x\""}, {"\"30d\"", "\"500ms\""}},
    {"registration.mode", {"\"open\"", "\"closed\""}, {"true", "1"}, {"\"Open\"", "\"\""}},
    {"login.plain_form", {"true", "false"}, {"\"true\"", "1"}, {}},
    {"login.argon2_threads", {"0", "64"}, {"\"0\"", "[]"}, {"-1", "65", "9223372036854775807"}},
    {"token.lifetime",
     {"\"0s\"", "\"15m\"", "\"24h\"", "\"1d\""},
     {"900", "\"15\"", "\"15 m\"", "\"m\"", "\"-1s\"", "\"1.5h\""},
     {"\"25h\"", "\"1500ms\"", "\"86401s\""}},
    {"token.signing_key_lifetime",
     {"\"2d\"", "\"48h\"", "\"3650d\""},
     {"90", "\"x\""},
     {"\"47h\"", "\"3651d\"", "\"0s\""}},
    {"session.lifetime",
     {"\"1s\"", "\"30d\"", "\"3650d\""},
     {"30", "\"x\"", "\"99999999999999999999d\""},
     {"\"0s\"", "\"3651d\""}},
    {"log.level", {"\"debug\"", "\"error\""}, {"1", "true"}, {"\"trace\"", "\"\"", "\"Info\""}},
    {"log.format", {"\"text\"", "\"json\""}, {"1", "[]"}, {"\"xml\"", "\"\""}},
};

std::pair<std::string, std::string> split(std::string const& name) {
    auto const dot = name.find('.');
    return {name.substr(0, dot), name.substr(dot + 1)};
}

ConfigurationSources file_with(std::string const& name, std::string const& value) {
    auto const [section, key] = split(name);
    return {.file = {{.name = "x.toml", .text = "[" + section + "]\n" + key + " = " + value + "\n"}},
            .environment = {},
            .flags = {}};
}

ConfigurationSources file_of(std::string text) {
    return {.file = {{.name = "x.toml", .text = std::move(text)}}, .environment = {}, .flags = {}};
}

std::string refusal_of(ConfigurationSources const& sources) {
    auto const read = read_configuration(sources);
    return read ? "" : print_fault(read.error());
}

TEST(Configuration, the_table_of_cases_names_every_key_once) {
    ASSERT_EQ(cases.size(), configuration_keys().size());
    for (std::size_t index = 0; index < cases.size(); ++index)
        EXPECT_EQ(cases[index].name, full_name(configuration_keys()[index]));
}

TEST(Configuration, without_any_source_every_value_is_the_default) {
    auto const configuration = read_configuration({}).value();
    for (auto const& key : configuration_keys())
        EXPECT_TRUE(configuration.is_default(full_name(key))) << full_name(key);
    EXPECT_EQ(configuration.settings.data, "bulla-data");
    EXPECT_EQ(configuration.settings.token_lifetime, std::chrono::minutes{15});
}

TEST(Configuration, a_good_value_is_accepted_and_its_line_remembered) {
    for (auto const& each : cases)
        for (auto const& value : each.good) {
            auto const configuration = read_configuration(file_with(each.name, value));
            ASSERT_TRUE(configuration)
                << each.name << " = " << value << ": " << print_fault(configuration.error());
            EXPECT_EQ(configuration->places.at(each.name), "x.toml:2");
        }
}

// J4
TEST(Configuration, a_wrong_type_is_refused_with_file_line_and_key) {
    for (auto const& each : cases)
        for (auto const& value : each.wrong_type)
            EXPECT_TRUE(
                refusal_of(file_with(each.name, value)).starts_with("x.toml:2: " + each.name + ": must be "))
                << each.name << " = " << value;
}

// J4
TEST(Configuration, a_value_out_of_range_is_refused_with_file_line_and_key) {
    for (auto const& each : cases)
        for (auto const& value : each.out_of_range)
            EXPECT_TRUE(refusal_of(file_with(each.name, value)).starts_with("x.toml:2: " + each.name + ": "))
                << each.name << " = " << value;
}

// J4
TEST(Configuration, an_unknown_key_is_refused_in_every_section) {
    for (auto const& each : cases) {
        auto const section = split(each.name).first;
        EXPECT_EQ(refusal_of(file_of("\n[" + section + "]\nwrong = 1\n")),
                  "x.toml:3: " + section + ".wrong: unknown key");
    }
}

TEST(Configuration, a_file_with_control_characters_is_refused) {
    for (std::string const& control : {std::string(1, '\0'), std::string("\x01"), std::string("\x7f")})
        EXPECT_EQ(refusal_of(file_of("[server]\n[" + control + "ne")),
                  "x.toml:2: a control character: the file must be plain text");
}

TEST(Configuration, an_unknown_section_is_refused_even_when_empty) {
    EXPECT_EQ(refusal_of(file_of("[servre]\n")), "x.toml:1: servre: unknown section");
    EXPECT_EQ(refusal_of(file_of("[servre]\nlisten = \"\"\n")), "x.toml:2: servre: unknown section");
    EXPECT_EQ(refusal_of(file_of("[server]\n")), "");
}

TEST(Configuration, a_key_outside_any_section_is_refused) {
    EXPECT_EQ(refusal_of(file_of("listen = \"127.0.0.1:1\"\n")),
              "x.toml:1: listen: every key stands in a section");
}

TEST(Configuration, a_section_below_a_section_is_refused) {
    EXPECT_TRUE(refusal_of(file_of("[server.listen]\nx = 1\n"))
                    .starts_with("x.toml:1: server.listen: must be a text"));
}

TEST(Configuration, text_that_is_no_toml_is_refused_with_its_line) {
    EXPECT_TRUE(refusal_of(file_of("[server]\nlisten = \n")).starts_with("x.toml:"));
    EXPECT_TRUE(refusal_of(file_of("[server]\nio_threads = 1\nio_threads = 2\n")).starts_with("x.toml:3"));
}

TEST(Configuration, flags_stand_over_the_environment_and_that_over_the_file) {
    auto sources = file_with("token.lifetime", "\"1m\"");
    EXPECT_EQ(read_configuration(sources).value().settings.token_lifetime, std::chrono::seconds{60});
    sources.environment["BULLA_TOKEN_LIFETIME"] = "2m";
    EXPECT_EQ(read_configuration(sources).value().settings.token_lifetime, std::chrono::seconds{120});
    sources.flags["token-lifetime"] = "3m";
    auto const configuration = read_configuration(sources).value();
    EXPECT_EQ(configuration.settings.token_lifetime, std::chrono::seconds{180});
    EXPECT_EQ(configuration.places.at("token.lifetime"), "--token-lifetime");
}

TEST(Configuration, a_wrong_value_under_a_better_one_is_still_refused) {
    auto sources = file_with("token.lifetime", "\"never\"");
    sources.flags["token-lifetime"] = "3m";
    EXPECT_NE(refusal_of(sources), "");
}

TEST(Configuration, variables_are_read_by_the_type_of_their_key) {
    auto const environment =
        std::map<std::string, std::string>{{"BULLA_SERVER_IO_THREADS", "3"},
                                           {"BULLA_LOGIN_PLAIN_FORM", "false"},
                                           {"BULLA_SERVER_TRUSTED_PROXIES", "10.0.0.1,10.0.0.2"},
                                           {"BULLA_SERVER", "http://localhost:1"},
                                           {"BULLA_SOMETHING_ELSE", "ignored"}};
    auto const settings =
        read_configuration({.file = {}, .environment = environment, .flags = {}}).value().settings;
    EXPECT_EQ(settings.io_threads, 3);
    EXPECT_EQ(settings.plain_form, service::PlainFormMode::disabled);
    EXPECT_EQ(settings.trusted_proxies, (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
}

TEST(Configuration, a_path_of_bytes_that_are_no_utf8_printed_as_what_is_no_toml) {
    auto const read = read_configuration({.environment = {{"BULLA_SERVER_TLS_KEY", "k\xe9y.pem"}}});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().key, "server.tls_key");
    EXPECT_EQ(read.error().reason, "must be UTF-8");
}

TEST(Configuration, a_misspelt_variable_of_a_section_is_refused) {
    EXPECT_EQ(refusal_of({.file = {}, .environment = {{"BULLA_SERVER_LISTNE", "x"}}, .flags = {}}),
              "BULLA_SERVER_LISTNE: unknown key");
    EXPECT_EQ(refusal_of({.file = {}, .environment = {{"BULLA_SERVER_IO_THREADS", "many"}}, .flags = {}}),
              "BULLA_SERVER_IO_THREADS: server.io_threads: must be a whole number");
}

TEST(Configuration, registration_is_open_by_default_on_a_loopback_address_alone) {
    auto const mode_at = [](std::string const& address) {
        return read_configuration({.file = {}, .environment = {}, .flags = {{"listen", address}}})
            .value()
            .settings.registration;
    };
    for (auto const* const address : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"})
        EXPECT_EQ(mode_at(address), service::RegistrationMode::open) << address;
    for (auto const* const address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1"})
        EXPECT_EQ(mode_at(address), service::RegistrationMode::closed) << address;
}

TEST(Configuration, a_configured_registration_mode_is_kept_at_any_address) {
    auto sources = file_with("registration.mode", "\"open\"");
    sources.flags["listen"] = "0.0.0.0:80";
    EXPECT_EQ(read_configuration(sources).value().settings.registration, service::RegistrationMode::open);
}

TEST(Configuration, what_is_printed_reads_back_as_the_same) {
    for (auto const& each : cases)
        for (auto const& value : each.good) {
            auto const first = read_configuration(file_with(each.name, value)).value();
            auto const again = read_configuration(file_of(print_configuration(first))).value();
            for (auto const& key : configuration_keys())
                EXPECT_EQ(key.print(first.settings), key.print(again.settings)) << full_name(key);
        }
}

TEST(Configuration, print_says_where_each_value_came_from) {
    auto sources = file_with("token.lifetime", "\"0s\"");
    sources.flags["listen"] = "0.0.0.0:80";
    auto const printed = print_configuration(read_configuration(sources).value());
    EXPECT_TRUE(printed.contains("lifetime = \"0s\" # x.toml:2\n"));
    EXPECT_TRUE(printed.contains("listen = \"0.0.0.0:80\" # --listen\n"));
    EXPECT_TRUE(printed.contains("mode = \"closed\" # default for an address others can reach\n"));
}

TEST(Configuration, its_page_names_every_key_variable_and_flag) {
    std::ifstream file("docs/configuration.md");
    std::stringstream page;
    page << file.rdbuf();
    for (auto const& key : configuration_keys()) {
        EXPECT_TRUE(page.str().contains(variable_name(key))) << variable_name(key);
        EXPECT_TRUE(page.str().contains("`--" + std::string(key.flag) + "`")) << key.flag;
    }
}

TEST(Duration, every_unit_reads_and_prints) {
    for (auto const* const text : {"0s", "1ms", "1s", "90s", "15m", "36h", "30d"})
        EXPECT_EQ(print_duration(parse_duration(text).value()), text);
    EXPECT_EQ(print_duration(parse_duration("60m").value()), "1h");
    for (auto const* const text : {"", "s", "1", "1 s", "01s", "1S", "1sx", "-1s", "1w", "36601d"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

} // namespace
} // namespace bulla::cli
