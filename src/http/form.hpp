// application/x-www-form-urlencoded, read strictly: in bodies, and in the query of a URI.
//
//   fields = field *( "&" field )          field = name "=" value
//
// "+" is a space, "%" is followed by two hexadecimal digits; what results is valid UTF-8. A name is 1 to 64
// bytes, a value at most 4,096, after decoding. Refused: a name that comes twice, an empty field, a field
// without "=", a bare ";" (some readers take it for "&"), a bare control character, more than 64 fields.
// Values may be passwords, so they live in SecretBytes.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/problem.hpp"

#include <initializer_list>

namespace bulla::http {

class Request;

class FormFields {
public:
    // nothing when there is no such field. The view lives as long as this object.
    std::optional<std::string_view> find(std::string_view name) const;
    bool has(std::string_view name) const { return find(name).has_value(); }

    // The field must be there: parse_form() named it as required.
    std::string_view operator[](std::string_view name) const;
    SecretBytes take(std::string_view name) &&; // for a password: moves it out

    std::size_t size() const { return fields_.size(); }
    std::string_view name_at(std::size_t index) const { return fields_[index].name; }
    std::string_view value_at(std::size_t index) const {
        return base::as_text(fields_[index].value.expose());
    }

private:
    friend Result<FormFields, Problem> parse_form_text(std::string_view);
    struct Field {
        std::string name;
        SecretBytes value;
    };
    std::vector<Field> fields_;
};

// Faults: form_malformed, field_repeated, field_too_long. An empty text has no fields.
Result<FormFields, Problem> parse_form_text(std::string_view text);

enum class UnknownFields { refuse, keep };

struct FormRules {
    std::initializer_list<std::string_view> required;
    std::initializer_list<std::string_view> optional = {};
    UnknownFields unknown = UnknownFields::refuse;
};

// The form in the body. Faults besides: media_type_not_supported, body_too_large, field_missing,
// field_unknown.
Result<FormFields, Problem> parse_form(Request const& request, FormRules const& rules);

// The query of the URI. A fault of the text is query_malformed or field_repeated.
Result<FormFields, Problem> parse_query(Request const& request);

// Whether a Content-Type names this media type: without parameters, or with charset=utf-8 alone. Case is
// ignored.
bool is_media_type(std::string_view content_type, std::string_view media_type);

} // namespace bulla::http
