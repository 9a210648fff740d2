#include "http/resource_events.hpp"

#include "http/problem.hpp"
#include "service/application.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <charconv>

namespace bulla::http {
namespace {

constexpr std::chrono::seconds seat_retry{30};

using Height = std::optional<ledger::BlockHeight>;

// Plain decimal, as it was given out; an empty field is none (HTML §9.2.4).
Result<Height, Problem> last_seen(Request const& request) {
    auto const field = request.field("last-event-id").value_or("");
    if (field.empty())
        return Height{};
    std::uint64_t height = 0;
    auto const [end, error] = std::from_chars(field.data(), field.data() + field.size(), height);
    if (error != std::errc{} || end != field.data() + field.size())
        return std::unexpected{Problem::value_not_allowed};
    return Height{ledger::BlockHeight{height}};
}

void append_event(std::string& out, service::BlockNews::Block const& block, std::string_view checkpoint) {
    auto const& entry = block.entry;
    boost::json::object const data{{"height", entry.height.number()},
                                   {"time", base::unix_milliseconds(entry.time)},
                                   {"index", block.index.number()},
                                   {"entries", entry.entry_count},
                                   {"checkpoint", checkpoint}};
    fmt::format_to(std::back_inserter(out), "event: block\nid: {}\ndata: {}\n\n", entry.height.number(),
                   boost::json::serialize(data));
}

boost::asio::awaitable<std::string> next_piece(service::BlockFeed::Listener& listener) {
    auto const news = co_await listener.next();
    if (!news)
        co_return std::string();
    if (news->blocks.empty())
        co_return ":\n\n";
    std::string piece;
    for (auto const& block : news->blocks)
        append_event(piece, block, news->head->checkpoint);
    co_return piece;
}

} // namespace

boost::asio::awaitable<Response> show_events(Request request, Context context) {
    auto const seen = last_seen(request);
    if (!seen)
        co_return make_problem(seen.error());
    auto listener = context.application.blocks().listen(context.client.prefix, *seen);
    if (listener == nullptr)
        co_return make_problem(Problem::too_busy, seat_retry);
    Response response{.content_type = "text/event-stream"};
    response.with("X-Accel-Buffering", "no"); // nginx passes each piece on as it comes
    response.source = [listener = std::move(listener)] { return next_piece(*listener); };
    co_return response;
}

boost::asio::awaitable<Response> show_sign_ins(Request, Context context) {
    auto const view = context.application.events().sign_ins().view(context.now);
    boost::json::array counts;
    for (auto const count : view.counts)
        counts.emplace_back(count);
    co_return make_json(
        200, boost::json::serialize(boost::json::object{{"since", base::unix_milliseconds(view.since)},
                                                        {"first", base::unix_milliseconds(view.first)},
                                                        {"counts", std::move(counts)}}));
}

} // namespace bulla::http
