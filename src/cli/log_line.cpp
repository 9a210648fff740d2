#include "cli/log_line.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/formatter.h>

#include <algorithm>

namespace bulla::cli {
namespace {

// What separates the parts of a record on its way through spdlog. Neither is left in a part.
constexpr char record_mark = '\x1e';
constexpr char part_end = '\x1f';

bool is_harmless(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./:").contains(c);
}

// The size of the UTF-8 character that begins here and may be written as it is; 0: escape the byte. C1
// controls (U+0080 to U+009F) move cursors too.
std::size_t plain_size(std::string_view text) {
    auto const byte = static_cast<std::uint8_t>(text.front());
    if (byte < 0x80)
        return byte >= 0x20 && byte != 0x7f ? 1 : 0;
    std::size_t const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (text.size() < size || !base::is_utf8(text.substr(0, size)))
        return 0;
    return byte == 0xc2 && static_cast<std::uint8_t>(text[1]) < 0xa0 ? 0 : size;
}

// Invalid bytes become the characters of the same number: JSON has no bytes.
void append_escaped(std::string& out, std::string_view text, std::string_view byte_escape) {
    while (!text.empty()) {
        auto const size = plain_size(text);
        if (size == 0) {
            fmt::format_to(std::back_inserter(out), "{}{:02x}", byte_escape,
                           static_cast<std::uint8_t>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        if (text.front() == '"' || text.front() == '\\')
            out.push_back('\\');
        out.append(text.substr(0, size));
        text.remove_prefix(size);
    }
}

std::string quote_text(std::string_view text) {
    std::string out = "\"";
    append_escaped(out, text, "\\x");
    return out + '"';
}

// The parts of a payload: the message, then names and values in turn.
std::vector<std::string_view> split(std::string_view payload) {
    if (!payload.starts_with(record_mark))
        return {payload};
    payload.remove_prefix(1);
    std::vector<std::string_view> parts;
    for (auto end = payload.find(part_end); end != std::string_view::npos; end = payload.find(part_end)) {
        parts.push_back(payload.substr(0, end));
        payload.remove_prefix(end + 1);
    }
    parts.push_back(payload);
    return parts;
}

void append_part(std::string& out, std::string_view part) {
    std::ranges::replace_copy_if(
        part, std::back_inserter(out), [](char c) { return c == record_mark || c == part_end; }, '?');
}

class LineFormatter final : public spdlog::formatter {
public:
    explicit LineFormatter(service::LogForm form) : form_(form) {}

    void format(spdlog::details::log_msg const& record, spdlog::memory_buf_t& out) override {
        auto const milliseconds = std::chrono::floor<std::chrono::milliseconds>(record.time);
        auto const seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
        auto const time =
            fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                        (milliseconds - seconds).count());
        auto const level = spdlog::level::to_string_view(record.level);
        auto const parts = split({record.payload.data(), record.payload.size()});
        auto const line = form_ == service::LogForm::json
                              ? as_json(time, {level.data(), level.size()}, parts)
                              : as_text(time, {level.data(), level.size()}, parts);
        out.append(line.data(), line.data() + line.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LineFormatter>(form_);
    }

private:
    using Parts = std::vector<std::string_view>;

    static std::string as_json(std::string_view time, std::string_view level, Parts const& parts) {
        auto line =
            fmt::format(R"({{"time":"{}","level":"{}","message":{})", time, level, quote_json(parts.front()));
        for (std::size_t index = 1; index + 1 < parts.size(); index += 2)
            line += fmt::format(",{}:{}", quote_json(parts[index]), quote_json(parts[index + 1]));
        return line + "}\n";
    }

    static std::string as_text(std::string_view time, std::string_view level, Parts const& parts) {
        auto line = fmt::format("{} {} ", time, level);
        append_escaped(line, parts.front(), "\\x");
        for (std::size_t index = 1; index + 1 < parts.size(); index += 2) {
            auto const value = parts[index + 1];
            line +=
                fmt::format(" {}={}", parts[index],
                            std::ranges::all_of(value, is_harmless) ? std::string(value) : quote_text(value));
        }
        return line + '\n';
    }

    service::LogForm const form_;
};

spdlog::level::level_enum to_spdlog(service::LogLevel level) {
    switch (level) {
    case service::LogLevel::debug: return spdlog::level::debug;
    case service::LogLevel::info: return spdlog::level::info;
    case service::LogLevel::warning: return spdlog::level::warn;
    case service::LogLevel::error: return spdlog::level::err;
    }
    CHECK_UNREACHABLE();
}

} // namespace

std::string log_record(std::string_view message, std::initializer_list<LogField> fields) {
    std::string record(1, record_mark);
    append_part(record, message);
    for (auto const& field : fields) {
        if (field.value.empty())
            continue;
        record.push_back(part_end);
        append_part(record, field.name);
        record.push_back(part_end);
        append_part(record, field.value);
    }
    return record;
}

std::string quote_json(std::string_view text) {
    std::string out = "\"";
    append_escaped(out, text, "\\u00");
    return out + '"';
}

std::shared_ptr<spdlog::logger> make_log(service::LogSettings const& settings, spdlog::sink_ptr sink) {
    auto log = std::make_shared<spdlog::logger>("bulla", std::move(sink));
    log->set_formatter(std::make_unique<LineFormatter>(settings.form));
    log->set_level(to_spdlog(settings.level));
    // Warnings are what is looked for after a crash.
    log->flush_on(spdlog::level::info);
    return log;
}

} // namespace bulla::cli
