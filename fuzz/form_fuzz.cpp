// LINK: http
// Bytes as a form: what is accepted means the same when every byte of it is sent percent-encoded.
#include "http/form.hpp"
#include "http/limits.hpp"

#include <fmt/format.h>

namespace {

std::string encode(std::string_view bytes) {
    std::string text;
    for (char const byte : bytes)
        text += fmt::format("%{:02x}", static_cast<std::uint8_t>(byte));
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    namespace http = bulla::http;
    auto const form = http::parse_form_text(bulla::base::as_text({bytes, size}));
    if (!form)
        return 0;
    CHECK(form->size() <= http::form_fields_max);
    std::string text;
    for (std::size_t index = 0; index < form->size(); ++index) {
        CHECK(form->value_at(index).size() <= http::form_value_size_max);
        text += std::string(index ? "&" : "") + encode(form->name_at(index)) + "=" +
                encode(form->value_at(index));
    }
    auto const again = http::parse_form_text(text);
    CHECK(again && again->size() == form->size());
    for (std::size_t index = 0; index < form->size(); ++index)
        CHECK((*again)[form->name_at(index)] == form->value_at(index));
    return 0;
}
