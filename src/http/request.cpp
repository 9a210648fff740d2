#include "http/request.hpp"

#include <algorithm>

namespace bulla::http {

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
    auto const equal = [](char sent, char lower) {
        return (sent >= 'A' && sent <= 'Z' ? static_cast<char>(sent + ('a' - 'A')) : sent) == lower;
    };
    return std::ranges::equal(text, lower_case, equal);
}

std::optional<std::string_view> Request::field(std::string_view lower_case_name) const {
    for (auto const& field : parts_.fields)
        if (equals_ignoring_case(field.name, lower_case_name))
            return field.value;
    return std::nullopt;
}

std::string_view Request::parameter(std::string_view name) const {
    auto const found = std::ranges::find(parts_.parameters, name, &PathParameter::name);
    CHECK(found != parts_.parameters.end());
    return found->value;
}

} // namespace bulla::http
