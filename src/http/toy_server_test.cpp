#include "support/toy_server.hpp"

namespace bulla::http::test {
namespace {

using boost::asio::awaitable;

awaitable<Response> pong(Request, Context) {
    co_return make_text(200, "pong");
}
awaitable<Response> echo(Request request, Context) {
    co_return make_text(200, std::string(request.body_text()));
}
awaitable<Response> item(Request request, Context) {
    co_return make_text(200, std::string(request.parameter("name")));
}
awaitable<Response> client(Request, Context context) {
    co_return make_text(200, context.client.address.to_string());
}
awaitable<Response> fail(Request, Context) {
    throw std::runtime_error("table on fire");
    co_return Response{};
}
awaitable<Response> reflect(Request request, Context) {
    auto const query = parse_query(request);
    if (!query)
        co_return make_problem(query.error());
    co_return make_empty(303).with("Location", std::string(query->find("to").value_or("/")));
}
awaitable<Response> form(Request request, Context) {
    auto const fields = parse_form(request, {.required = {"username", "password"}});
    if (!fields)
        co_return make_problem(fields.error());
    co_return make_text(200, std::string((*fields)["username"]) + "|" + std::string((*fields)["password"]));
}
awaitable<Response> large(Request, Context) {
    co_return make_text(200, std::string(3'000'000, 'x'));
}
awaitable<Response> stream(Request, Context) {
    Response response{.content_type = "text/event-stream"};
    response.source = [left = 3]() mutable -> awaitable<std::string> {
        co_return left-- > 0 ? "piece " + std::to_string(left) + "\n" : std::string();
    };
    co_return response;
}

} // namespace

std::vector<Route> ToyServer::routes() {
    auto const count = [this](Request, Context) -> awaitable<Response> {
        ++calls;
        co_return make_text(200, "counted");
    };
    auto const wait = [this](Request, Context) -> awaitable<Response> {
        gate_reached.set_value();
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
        while (!gate_open) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        co_return make_text(200, "open");
    };
    auto const hold = [this](Request, Context) -> awaitable<Response> {
        gate_reached.set_value();
        gate_open.wait(false);
        co_return make_text(200, "let go");
    };
    return {{Method::get, "/ping", "ping", Access::anyone, pong},
            {Method::post, "/echo", "echo", Access::anyone, echo, 1000},
            {Method::post, "/large-echo", "large_echo", Access::anyone, echo, 500'000},
            {Method::get, "/count", "count", Access::anyone, count},
            {Method::post, "/count", "count_post", Access::anyone, count, 1000},
            {Method::get, "/items/{name}", "item", Access::anyone, item},
            {Method::get, "/client", "client", Access::anyone, client},
            {Method::get, "/fail", "fail", Access::anyone, fail},
            {Method::get, "/reflect", "reflect", Access::anyone, reflect},
            {Method::post, "/form", "form", Access::anyone, form, form_size_max},
            {Method::get, "/large", "large", Access::anyone, large},
            {Method::get, "/stream", "stream", Access::anyone, stream},
            {Method::get, "/gate", "gate", Access::anyone, wait},
            {Method::get, "/hold", "hold", Access::anyone, hold}};
}

} // namespace bulla::http::test
