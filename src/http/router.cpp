#include "http/router.hpp"

#include "base/encoding.hpp"
#include "http/limits.hpp"
#include "http/target.hpp"

#include <algorithm>
#include <set>

namespace bulla::http {
namespace {

constexpr std::string_view rest_mark = "…}";

bool is_name(std::string_view segment) {
    return segment.starts_with('{');
}
bool is_rest(std::string_view segment) {
    return is_name(segment) && segment.ends_with(rest_mark);
}
std::string_view name_of(std::string_view segment) {
    auto const tail = is_rest(segment) ? rest_mark.size() : 1;
    return segment.substr(1, segment.size() - 1 - tail);
}

std::vector<std::string_view> split(std::string_view pattern) {
    std::vector<std::string_view> segments;
    for (auto rest = pattern.substr(1);;) {
        auto const slash = rest.find('/');
        segments.push_back(rest.substr(0, slash));
        if (slash == std::string_view::npos)
            return segments;
        rest.remove_prefix(slash + 1);
    }
}

void check_pattern(std::string_view pattern) {
    CHECK(pattern.starts_with('/'));
    auto const segments = split(pattern);
    CHECK(std::ranges::count_if(segments, is_name) <= static_cast<std::ptrdiff_t>(path_parameters_max));
    for (auto const segment : segments) {
        CHECK(!is_name(segment) || (segment.ends_with('}') && !name_of(segment).empty()));
        CHECK(!is_rest(segment) || segment.data() == segments.back().data());
    }
}

// Smaller comes first: literal, name, rest, segment by segment.
std::vector<int> precedence(std::vector<std::string_view> const& segments) {
    std::vector<int> ranks;
    ranks.reserve(segments.size());
    for (auto const segment : segments)
        ranks.push_back(is_rest(segment) ? 2 : is_name(segment) ? 1 : 0);
    return ranks;
}

bool match_name(std::string_view segment, std::string_view sent, std::vector<PathParameter>& parameters) {
    auto decoded = percent_decode(sent);
    if (!decoded || decoded->empty() || !base::is_utf8(*decoded))
        return false;
    parameters.push_back({name_of(segment), *std::move(decoded)});
    return true;
}

// path: without the leading "/".
bool match(std::vector<std::string_view> const& segments, std::string_view path,
           std::vector<PathParameter>& parameters) {
    parameters.clear();
    bool at_end = false;
    for (auto const segment : segments) {
        if (is_rest(segment)) {
            parameters.push_back({name_of(segment), std::string(path)});
            return !at_end;
        }
        if (at_end)
            return false;
        auto const slash = path.find('/');
        auto const sent = path.substr(0, slash);
        if (is_name(segment) ? !match_name(segment, sent, parameters) : segment != sent)
            return false;
        at_end = slash == std::string_view::npos;
        path.remove_prefix(at_end ? path.size() : slash + 1);
    }
    return at_end;
}

Route const* find_method(std::vector<Route const*> const& routes, Method method) {
    auto const wanted = method == Method::head ? Method::get : method;
    auto const found = std::ranges::find(routes, wanted, &Route::method);
    return found == routes.end() ? nullptr : *found;
}

std::string allowed_methods(std::vector<Route const*> const& routes) {
    std::string allowed;
    for (auto const* route : routes) {
        allowed.append(allowed.empty() ? "" : ", ").append(method_text(route->method));
        if (route->method == Method::get)
            allowed.append(", HEAD");
    }
    return allowed;
}

} // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
    std::set<std::string_view> names;
    std::vector<Place> places;
    for (auto const& route : routes_) {
        check_pattern(route.pattern);
        CHECK(route.handler && route.body_max <= body_size_max && names.insert(route.name).second);
        CHECK(route.method != Method::head && route.method != Method::trace);
        auto const segments = split(route.pattern);
        auto place = std::ranges::find(places, segments, &Place::segments);
        if (place == places.end())
            place = places.insert(places.end(), Place{.segments = segments, .routes = {}});
        CHECK(!find_method(place->routes, route.method));
        place->routes.push_back(&route);
    }
    for (auto& place : places) {
        if (std::ranges::any_of(place.segments, is_name))
            named_.push_back(std::move(place));
        else
            literal_.emplace(place.routes.front()->pattern, std::move(place));
    }
    std::ranges::sort(named_, {}, [](Place const& place) {
        return std::pair(precedence(place.segments), place.routes.front()->pattern);
    });
}

Router::Place const* Router::find_place(std::string_view path, std::vector<PathParameter>& parameters) const {
    if (auto const found = literal_.find(path); found != literal_.end())
        return &found->second;
    if (!path.starts_with('/'))
        return nullptr;
    for (auto const& place : named_)
        if (match(place.segments, path.substr(1), parameters))
            return &place;
    return nullptr;
}

Result<RouteMatch, NoRoute> Router::find(Method method, std::string_view path) const {
    std::vector<PathParameter> parameters;
    auto const* const place = find_place(path, parameters);
    if (!place)
        return std::unexpected{NoRoute{.problem = Problem::not_found, .allowed = {}}};
    if (auto const* const route = find_method(place->routes, method))
        return RouteMatch{.route = route, .parameters = std::move(parameters)};
    return std::unexpected{
        NoRoute{.problem = Problem::method_not_allowed, .allowed = allowed_methods(place->routes)}};
}

} // namespace bulla::http
