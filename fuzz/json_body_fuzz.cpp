// LINK: http
// Bodies of /v1. What is accepted as JSON says the same when it is printed and read again, whatever its
// members are asked for.
#include "http/json_body.hpp"
#include "http/request.hpp"
#include "http/resource_sign_in.hpp"
#include "token/strict_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

using namespace bulla;

namespace {

http::Request request_with(std::string_view body) {
    http::RequestParts parts{.head = SecretBytes(0), .method = http::Method::post};
    parts.fields.push_back({.name = "content-type", .value = "application/json"});
    parts.body = SecretBytes::from(base::as_bytes(body));
    return http::Request(std::move(parts));
}

// No member of ours is a fraction or beyond 64 bits. The library reads such numbers to within a last digit,
// and what no double holds as infinite, which cannot be printed.
bool has_double(boost::json::value const& value) {
    if (value.is_double())
        return true;
    if (auto const* const list = value.if_array())
        return std::ranges::any_of(*list, has_double);
    auto const* const object = value.if_object();
    for (auto const& [name, inner] : object == nullptr ? boost::json::object() : *object)
        if (has_double(inner))
            return true;
    return false;
}

void check_reading(std::string_view body) {
    auto const object = token::parse_strict_object(body);
    if (!object || has_double(*object))
        return;
    auto const again = token::parse_strict_object(boost::json::serialize(*object));
    CHECK(again && *again == *object);
}

void check_members(http::Request const& request) {
    constexpr std::string_view first = "kind";
    constexpr std::string_view second = "evidence";
    auto const body = http::JsonBody::parse(request, {first, second});
    if (!body)
        return;
    for (auto const name : {first, second}) {
        if (auto const bytes = body->bytes(name))
            CHECK(http::base64url(*bytes) == *body->text(name));
        if (auto const evidence = body->evidence(name))
            CHECK(evidence->size() <= 2);
        if (auto const parts = body->parts(name))
            CHECK(parts->size() <= 3);
    }
}

// A member that may be there is read as one that must be.
void check_optional_members(http::Request const& request) {
    auto const body = http::JsonBody::parse(request, {"kind"}, {"evidence"});
    if (!body)
        return;
    auto const bytes = body->optional_bytes("evidence");
    CHECK(bytes.has_value() == (!body->has("evidence") || body->bytes("evidence").has_value()));
    if (auto const id = body->optional_fixed<ledger::CredentialId>("evidence"); id && *id)
        CHECK(bytes && (*bytes)->size() == ledger::CredentialId::size);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    auto const text = base::as_text({bytes, size});
    auto const request = request_with(text);
    check_reading(text);
    check_members(request);
    check_optional_members(request);
    (void)http::parse_new_password(request);
    return 0;
}
