#include "http/client_address.hpp"

#include "http/limits.hpp"

#include <algorithm>

namespace bulla::http {
namespace {

using boost::asio::ip::address;

address unmapped(address const& given) {
    if (given.is_v6() && given.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, given.to_v6());
    return given;
}

std::optional<address> parse_address(std::string_view text) {
    boost::system::error_code error;
    auto const parsed = boost::asio::ip::make_address(std::string(text), error);
    if (error || (parsed.is_v6() && parsed.to_v6().scope_id() != 0))
        return std::nullopt;
    return unmapped(parsed);
}

std::string_view trim(std::string_view text) {
    auto const begin = std::min(text.find_first_not_of(" \t"), text.size());
    auto const end = text.find_last_not_of(" \t") + 1;
    return text.substr(begin, std::max(begin, end) - begin);
}

// The last entries of all X-Forwarded-For fields, the nearest first.
std::vector<std::string_view> forwarded_hops(Request const& request) {
    std::vector<std::string_view> hops;
    for (auto field = request.fields().rbegin(); field != request.fields().rend(); ++field) {
        if (!equals_ignoring_case(field->name, "x-forwarded-for"))
            continue;
        auto rest = field->value;
        for (bool more = true; more && hops.size() < forwarded_hops_max;) {
            auto const comma = rest.rfind(',');
            more = comma != std::string_view::npos;
            hops.push_back(trim(more ? rest.substr(comma + 1) : rest));
            rest = rest.substr(0, more ? comma : 0);
        }
    }
    return hops;
}

} // namespace

ClientAddress make_client_address(address const& given) {
    ClientAddress client{.address = unmapped(given)};
    auto keep = [&client](auto const& bytes, std::size_t size) {
        client.prefix.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    };
    if (client.address.is_v4())
        keep(client.address.to_v4().to_bytes(), 3);
    else
        keep(client.address.to_v6().to_bytes(), 7);
    return client;
}

std::optional<TrustedProxies> TrustedProxies::parse(std::vector<std::string> const& addresses) {
    TrustedProxies proxies;
    for (auto const& text : addresses) {
        auto const parsed = parse_address(text);
        if (!parsed)
            return std::nullopt;
        proxies.addresses_.push_back(*parsed);
    }
    return proxies;
}

bool TrustedProxies::has(address const& given) const {
    return std::ranges::find(addresses_, given) != addresses_.end();
}

ClientAddress find_client(ClientAddress const& peer, Request const& request, TrustedProxies const& proxies) {
    if (!proxies.has(peer.address))
        return peer;
    auto client = peer.address;
    for (auto const hop : forwarded_hops(request)) {
        auto const parsed = parse_address(hop);
        if (!parsed)
            break;
        client = *parsed;
        if (!proxies.has(client))
            break;
    }
    return make_client_address(client);
}

} // namespace bulla::http
