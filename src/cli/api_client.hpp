// Speaks the server's /v1 (docs/formats/login.md) for the commands: JSON in, JSON out.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/http_client.hpp"

#include <boost/json/object.hpp>

namespace bulla::cli {

struct ApiFault {
    enum class Kind : std::uint8_t {
        unreachable, // no answer: see reason
        refused,     // the server's no: see status and reason
        malformed,   // an answer that is not of the form
        other_network, // not the network this machine has seen at this address before
    };
    Kind kind = Kind::unreachable;
    int status = 0;
    std::string reason; // a sentence
};

template <class T>
using Answered = Result<T, ApiFault>;

class ApiClient {
public:
    explicit ApiClient(net::HttpUrl server) : server_(std::move(server)) {}

    // Nothing for a URL that is not http://host[:port].
    static std::optional<ApiClient> make(std::string_view url);

    void sign_in(std::string access_token) { access_token_ = std::move(access_token); }

    Answered<boost::json::object> get(std::string_view path) const;
    Answered<boost::json::object> post(std::string_view path, boost::json::object const& body) const;
    Answered<net::HttpAnswer> ask(std::string method, std::string_view path, std::string body = {}) const;

private:
    net::HttpUrl server_;
    std::string access_token_;
};

// A member of an answer; nothing when it is missing or of another type.
std::optional<std::string> text_member(boost::json::object const& object, std::string_view name);
std::optional<std::uint64_t> number_member(boost::json::object const& object, std::string_view name);
std::optional<base::ByteBuffer> bytes_member(boost::json::object const& object, std::string_view name);
boost::json::object const* object_member(boost::json::object const& object, std::string_view name);

template <class Fixed>
std::optional<Fixed> fixed_member(boost::json::object const& object, std::string_view name) {
    auto const bytes = bytes_member(object, name);
    return bytes ? Fixed::parse(*bytes) : std::nullopt;
}

} // namespace bulla::cli
