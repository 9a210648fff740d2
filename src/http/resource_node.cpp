#include "http/resource_node.hpp"

#include "http/problem.hpp"
#include "service/application.hpp"

#include <charconv>

namespace bulla::http {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

Response make_octets(base::ByteView bytes) {
    return {.status = 200, .content_type = octets, .body = std::string(base::as_text(bytes))};
}

} // namespace

// Who is no node of the list is not told more than that there is nothing.
boost::asio::awaitable<Response> answer_node(Request request, Context context) {
    auto* const peers = context.application.peers();
    if (peers == nullptr)
        co_return make_problem(Problem::not_found);
    auto answer = co_await peers->answer(base::to_buffer(request.body()));
    if (!answer)
        co_return make_problem(Problem::not_found);
    co_return Response{.status = 200, .content_type = octets, .body = std::string(base::as_text(*answer))};
}

boost::asio::awaitable<Response> list_snapshots(Request, Context context) {
    auto* const joins = context.application.ground().joins;
    if (joins == nullptr)
        co_return make_problem(Problem::not_found);
    co_return make_octets(ledger::encode(joins->snapshots()));
}

boost::asio::awaitable<Response> show_snapshot_chunk(Request request, Context context) {
    auto* const joins = context.application.ground().joins;
    auto const height = parse_number<std::uint64_t>(request.parameter("height"));
    auto const number = parse_number<std::uint32_t>(request.parameter("chunk"));
    if (joins == nullptr || !height || !number)
        co_return make_problem(Problem::not_found);
    auto const chunk = joins->load_chunk(store::EngineHeight{*height}, *number);
    co_return chunk ? make_octets(*chunk) : make_problem(Problem::not_found);
}

boost::asio::awaitable<Response> describe_block(Request request, Context context) {
    auto* const joins = context.application.ground().joins;
    auto const height = parse_number<std::uint64_t>(request.parameter("height"));
    if (joins == nullptr || !height)
        co_return make_problem(Problem::not_found);
    auto described = co_await joins->describe_block(store::EngineHeight{*height});
    if (!described)
        co_return make_problem(Problem::not_found);
    co_return Response{.status = 200, .content_type = octets, .body = *std::move(described)};
}

} // namespace bulla::http
