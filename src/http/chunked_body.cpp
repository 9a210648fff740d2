#include "http/chunked_body.hpp"

#include "http/characters.hpp"
#include "http/limits.hpp"
#include "http/request_head.hpp"

#include <algorithm>

namespace bulla::http {
namespace {

constexpr std::size_t size_digits_max = 16;

// nothing when it is not 1 to 16 hexadecimal digits.
std::optional<std::uint64_t> parse_size(std::string_view text) {
    if (text.empty() || text.size() > size_digits_max)
        return std::nullopt;
    std::uint64_t size = 0;
    for (char const character : text) {
        auto const digit = hex_digit(character);
        if (!digit)
            return std::nullopt;
        size = size << 4 | *digit;
    }
    return size;
}

bool is_extension(std::string_view text) {
    return std::ranges::none_of(text,
                                [](char character) { return is_control(character) && character != '\t'; });
}

} // namespace

Result<std::size_t, Problem> ChunkedBody::take(base::ByteView input) {
    std::size_t used = 0;
    while (used < input.size() && !is_complete()) {
        auto const rest = input.subspan(used);
        used += part_ == Part::data ? take_data(rest) : TRY(take_line(base::as_text(rest)));
    }
    return used;
}

std::size_t ChunkedBody::take_data(base::ByteView input) {
    auto const size = std::min(chunk_left_, input.size());
    body_.append(input.first(size));
    chunk_left_ -= size;
    if (chunk_left_ == 0)
        part_ = Part::data_end;
    return size;
}

// Collects a line to its end; a fault shows at the first byte that cannot belong to one.
Result<std::size_t, Problem> ChunkedBody::take_line(std::string_view input) {
    std::size_t used = 0;
    while (used < input.size()) {
        char const character = input[used++];
        bool const after_return = line_.ends_with('\r');
        line_.push_back(character);
        if (after_return != (character == '\n') || line_.size() > chunk_line_size_max ||
            ++overhead_ > chunk_overhead_max)
            return std::unexpected{Problem::request_malformed};
        if (character != '\n')
            continue;
        line_.resize(line_.size() - 2);
        TRY(see_line());
        line_.clear();
        break;
    }
    return used;
}

Result<void, Problem> ChunkedBody::see_line() {
    switch (part_) {
    case Part::size_line: return see_size_line();
    case Part::data_end:
        if (!line_.empty())
            return std::unexpected{Problem::request_malformed};
        part_ = Part::size_line;
        return {};
    case Part::trailer:
        if (line_.empty())
            part_ = Part::complete;
        else if (!is_field_line(line_))
            return std::unexpected{Problem::request_malformed};
        return {};
    case Part::data:
    case Part::complete: break;
    }
    CHECK_UNREACHABLE();
}

Result<void, Problem> ChunkedBody::see_size_line() {
    auto const line = std::string_view(line_);
    auto const semicolon = std::min(line.find(';'), line.size());
    auto const size = parse_size(line.substr(0, semicolon));
    if (!size || !is_extension(line.substr(semicolon)))
        return std::unexpected{Problem::request_malformed};
    if (*size > body_max_ - body_.size())
        return std::unexpected{Problem::body_too_large};
    chunk_left_ = static_cast<std::size_t>(*size);
    part_ = *size == 0 ? Part::trailer : Part::data;
    return {};
}

SecretBytes ChunkedBody::take_body() && {
    CHECK(is_complete());
    return std::move(body_).take();
}

} // namespace bulla::http
