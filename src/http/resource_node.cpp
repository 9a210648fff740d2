#include "http/resource_node.hpp"

#include "http/problem.hpp"
#include "service/application.hpp"

namespace bulla::http {

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

} // namespace bulla::http
