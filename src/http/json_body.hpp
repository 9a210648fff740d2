// The JSON bodies of /v1: strict objects with known members; bytes as base64url without padding, times in
// milliseconds since 1970.
#pragma once

#include "http/problem.hpp"
#include "ledger/entry.hpp"

#include <boost/json/object.hpp>

#include <initializer_list>

namespace bulla::http {

class Request;

// An object of exactly these members, and of none but those that may be there besides. Faults:
// media_type_not_supported, json_malformed.
class JsonBody {
public:
    using Names = std::initializer_list<std::string_view>;
    static Result<JsonBody, Problem> parse(Request const& request, Names members, Names optional = {});
    bool has(std::string_view name) const { return object_.contains(name); }

    // Faults: value_not_allowed.
    Result<std::string, Problem> text(std::string_view name) const;
    Result<base::ByteBuffer, Problem> bytes(std::string_view name) const;
    // The same where the member is there; nothing where it is not.
    Result<std::optional<std::string>, Problem> optional_text(std::string_view name) const;
    Result<std::optional<base::ByteBuffer>, Problem> optional_bytes(std::string_view name) const;
    template <class T>
    Result<std::optional<T>, Problem> optional_fixed(std::string_view name) const {
        auto const bytes = TRY(optional_bytes(name));
        if (!bytes)
            return std::optional<T>();
        auto const value = T::parse(*bytes);
        if (!value)
            return std::unexpected{Problem::value_not_allowed};
        return std::optional<T>(*value);
    }
    // A list of byte strings: the parts of one evidence.
    Result<std::vector<base::ByteBuffer>, Problem> parts(std::string_view name) const;
    // [[signer, part…]…]
    Result<std::vector<ledger::Evidence>, Problem> evidence(std::string_view name) const;

private:
    explicit JsonBody(boost::json::object object) : object_(std::move(object)) {}
    boost::json::object object_;
};

Response json_response(int status, boost::json::object const& object);
std::string base64url(base::ByteView bytes);

} // namespace bulla::http
