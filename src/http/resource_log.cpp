#include "http/resource_log.hpp"

#include "http/problem.hpp"
#include "merkle/tile.hpp"
#include "service/application.hpp"

namespace bulla::http {
namespace {

constexpr std::string_view immutable = "public, max-age=31536000, immutable";

Response tile_response(std::string bytes) {
    return {.status = 200, .content_type = octets, .body = std::move(bytes), .cache_control = immutable};
}

// The newest stored tile of a level may be longer than an earlier size asks for: the rest is cut off.
std::optional<std::string> load_tile(store::LedgerDatabase& ledger, merkle::TileId const& tile) {
    auto const stored = ledger.load_tile(tile.level, tile.number);
    auto const size = std::size_t{tile.width} * merkle::NodeHash::size;
    if (!stored || !*stored || (*stored)->size() < size)
        return std::nullopt;
    return std::string(base::as_text(base::ByteView(**stored).first(size)));
}

std::optional<std::string> load_bundle(store::LedgerDatabase& ledger, merkle::BundleId const& bundle) {
    std::vector<base::ByteBuffer> entries;
    auto const first = ledger::LeafIndex{bundle.number * merkle::tile_width_max};
    auto const walked = ledger.each_entry(first, [&](ledger::LeafIndex, base::ByteView entry) {
        entries.push_back(base::to_buffer(entry));
        return entries.size() < bundle.width;
    });
    if (!walked || entries.size() != bundle.width)
        return std::nullopt;
    auto const encoded = merkle::encode_bundle({entries.begin(), entries.end()});
    return std::string(base::as_text(encoded));
}

} // namespace

boost::asio::awaitable<Response> show_checkpoint(Request, Context context) {
    auto response = make_text(200, context.application.ground().head()->checkpoint);
    response.cache_control = "public, max-age=1";
    co_return response;
}

boost::asio::awaitable<Response> show_tile(Request request, Context context) {
    auto const& ground = context.application.ground();
    auto const resource = merkle::parse_tile_path(request.path().substr(std::string_view("/log/").size()));
    if (!resource)
        co_return make_problem(Problem::not_found);
    auto const size = ground.head()->size;
    auto bytes = std::visit(
        [&](auto const& wanted) -> std::optional<std::string> {
            if (!merkle::is_in_tree(wanted, size))
                return std::nullopt;
            if constexpr (requires { wanted.level; })
                return load_tile(ground.ledger, wanted);
            else
                return load_bundle(ground.ledger, wanted);
        },
        *resource);
    co_return bytes ? tile_response(*std::move(bytes)) : make_problem(Problem::not_found);
}

boost::asio::awaitable<Response> show_key_set(Request, Context context) {
    auto response = make_json(200, context.application.tokens().key_set());
    response.cache_control = "public, max-age=300";
    co_return response;
}

// 503 while entries are not accepted, and from the signal to end on: a balancer sends people elsewhere.
boost::asio::awaitable<Response> show_readiness(Request, Context context) {
    co_return context.application.is_ready() ? make_text(200, "ready") : make_problem(Problem::read_only);
}

boost::asio::awaitable<Response> show_health(Request, Context) {
    co_return make_text(200, "ok");
}

} // namespace bulla::http
