#include "http/json_body.hpp"

#include "base/encoding.hpp"
#include "http/form.hpp"
#include "http/request.hpp"
#include "token/strict_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;
using Refusal = std::unexpected<Problem>;

std::optional<base::ByteBuffer> parse_bytes(json::value const& value) {
    auto const* const text = value.if_string();
    return text == nullptr ? std::nullopt
                           : base::parse_base64url(std::string_view(text->data(), text->size()));
}

std::optional<ledger::Evidence> parse_evidence(json::value const& value) {
    auto const* const list = value.if_array();
    if (list == nullptr || list->empty())
        return std::nullopt;
    ledger::Evidence evidence;
    for (std::size_t index = 0; index < list->size(); ++index) {
        auto bytes = parse_bytes((*list)[index]);
        if (!bytes)
            return std::nullopt;
        if (index == 0)
            evidence.signer = *std::move(bytes);
        else
            evidence.parts.push_back(*std::move(bytes));
    }
    return evidence;
}

} // namespace

Result<JsonBody, Problem> JsonBody::parse(Request const& request, Names members, Names optional) {
    auto const content_type = request.field("content-type");
    if (!content_type || !is_media_type(*content_type, "application/json"))
        return Refusal{Problem::media_type_not_supported};
    auto object = token::parse_strict_object(request.body_text());
    if (!object)
        return Refusal{Problem::json_malformed};
    auto const is_there = [&](std::string_view name) { return object->contains(name); };
    if (!std::ranges::all_of(members, is_there))
        return Refusal{Problem::field_missing};
    auto const known = members.size() + static_cast<std::size_t>(std::ranges::count_if(optional, is_there));
    if (object->size() != known)
        return Refusal{Problem::field_unknown};
    return JsonBody(*std::move(object));
}

Result<std::string, Problem> JsonBody::text(std::string_view name) const {
    auto const found = token::find_string(object_, name);
    if (!found)
        return Refusal{Problem::value_not_allowed};
    return std::string(*found);
}

Result<base::ByteBuffer, Problem> JsonBody::bytes(std::string_view name) const {
    auto const found = token::find_string(object_, name);
    auto bytes = found ? base::parse_base64url(*found) : std::nullopt;
    if (!bytes)
        return Refusal{Problem::value_not_allowed};
    return *std::move(bytes);
}

Result<std::optional<std::string>, Problem> JsonBody::optional_text(std::string_view name) const {
    if (!has(name))
        return std::optional<std::string>();
    return TRY(text(name));
}

Result<std::optional<base::ByteBuffer>, Problem> JsonBody::optional_bytes(std::string_view name) const {
    if (!has(name))
        return std::optional<base::ByteBuffer>();
    return TRY(bytes(name));
}

Result<std::vector<base::ByteBuffer>, Problem> JsonBody::parts(std::string_view name) const {
    auto const* const list = object_.at(name).if_array();
    if (list == nullptr || list->size() > credential::evidence_parts_max)
        return Refusal{Problem::value_not_allowed};
    std::vector<base::ByteBuffer> parts;
    for (auto const& item : *list) {
        auto part = parse_bytes(item);
        if (!part)
            return Refusal{Problem::value_not_allowed};
        parts.push_back(*std::move(part));
    }
    return parts;
}

Result<std::vector<ledger::Evidence>, Problem> JsonBody::evidence(std::string_view name) const {
    auto const* const list = object_.at(name).if_array();
    if (list == nullptr || list->size() > 2)
        return Refusal{Problem::value_not_allowed};
    std::vector<ledger::Evidence> all;
    for (auto const& item : *list) {
        auto evidence = parse_evidence(item);
        if (!evidence)
            return Refusal{Problem::value_not_allowed};
        all.push_back(*std::move(evidence));
    }
    return all;
}

Response json_response(int status, json::object const& object) {
    return make_json(status, json::serialize(object));
}

std::string base64url(base::ByteView bytes) {
    return base::to_base64url(bytes);
}

} // namespace bulla::http
