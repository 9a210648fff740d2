#include "http/lease.hpp"

#include "http/bearer.hpp"
#include "http/problem.hpp"
#include "service/application.hpp"

namespace bulla::http {
namespace {

using HandlerPointer = std::shared_ptr<Handler const>;

bool needs_lease(Route const& route) {
    return route.access == Access::account || route.pattern.contains("login");
}

boost::asio::awaitable<Response> answer(HandlerPointer handler, Request request, Context context) {
    auto& application = context.application;
    if (!application.holds_lease())
        co_return make_problem(Problem::too_busy, std::chrono::seconds(5));
    if (context.route.access == Access::account)
        if (auto const token = token_text(request, context))
            co_await application.fetch_session(std::string(*token));
    co_return co_await (*handler)(std::move(request), std::move(context));
}

} // namespace

void answer_under_lease(std::vector<Route>& routes) {
    for (auto& route : routes)
        if (needs_lease(route)) {
            auto const handler = std::make_shared<Handler const>(std::move(route.handler));
            route.handler = [handler](Request request, Context context) {
                return answer(handler, std::move(request), std::move(context));
            };
        }
}

} // namespace bulla::http
