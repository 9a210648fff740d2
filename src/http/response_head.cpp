#include "http/response_head.hpp"

#include "http/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace bulla::http {
namespace {

void append_number(std::string& out, std::uint64_t number) {
    fmt::format_int const digits(number);
    out.append(digits.data(), digits.size());
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_body_fields(std::string& out, Response const& response, BodyEnd end) {
    if (!response.content_type.empty())
        append_field(out, "Content-Type", response.content_type);
    if (end == BodyEnd::chunked)
        out.append("Transfer-Encoding: chunked\r\n");
    if (end != BodyEnd::size)
        return;
    out.append("Content-Length: ");
    append_number(out, body_text(response.body).size());
    out.append("\r\n");
}

void append_connection(std::string& out, Sending const& sending) {
    if (sending.persistence == Persistence::close)
        out.append("Connection: close\r\n");
    else if (sending.version == Version::http_1_0)
        out.append("Connection: keep-alive\r\n");
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, is_control);
}

} // namespace

BodyEnd find_body_end(Response const& response, Version version) {
    if (response.status == 204 || response.status == 304)
        return BodyEnd::none;
    if (!response.source)
        return BodyEnd::size;
    return version == Version::http_1_1 ? BodyEnd::chunked : BodyEnd::close;
}

bool is_sendable(Response const& response) {
    return std::ranges::none_of(response.fields, has_control, &ResponseField::value);
}

void append_head(std::string& out, Response const& response, Sending const& sending) {
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::uint64_t>(response.status));
    out.append(" ").append(reason_phrase(response.status)).append("\r\n");
    append_field(out, "Date", sending.date);
    append_body_fields(out, response, sending.body_end);
    if (!response.cache_control.empty())
        append_field(out, "Cache-Control", response.cache_control);
    out.append("X-Content-Type-Options: nosniff\r\n");
    if (sending.transport == Transport::tls)
        out.append("Strict-Transport-Security: max-age=31536000\r\n");
    if (response.retry_after) {
        out.append("Retry-After: ");
        append_number(out,
                      static_cast<std::uint64_t>(std::max<std::int64_t>(1, response.retry_after->count())));
        out.append("\r\n");
    }
    if (!sending.request_id.empty())
        append_field(out, "X-Request-Id", sending.request_id);
    for (auto const& field : response.fields)
        append_field(out, field.name, field.value);
    append_connection(out, sending);
    out.append("\r\n");
}

void append_chunk(std::string& out, std::string_view piece) {
    fmt::format_to(std::back_inserter(out), "{:x}\r\n", piece.size());
    out.append(piece).append("\r\n");
}

std::string_view DateText::at(base::Timestamp now) {
    auto const second = base::unix_seconds(now);
    if (second == second_)
        return text_;
    static constexpr std::string_view weekdays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = std::chrono::floor<std::chrono::days>(now);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const time(std::chrono::floor<std::chrono::seconds>(now) - day);
    text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                        weekdays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                        months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                        time.hours().count(), time.minutes().count(), time.seconds().count());
    second_ = second;
    return text_;
}

} // namespace bulla::http
