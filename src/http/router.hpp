// The table of routes: method and path pattern to handler. What is not in the table does not exist.
//
// A pattern is "/" and segments; a segment is literal, or {name} for exactly one non-empty segment; the last
// may be {name…} (U+2026) for the rest of the path as sent, which may be empty. Literals win over names,
// names over rests. HEAD is answered by the route of GET. TRACE is never allowed.
#pragma once

#include "base/result.hpp"
#include "http/context.hpp"
#include "http/problem.hpp"
#include "http/turns.hpp"

#include <unordered_map>

namespace bulla::http {

// Who may call a route; the handler checks it, and a test goes through the table role by role.
enum class Access {
    anyone,    // no sign-in
    account,   // an access token of an account
    client,    // a registered application's authentication
    operators, // an operator's token
    local,     // the control socket alone
    nodes,     // another node of the network: its sealed message
};

struct Route {
    Method method = Method::get;
    std::string_view pattern; // a literal
    std::string_view name;    // a literal, unique: metrics and the table of roles go by it
    Access access;
    Handler handler;
    std::size_t body_max = 0; // bytes; at most body_size_max
    Urgency urgency = Urgency::at_once;
};

struct RouteMatch {
    Route const* route;
    std::vector<PathParameter> parameters;
};

struct NoRoute {
    Problem problem;     // not_found or method_not_allowed
    std::string allowed; // the value of Allow for the latter
};

class Router {
public:
    // CHECKs that the patterns are well formed and no two routes have the same method and pattern, or the
    // same name.
    explicit Router(std::vector<Route> routes);
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;

    Result<RouteMatch, NoRoute> find(Method method, std::string_view path) const;

    std::vector<Route> const& routes() const { return routes_; }

private:
    // All routes of one pattern.
    struct Place {
        std::vector<std::string_view> segments; // of the pattern, without the leading "/"
        std::vector<Route const*> routes;
    };
    Place const* find_place(std::string_view path, std::vector<PathParameter>& parameters) const;

    std::vector<Route> const routes_;
    std::unordered_map<std::string_view, Place> literal_; // by pattern: those without names
    std::vector<Place> named_; // in the order of precedence
};

} // namespace bulla::http
