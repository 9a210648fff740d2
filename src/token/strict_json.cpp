#include "token/strict_json.hpp"

#include "token/limits.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <vector>

namespace bulla::token {
namespace {

namespace json = boost::json;

constexpr std::int64_t time_max =
    (std::int64_t{1} << 53) - 1; // the integers that every JSON reader keeps exact

// Sees the names and strings of a text, escapes undone, and stops at what parse() would let pass.
class MemberScan {
public:
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    std::optional<JsonFault> fault;

    bool on_object_begin(json::error_code&) {
        open_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, json::error_code& error) {
        auto names = std::move(open_.back());
        open_.pop_back();
        std::ranges::sort(names);
        return std::ranges::adjacent_find(names) == names.end() || stop(JsonFault::duplicate_member, error);
    }
    bool on_key_part(json::string_view part, std::size_t, json::error_code& error) {
        name_.append(part.data(), part.size());
        return has_no_null(part, error);
    }
    bool on_key(json::string_view last_part, std::size_t size, json::error_code& error) {
        if (!on_key_part(last_part, size, error))
            return false;
        open_.back().push_back(std::exchange(name_, {}));
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code& error) {
        return has_no_null(part, error);
    }
    bool on_string(json::string_view part, std::size_t, json::error_code& error) {
        return has_no_null(part, error);
    }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_array_begin(json::error_code&) { return true; }
    bool on_array_end(std::size_t, json::error_code&) { return true; }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, json::error_code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return true; }
    bool on_double(double, json::string_view, json::error_code&) { return true; }
    bool on_bool(bool, json::error_code&) { return true; }
    bool on_null(json::error_code&) { return true; }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

private:
    bool has_no_null(json::string_view part, json::error_code& error) {
        return part.find('\0') == json::string_view::npos || stop(JsonFault::null_character, error);
    }
    bool stop(JsonFault found, json::error_code& error) {
        fault = found;
        error = json::error::syntax; // any error ends the scan
        return false;
    }

    std::vector<std::vector<std::string>> open_; // the names seen so far in each open object
    std::string name_;
};

json::parse_options strict_options() {
    json::parse_options options;
    options.max_depth = json_depth_max;
    return options;
}

Result<void, JsonFault> check_members(std::string_view text) {
    json::basic_parser<MemberScan> parser{strict_options()};
    json::error_code error;
    auto const read = parser.write_some(false, text.data(), text.size(), error);
    if (auto const& fault = parser.handler().fault)
        return std::unexpected{*fault};
    if (error || read != text.size())
        return std::unexpected{JsonFault::not_json};
    return {};
}

} // namespace

Result<json::object, JsonFault> parse_strict_object(std::string_view text) {
    TRY(check_members(text));
    json::error_code error;
    auto value = json::parse(text, error, {}, strict_options());
    if (error)
        return std::unexpected{JsonFault::not_json};
    if (!value.is_object())
        return std::unexpected{JsonFault::not_an_object};
    return std::move(value.as_object());
}

std::optional<std::string_view> find_string(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    if (value == nullptr || !value->is_string())
        return std::nullopt;
    return std::string_view(value->get_string());
}

std::optional<std::chrono::sys_seconds> find_time(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    if (value == nullptr || !value->is_int64()) // what needs an unsigned 64 is beyond the bound as well
        return std::nullopt;
    auto const count = value->get_int64();
    if (count < 0 || count > time_max)
        return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{count}};
}

} // namespace bulla::token
