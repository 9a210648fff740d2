// Catalogue: J6 (what breaks lines, terminals or JSON is escaped), J7 (lines of the log are bounded).
#include "cli/log_line.hpp"
#include "cli/log_quota.hpp"
#include "cli/request_log.hpp"
#include "http/problem.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <sstream>

namespace bulla::cli {
namespace {

using namespace std::chrono_literals;
using service::LogForm;
using service::LogLevel;

class Written {
public:
    explicit Written(service::LogSettings settings)
        : log(make_log(settings, std::make_shared<spdlog::sinks::ostream_sink_mt>(stream_))) {}

    std::vector<std::string> lines() const {
        std::vector<std::string> lines;
        std::istringstream text(stream_.str());
        for (std::string line; std::getline(text, line);)
            lines.push_back(line);
        return lines;
    }

private:
    std::ostringstream stream_;

public:
    std::shared_ptr<spdlog::logger> log;
};

std::string without_time(std::string const& line) {
    EXPECT_GT(line.size(), 25U);
    return line.substr(25);
}

// Each of these ends a line, hides one, closes a string or moves a cursor somewhere.
std::vector<std::string> const hostile{"a\r\nb",
                                       "a\nb",
                                       "\x1b[2J",
                                       "a\"b",
                                       "a\\",
                                       "\xc2\x9b"
                                       "1A",
                                       "\xff\xfe",
                                       std::string("a\0b", 3),
                                       "\x1e\x1fmore\x1fx",
                                       "\xe2\x82",
                                       "a\",\"level\":\"x",
                                       "\x7f\b\t"};

TEST(LogLine, in_text_has_time_level_message_and_fields) {
    Written written({.form = LogForm::text});
    written.log->warn("{}",
                      log_record("it went wrong", {{"route", "login"}, {"why", "no room"}, {"empty", ""}}));
    written.log->info("plain {}", 7);
    ASSERT_EQ(written.lines().size(), 2U);
    EXPECT_EQ(without_time(written.lines()[0]), "warning it went wrong route=login why=\"no room\"");
    EXPECT_EQ(without_time(written.lines()[1]), "info plain 7");
}

TEST(LogLine, in_json_is_one_object_with_what_was_given) {
    Written written({.form = LogForm::json});
    for (auto const& text : hostile) {
        written.log->info("{}", log_record(text, {{"value", text}}));
        written.log->info(text);
    }
    ASSERT_EQ(written.lines().size(), 2 * hostile.size());
    for (auto const& line : written.lines()) {
        boost::json::error_code error;
        auto const parsed = boost::json::parse(line, error);
        ASSERT_FALSE(error) << line;
        EXPECT_EQ(parsed.at("level").as_string(), "info");
        EXPECT_LE(parsed.as_object().size(), 4U) << line;
    }
}

TEST(LogLine, gives_back_text_through_json) {
    Written written({.form = LogForm::json});
    std::string const text = "Ünïcode \"quoted\" \\ \t and \x1b";
    written.log->info("{}", log_record("m", {{"value", text}}));
    EXPECT_EQ(boost::json::parse(written.lines().at(0)).at("value").as_string(), text);
}

TEST(LogLine, in_text_lets_no_value_begin_a_line_or_reach_the_terminal) {
    Written written({.form = LogForm::text});
    for (auto const& text : hostile) {
        written.log->info("{}", log_record(text, {{"value", text}}));
        written.log->info(text);
    }
    ASSERT_EQ(written.lines().size(), 2 * hostile.size());
    for (auto const& line : written.lines())
        for (auto const c : line)
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << line;
}

TEST(LogLine, below_the_level_is_not_written) {
    Written written({.level = LogLevel::warning});
    written.log->info("no");
    written.log->warn("yes");
    EXPECT_EQ(written.lines().size(), 1U);
}

TEST(LogQuota, takes_ten_in_ten_seconds_and_says_how_many_were_left_out) {
    LogQuota quota;
    std::chrono::steady_clock::time_point const begin{1000s};
    for (int line = 0; line < 10; ++line)
        EXPECT_EQ(quota.ask(begin + line * 1ms), 0U);
    for (int line = 0; line < 5; ++line)
        EXPECT_EQ(quota.ask(begin + 9s), std::nullopt);
    EXPECT_EQ(quota.ask(begin + 10s), 5U);
    EXPECT_EQ(quota.ask(begin + 10s), 0U);
}

http::Exchange exchange(std::string_view route, int status) {
    return {.method = http::Method::post, .route = route, .status = status, .request_id = "0123456789abcdef"};
}

TEST(RequestLog, writes_at_info_what_matters_and_nothing_else) {
    Written written({.level = LogLevel::info});
    RequestLog log(written.log);
    log.write(exchange("plain_login", 200));
    log.write(exchange("verify", 401));
    log.write(exchange("ready", 503));
    EXPECT_TRUE(written.lines().empty());
    log.write(exchange("plain_login", 401));
    log.write(exchange("begin_login", 429));
    log.write(exchange("finish_registration", 503));
    log.write(exchange("end_session", 204));
    log.write(exchange("control_key_end", 200));
    auto failed = exchange("network", 500);
    failed.problem = http::Problem::internal_error;
    failed.exception = "table\non fire";
    log.write(failed);
    auto const lines = written.lines();
    ASSERT_EQ(lines.size(), 6U);
    EXPECT_TRUE(without_time(lines[0]).starts_with("info a sign-in was refused request=0123456789abcdef"));
    EXPECT_TRUE(without_time(lines[1]).starts_with("info a limit refused a request"));
    EXPECT_TRUE(without_time(lines[2]).starts_with("warning a request was refused"));
    EXPECT_TRUE(without_time(lines[3]).starts_with("info credentials or sessions were changed"));
    EXPECT_TRUE(without_time(lines[4]).starts_with("info an operator's command"));
    EXPECT_TRUE(without_time(lines[5]).starts_with("error a request failed"));
    EXPECT_TRUE(lines[5].ends_with("problem=internal_error microseconds=0 exception=\"table\\x0aon fire\""));
}

TEST(RequestLog, writes_every_request_at_debug) {
    Written written({.level = LogLevel::debug});
    RequestLog log(written.log);
    for (int count = 0; count < 20; ++count)
        log.write(exchange("plain_login", count % 2 == 0 ? 200 : 401));
    EXPECT_EQ(written.lines().size(), 20U);
}

TEST(RequestLog, is_not_flooded_by_one_kind_and_still_takes_another) {
    Written written({.level = LogLevel::info});
    RequestLog log(written.log);
    for (int count = 0; count < 1000; ++count)
        log.write(exchange("plain_login", 401));
    auto const flood = written.lines().size();
    EXPECT_GE(flood, LogQuota::lines_max);
    EXPECT_LT(flood, 500U);
    log.write(exchange("network", 500));
    EXPECT_EQ(written.lines().size(), flood + 1);
}

} // namespace
} // namespace bulla::cli
