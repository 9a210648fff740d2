// Lines of the log: one line a record, whatever is in it, as text or as JSON.
//
//   text   2026-01-02T03:04:05.678Z warn the request was refused request=0123456789abcdef route=login
//   json   {"time":"2026-01-02T03:04:05.678Z","level":"warn","message":"…","request":"…","route":"login"}
//
// A value that came from outside can neither begin a line nor close a string nor move the cursor of a
// terminal: control characters, and bytes that are no UTF-8, are written as escapes. In text a value that is
// not made of letters, digits and -_./: stands in quotes.
#pragma once

#include "service/settings.hpp"

#include <spdlog/logger.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace bulla::cli {

struct LogField {
    std::string_view name; // a literal of letters and _
    std::string_view value;
};

// A message with fields, to be logged as the whole of a record: log.info("{}", log_record("…", {…})). A
// message logged without it is a record without fields. Fields with empty values are left out.
std::string log_record(std::string_view message, std::initializer_list<LogField> fields);

// As a JSON string with its quotes, in ASCII but for UTF-8 as it came.
std::string quote_json(std::string_view text);

// To the sink, in the form and from the level that the settings want.
std::shared_ptr<spdlog::logger> make_log(service::LogSettings const& settings, spdlog::sink_ptr sink);

} // namespace bulla::cli
