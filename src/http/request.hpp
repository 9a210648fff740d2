// A request that passed the server's checks, with everything it refers to: it may be moved anywhere, and what
// it holds is wiped when it ends, for a password or a token may be in it. Views handed out live as long as
// the request.
#pragma once

#include "base/secret.hpp"
#include "http/method.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::http {

struct HeaderField {
    std::string_view name; // as sent
    std::string_view value; // without surrounding white space
};

// The part of a path that a {name} of the route's pattern stood for: decoded, valid UTF-8, not empty, without
// "/". A trailing {path…} takes the rest as sent, with its slashes; it may be empty.
struct PathParameter {
    std::string_view name;
    std::string value;
};

// What the parser found. The views look into head, or at literals.
struct RequestParts {
    SecretBytes head;
    Method method = Method::get;
    std::string_view path;
    std::string_view query;
    std::string_view host;
    std::vector<HeaderField> fields;
    std::vector<PathParameter> parameters; // filled by the router
    SecretBytes body{0};
};

class Request {
public:
    explicit Request(RequestParts parts) : parts_(std::move(parts)) {}

    Method method() const { return parts_.method; }

    // As sent, beginning with "/" (or "*" alone): no empty, "." or ".." segment, percent signs well formed.
    std::string_view path() const { return parts_.path; }
    std::string_view query() const { return parts_.query; } // as sent, without the "?"
    std::string_view host() const { return parts_.host; } // checked for form alone: no link is made from it

    std::vector<HeaderField> const& fields() const { return parts_.fields; }

    // The name in lower case. The first, when there are several; of authorization, content-type, cookie,
    // dpop, host and origin there is at most one, a repeated one was refused with 400.
    std::optional<std::string_view> field(std::string_view lower_case_name) const;

    base::ByteView body() const { return parts_.body.expose(); }
    std::string_view body_text() const { return base::as_text(body()); }

    // What a {name} of the route's pattern stood for. The route has a parameter of this name.
    std::string_view parameter(std::string_view name) const;

    // For the server, while it puts the request together.
    void put_body(SecretBytes body) { parts_.body = std::move(body); }
    void put_parameters(std::vector<PathParameter> parameters) { parts_.parameters = std::move(parameters); }

private:
    RequestParts parts_;
};

// Case is ignored in the text; the other is in lower case.
bool equals_ignoring_case(std::string_view text, std::string_view lower_case);

} // namespace bulla::http
