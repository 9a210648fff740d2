// The JSON bodies of /v1: strict objects with known members; bytes as base64url without padding, times in
// milliseconds since 1970.
#pragma once

#include "http/problem.hpp"
#include "ledger/entry.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>

namespace bulla::http {

class Request;

// An object of exactly these members. Faults: media_type_not_supported, json_malformed.
class JsonBody {
public:
    static Result<JsonBody, Problem> parse(Request const& request,
                                           std::initializer_list<std::string_view> members);

    // Faults: value_not_allowed.
    Result<std::string, Problem> text(std::string_view name) const;
    Result<base::ByteBuffer, Problem> bytes(std::string_view name) const;
    // [[signer, part…]…]
    Result<std::vector<ledger::Evidence>, Problem> evidence(std::string_view name) const;

private:
    explicit JsonBody(boost::json::object object) : object_(std::move(object)) {}
    boost::json::object object_;
};

Response json_response(int status, boost::json::object const& object);
std::string base64url(base::ByteView bytes);

} // namespace bulla::http
