#include "http/target.hpp"

#include "base/encoding.hpp"
#include "http/characters.hpp"
#include "http/limits.hpp"
#include "http/request.hpp"

#include <algorithm>

namespace bulla::http {
namespace {

bool is_decodable(std::string_view text) {
    if (!text.contains('%'))
        return true;
    auto const decoded = percent_decode(text);
    return decoded && std::ranges::none_of(*decoded, is_control) && base::is_utf8(*decoded);
}

bool is_segment(std::string_view segment) {
    if (!segment.contains('%'))
        return segment != "." && segment != "..";
    auto const decoded = percent_decode(segment);
    return decoded && *decoded != "." && *decoded != ".." && !decoded->contains('/') &&
           !decoded->contains('\\');
}

bool is_path(std::string_view path) {
    if (!path.starts_with('/') || !is_all_of(path, path_characters))
        return false;
    path.remove_prefix(1);
    while (!path.empty()) {
        auto const end = std::min(path.find('/'), path.size());
        if (end == 0 || !is_segment(path.substr(0, end)))
            return false;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return true;
}

std::size_t scheme_size(std::string_view text) {
    for (std::string_view const scheme : {"http://", "https://"})
        if (equals_ignoring_case(text.substr(0, scheme.size()), scheme))
            return scheme.size();
    return 0;
}

bool is_port(std::string_view text) {
    auto const number = base::parse_decimal(text);
    return number && *number > 0 && *number <= 65'535;
}

bool is_bracketed_address(std::string_view text) {
    static constexpr auto inside = [] {
        CharacterSet set{};
        for (char const character : std::string_view("0123456789abcdefABCDEF:."))
            set[static_cast<std::uint8_t>(character)] = true;
        return set;
    }();
    return text.size() > 2 && text.starts_with('[') && text.ends_with(']') &&
           is_all_of(text.substr(1, text.size() - 2), inside);
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        if (text[0] != '%') {
            decoded.push_back(text[0]);
            text.remove_prefix(1);
            continue;
        }
        auto const byte = percent_byte(text);
        if (!byte)
            return std::nullopt;
        decoded.push_back(static_cast<char>(*byte));
        text.remove_prefix(3);
    }
    return decoded;
}

bool is_host(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon != std::string_view::npos && !text.ends_with(']')) {
        if (!is_port(text.substr(colon + 1)))
            return false;
        text = text.substr(0, colon);
    }
    if (text.starts_with('['))
        return is_bracketed_address(text);
    return !text.empty() && text.size() <= 255 && is_all_of(text, host_name_characters);
}

Result<Target, Problem> parse_target(std::string_view text) {
    if (text.size() > uri_size_max)
        return std::unexpected{Problem::uri_too_long};
    if (text == "*")
        return Target{.path = text};

    Target target;
    if (auto const size = scheme_size(text)) {
        text.remove_prefix(size);
        auto const end = std::min(text.find_first_of("/?"), text.size());
        target.authority = text.substr(0, end);
        if (!is_host(*target.authority))
            return std::unexpected{Problem::request_malformed};
        text.remove_prefix(end);
    }
    auto const question = std::min(text.find('?'), text.size());
    target.path = question == 0 && target.authority ? "/" : text.substr(0, question);
    target.query = text.substr(std::min(question + 1, text.size()));
    if (!is_path(target.path) || !is_all_of(target.query, query_characters) || !is_decodable(text))
        return std::unexpected{Problem::request_malformed};
    return target;
}

} // namespace bulla::http
