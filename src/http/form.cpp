#include "http/form.hpp"

#include "base/encoding.hpp"
#include "http/characters.hpp"
#include "http/limits.hpp"
#include "http/request.hpp"

#include <algorithm>

namespace bulla::http {
namespace {

// As SecretBytes, for it may be a password. The decoded text is never longer than the text.
Result<SecretBytes, Problem> decode(std::string_view text, std::size_t size_max) {
    SecretBytes decoded(std::min(text.size(), size_max));
    std::size_t size = 0;
    while (!text.empty()) {
        if (size == decoded.size())
            return std::unexpected{Problem::field_too_long};
        auto const byte = text[0] == '%'   ? percent_byte(text)
                          : text[0] == '+' ? std::optional<std::uint8_t>(' ')
                                           : static_cast<std::uint8_t>(text[0]);
        if (!byte || (text[0] != '%' && (is_control(text[0]) || text[0] == ';')))
            return std::unexpected{Problem::form_malformed};
        decoded.writable()[size++] = *byte;
        text.remove_prefix(text[0] == '%' ? 3 : 1);
    }
    auto result = SecretBytes::from(decoded.expose().first(size));
    if (!base::is_utf8(base::as_text(result.expose())))
        return std::unexpected{Problem::form_malformed};
    return result;
}

// "; charset=utf-8" and nothing else.
bool is_utf8_parameter(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    return equals_ignoring_case(text, "charset=utf-8") || equals_ignoring_case(text, "charset=\"utf-8\"");
}

bool is_listed(std::initializer_list<std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

Result<void, Problem> check_names(FormFields const& fields, FormRules const& rules) {
    for (auto const name : rules.required)
        if (!fields.has(name))
            return std::unexpected{Problem::field_missing};
    if (rules.unknown == UnknownFields::keep)
        return {};
    for (std::size_t index = 0; index < fields.size(); ++index)
        if (!is_listed(rules.required, fields.name_at(index)) &&
            !is_listed(rules.optional, fields.name_at(index)))
            return std::unexpected{Problem::field_unknown};
    return {};
}

} // namespace

std::optional<std::string_view> FormFields::find(std::string_view name) const {
    auto const found = std::ranges::find(fields_, name, &Field::name);
    if (found == fields_.end())
        return std::nullopt;
    return base::as_text(found->value.expose());
}

std::string_view FormFields::operator[](std::string_view name) const {
    auto const value = find(name);
    CHECK(value);
    return *value;
}

SecretBytes FormFields::take(std::string_view name) && {
    auto const found = std::ranges::find(fields_, name, &Field::name);
    CHECK(found != fields_.end());
    return std::move(found->value);
}

Result<FormFields, Problem> parse_form_text(std::string_view text) {
    FormFields form;
    bool more = !text.empty();
    while (more) {
        auto const end = text.find('&');
        more = end != std::string_view::npos;
        auto const field = text.substr(0, end);
        text.remove_prefix(more ? end + 1 : text.size());
        auto const equals = field.find('=');
        if (equals == 0 || equals == std::string_view::npos || form.fields_.size() == form_fields_max)
            return std::unexpected{Problem::form_malformed};
        auto const name = TRY(decode(field.substr(0, equals), form_name_size_max));
        auto value = TRY(decode(field.substr(equals + 1), form_value_size_max));
        if (form.has(base::as_text(name.expose())))
            return std::unexpected{Problem::field_repeated};
        form.fields_.push_back({std::string(base::as_text(name.expose())), std::move(value)});
    }
    return form;
}

Result<FormFields, Problem> parse_form(Request const& request, FormRules const& rules) {
    auto const content_type = request.field("content-type");
    if (!content_type || !is_media_type(*content_type, "application/x-www-form-urlencoded"))
        return std::unexpected{Problem::media_type_not_supported};
    if (request.body().size() > form_size_max)
        return std::unexpected{Problem::body_too_large};
    auto fields = TRY(parse_form_text(request.body_text()));
    TRY(check_names(fields, rules));
    return fields;
}

Result<FormFields, Problem> parse_query(Request const& request) {
    return base::map_fault(parse_form_text(request.query()), [](Problem problem) {
        return problem == Problem::field_repeated ? problem : Problem::query_malformed;
    });
}

bool is_media_type(std::string_view content_type, std::string_view media_type) {
    auto const semicolon = content_type.find(';');
    auto type = content_type.substr(0, semicolon);
    while (type.ends_with(' ') || type.ends_with('\t'))
        type.remove_suffix(1);
    if (!equals_ignoring_case(type, media_type))
        return false;
    return semicolon == std::string_view::npos || is_utf8_parameter(content_type.substr(semicolon + 1));
}

} // namespace bulla::http
