#include "http/request_head.hpp"

#include "base/encoding.hpp"
#include "http/characters.hpp"
#include "http/limits.hpp"
#include "http/target.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <array>

namespace bulla::http {
namespace {

namespace beast = boost::beast::http;

Result<void, Problem> check_version(std::string_view text) {
    if (text == "HTTP/1.1" || text == "HTTP/1.0")
        return {};
    auto const is_digit = [](char character) { return character >= '0' && character <= '9'; };
    bool const other = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
                       is_digit(text[7]);
    return std::unexpected{other ? Problem::version_not_supported : Problem::request_malformed};
}

// method SP request-target SP HTTP-version. The target is looked at when the head is complete.
Result<void, Problem> check_request_line(std::string_view line) {
    auto const method_end = line.find(' ');
    if (method_end == std::string_view::npos || method_end == 0 ||
        !is_all_of(line.substr(0, method_end), token_characters))
        return std::unexpected{Problem::request_malformed};
    auto const rest = line.substr(method_end + 1);
    auto const target_end = rest.find(' ');
    if (target_end == std::string_view::npos)
        return std::unexpected{Problem::request_malformed};
    TRY(check_version(rest.substr(target_end + 1)));
    if (!parse_method(line.substr(0, method_end)))
        return std::unexpected{Problem::method_unknown};
    if (target_end > uri_size_max)
        return std::unexpected{Problem::uri_too_long};
    return {};
}

// What an unfinished request line of this size was too long for.
Problem too_long_line(std::string_view line) {
    auto const method_end = line.substr(0, method_size_max + 1).find(' ');
    return method_end == std::string_view::npos ? Problem::method_unknown : Problem::uri_too_long;
}

// At most one space between the colon and the value, and nothing after it. Elsewhere more white space is
// harmless; around the two fields that say where a request ends it has made servers disagree. The value lies
// in a whole head.
bool is_bare(std::string_view value) {
    if (value.empty())
        return true;
    auto const* const begin = value.data();
    auto const* const end = begin + value.size();
    return *end == '\r' && (begin[-1] == ':' || (begin[-1] == ' ' && begin[-2] == ':'));
}

// Counts and values of the fields that decide how the message is read.
class FieldRules {
public:
    Result<void, Problem> see(beast::field name, std::string_view text, std::string_view value) {
        switch (name) {
        case beast::field::host: ++hosts_; break;
        case beast::field::content_length:
            ++lengths_;
            length_ = value;
            return check_bare(value);
        case beast::field::transfer_encoding:
            ++encodings_;
            encoding_ = value;
            return check_bare(value);
        case beast::field::content_encoding: return check_content_encoding(value);
        case beast::field::expect: return see_expectation(value);
        case beast::field::authorization: return count(0);
        case beast::field::content_type: return count(1);
        case beast::field::cookie: return count(2);
        case beast::field::origin: return count(3);
        case beast::field::unknown:
            return equals_ignoring_case(text, "dpop") ? count(4) : Result<void, Problem>{};
        default: break;
        }
        return {};
    }

    Result<void, Problem> finish(RequestHead& head, int version) const {
        if (hosts_ > 1 || (hosts_ == 0 && version >= 11))
            return std::unexpected{Problem::host_malformed};
        if (lengths_ > 1 || encodings_ > 1 || lengths_ + encodings_ > 1 || (encodings_ > 0 && version < 11))
            return std::unexpected{Problem::request_malformed};
        head.body.expectation = version >= 11 ? expectation_ : Expectation::none;
        return encodings_ > 0 ? finish_encoding(head) : finish_length(head);
    }

private:
    Result<void, Problem> count(std::size_t index) {
        if (seen_[index])
            return std::unexpected{Problem::request_malformed};
        seen_[index] = true;
        return {};
    }
    static Result<void, Problem> check_bare(std::string_view value) {
        if (!is_bare(value))
            return std::unexpected{Problem::request_malformed};
        return {};
    }
    static Result<void, Problem> check_content_encoding(std::string_view value) {
        if (equals_ignoring_case(value, "identity"))
            return {};
        return std::unexpected{Problem::encoding_not_supported};
    }
    Result<void, Problem> see_expectation(std::string_view value) {
        if (!equals_ignoring_case(value, "100-continue"))
            return std::unexpected{Problem::expectation_failed};
        expectation_ = Expectation::continue_;
        return {};
    }
    Result<void, Problem> finish_encoding(RequestHead& head) const {
        if (!equals_ignoring_case(encoding_, "chunked"))
            return std::unexpected{Problem::transfer_encoding_unknown};
        head.body.framing = Framing::chunked;
        return {};
    }
    Result<void, Problem> finish_length(RequestHead& head) const {
        if (lengths_ == 0)
            return {};
        auto const size = base::parse_decimal(length_);
        if (!size)
            return std::unexpected{Problem::request_malformed};
        head.body.framing = *size == 0 ? Framing::none : Framing::sized;
        head.body.size = *size;
        return {};
    }

    int hosts_ = 0;
    int lengths_ = 0;
    int encodings_ = 0;
    std::string_view length_;
    std::string_view encoding_;
    Expectation expectation_ = Expectation::none;
    std::array<bool, 5> seen_{};
};

// Beast tells what it finds; nothing is copied.
class HeadParser final : public beast::basic_parser<true> {
public:
    explicit HeadParser(RequestHead& head) : head_(head) {
        header_limit(head_size_max);
        body_limit(boost::none);
        skip(true);
        head_.parts.fields.reserve(16);
    }

    Result<void, Problem> parse(std::string_view text) {
        boost::beast::error_code error;
        auto const used = put(boost::asio::const_buffer(text.data(), text.size()), error);
        if (fault_)
            return std::unexpected{*fault_};
        if (error || used != text.size() || !is_done())
            return std::unexpected{Problem::request_malformed};
        return finish();
    }

private:
    Result<void, Problem> finish() {
        TRY(rules_.finish(head_, version_));
        if (head_.parts.host.empty() ? version_ >= 11 : !is_host(head_.parts.host))
            return std::unexpected{Problem::host_malformed};
        if (target_.authority && *target_.authority != head_.parts.host)
            return std::unexpected{Problem::host_malformed};
        head_.version = version_ >= 11 ? Version::http_1_1 : Version::http_1_0;
        head_.persistence = keep_alive() ? Persistence::keep_alive : Persistence::close;
        return {};
    }

    void fail(Problem problem, boost::beast::error_code& error) {
        fault_ = problem;
        error = make_error_code(beast::error::bad_field);
    }

    void on_request_impl(beast::verb, boost::beast::string_view method, boost::beast::string_view target,
                         int version, boost::beast::error_code& error) override {
        auto const known = http::parse_method(method);
        auto const parsed = http::parse_target(target);
        if (!known || !parsed)
            return fail(known ? parsed.error() : Problem::method_unknown, error);
        target_ = *parsed;
        version_ = version;
        head_.parts.method = *known;
        head_.parts.path = target_.path;
        head_.parts.query = target_.query;
    }

    void on_field_impl(beast::field name, boost::beast::string_view text, boost::beast::string_view value,
                       boost::beast::error_code& error) override {
        if (auto const seen = rules_.see(name, text, value); !seen)
            return fail(seen.error(), error);
        if (name == beast::field::host)
            head_.parts.host = value;
        head_.parts.fields.push_back({text, value});
    }

    void on_header_impl(boost::beast::error_code&) override {}
    void on_finish_impl(boost::beast::error_code&) override {}

    // Never called: the parser skips the body, and reads no responses.
    void on_response_impl(int, boost::beast::string_view, int, boost::beast::error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, boost::beast::error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view, boost::beast::error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, boost::beast::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view,
                                   boost::beast::error_code&) override {
        return 0;
    }

    RequestHead& head_;
    Target target_;
    int version_ = 0;
    FieldRules rules_;
    std::optional<Problem> fault_;
};

// In no part of a head: refused in a finished line as in one that is still under way, so that it does not
// matter how the bytes come.
bool contains_never_allowed(std::string_view text) {
    return text.contains('\r') || text.contains('\0');
}

} // namespace

bool is_field_line(std::string_view line) {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || !is_all_of(line.substr(0, colon), token_characters))
        return false;
    bool clean = true; // without an early end the loop runs over many bytes at once
    for (char const character : line.substr(colon + 1))
        clean &= !is_control(character) | (character == '\t');
    return clean;
}

Result<std::optional<std::size_t>, Problem> HeadScanner::scan(std::string_view received) {
    while (part_ != Part::complete) {
        auto const rest = received.substr(scanned_);
        auto const line_feed = rest.find('\n');
        if (line_feed == std::string_view::npos) {
            TRY(check_unfinished(rest));
            return std::nullopt;
        }
        if (line_feed == 0 || rest[line_feed - 1] != '\r')
            return std::unexpected{Problem::request_malformed};
        scanned_ += line_feed + 1;
        TRY(see_line(rest.substr(0, line_feed - 1)));
    }
    return scanned_;
}

Result<void, Problem> HeadScanner::see_line(std::string_view line) {
    if (contains_never_allowed(line))
        return std::unexpected{Problem::request_malformed};
    if (part_ == Part::leading_line && line.empty()) {
        part_ = Part::request_line;
        return {};
    }
    if (part_ != Part::fields) {
        TRY(check_request_line(line));
        part_ = Part::fields;
        fields_begin_ = scanned_;
        return {};
    }
    if (line.empty()) {
        part_ = Part::complete;
        return {};
    }
    if (scanned_ - fields_begin_ > header_size_max || ++fields_ > header_fields_max)
        return std::unexpected{Problem::header_too_large};
    if (!is_field_line(line))
        return std::unexpected{Problem::request_malformed};
    return {};
}

// A line whose end has not come: refused when nothing that follows could make it good.
Result<void, Problem> HeadScanner::check_unfinished(std::string_view rest) const {
    auto const text = rest.ends_with('\r') ? rest.substr(0, rest.size() - 1) : rest;
    if (contains_never_allowed(text))
        return std::unexpected{Problem::request_malformed};
    if (part_ == Part::fields) {
        if (scanned_ + rest.size() - fields_begin_ > header_size_max)
            return std::unexpected{Problem::header_too_large};
        return {};
    }
    if (!text.empty() && !contains(token_characters, text[0]))
        return std::unexpected{Problem::request_malformed};
    if (rest.size() > request_line_size_max)
        return std::unexpected{too_long_line(rest)};
    return {};
}

Result<RequestHead, Problem> parse_head(std::string_view text) {
    if (text.starts_with("\r\n"))
        text.remove_prefix(2);
    RequestHead head{.parts = {.head = SecretBytes::from(base::as_bytes(text))}};
    HeadParser parser(head);
    TRY(parser.parse(base::as_text(head.parts.head.expose())));
    return head;
}

} // namespace bulla::http
