#include "cli/control.hpp"

#include "base/encoding.hpp"
#include "cli/await.hpp"
#include "cli/key_control.hpp"
#include "crypto/random.hpp"
#include "http/problem.hpp"
#include "service/application.hpp"
#include "service/proof.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using CopyName = base::Bytes<struct CopyNameMeaning, 16>;

constexpr std::chrono::seconds copy_time_max{60};
constexpr int copy_tries_max = 3;
constexpr int proof_tries_max = 200;

store::Stored<fs::path> make_copy(ControlParts const& parts) {
    auto const name = base::to_hex(crypto::random_bytes<CopyName>(parts.randomness));
    std::error_code error;
    fs::create_directory(copies_directory(parts.data), error);
    auto directory = copies_directory(parts.data) / name;
    TRY(parts.ledger.checkpoint(directory));
    return directory;
}

// RocksDB lists its files and then links them; one that it has done with in between is a failure that the
// next try does not meet.
store::Stored<fs::path> make_copy_at_last(ControlParts const& parts) {
    auto made = make_copy(parts);
    for (int tries = 1; !made && tries < copy_tries_max; ++tries) {
        parts.log->warn("a copy of the ledger is tried again: {}: {}", made.error().place,
                        made.error().detail);
        made = make_copy(parts);
    }
    return made;
}

boost::asio::awaitable<http::Response> copy_ledger(ControlParts parts) {
    auto const made = co_await parts.pool.run([parts] { return make_copy_at_last(parts); }, copy_time_max);
    if (made && !*made)
        parts.log->error("the ledger cannot be copied: {}: {}", made->error().place, made->error().detail);
    if (!made || !*made)
        co_return http::make_problem(http::Problem::internal_error);
    boost::json::object answer;
    answer["directory"] = (*made)->string();
    co_return http::make_json(200, boost::json::serialize(answer));
}

// A head just replaced may be a block behind the rows it is proved from; the next one is not.
boost::asio::awaitable<http::Response> prove(http::Request request, http::Context context) {
    auto const& ground = context.application.ground();
    auto const name = std::string(request.parameter("name"));
    auto const label = service::make_label(ground.keys.vrf_key, name);
    auto const vrf_proof = ground.keys.vrf_key.prove(base::as_bytes(name));
    for (int tries = 0; tries < proof_tries_max; ++tries) {
        if (auto made = service::make_account_proof(ground.ledger, ground.head(), {label, vrf_proof}))
            co_return http::make_text(200, *std::move(made));
        boost::asio::steady_timer pause(co_await boost::asio::this_coro::executor,
                                        std::chrono::milliseconds(5));
        co_await pause.async_wait(boost::asio::use_awaitable);
    }
    co_return http::make_problem(http::Problem::internal_error);
}

Result<net::HttpAnswer, ControlFault> ask(fs::path const& data, std::string method, std::string target) {
    auto answer = TRY(ask_control(data, std::move(method), std::move(target)));
    if (answer.status != 200)
        return std::unexpected{ControlFault::refused};
    return answer;
}

} // namespace

fs::path copies_directory(fs::path const& data) {
    return data / "copies";
}

fs::path control_socket(fs::path const& data) {
    return data / "control.sock";
}

std::vector<http::Route> make_control_routes(ControlParts const& parts) {
    std::vector<http::Route> routes;
    routes.push_back(
        {.method = http::Method::post,
         .pattern = "/control/ledger-copy",
         .name = "control_ledger_copy",
         .access = http::Access::local,
         .handler = [parts](http::Request const&, http::Context const&) { return copy_ledger(parts); },
         .body_max = 0});
    routes.push_back({.method = http::Method::get,
                      .pattern = "/control/proofs/{name}",
                      .name = "control_proof",
                      .access = http::Access::local,
                      .handler = prove,
                      .body_max = 0});
    for (auto& route : make_key_routes())
        routes.push_back(std::move(route));
    return routes;
}

Result<net::HttpAnswer, ControlFault> ask_control(fs::path const& data, std::string method,
                                                  std::string target) {
    net::HttpRequest request{.method = std::move(method), .target = std::move(target), .host = "localhost"};
    auto answer = await_here(net::exchange(net::UnixPeer{control_socket(data).string()}, std::move(request),
                                           {.time_max = copy_time_max}));
    if (!answer && answer.error() == net::HttpClientFault::not_connected)
        return std::unexpected{ControlFault::no_server};
    if (!answer)
        return std::unexpected{ControlFault::refused};
    return *std::move(answer);
}

Result<fs::path, ControlFault> request_ledger_copy(fs::path const& data) {
    auto const answer = TRY(ask(data, "POST", "/control/ledger-copy"));
    boost::json::error_code error;
    auto const parsed = boost::json::parse(answer.body, error);
    auto const* const object = parsed.if_object();
    auto const* const directory = object == nullptr ? nullptr : object->if_contains("directory");
    if (directory == nullptr || !directory->is_string())
        return std::unexpected{ControlFault::refused};
    return fs::path(std::string(directory->get_string()));
}

Result<std::string, ControlFault> request_proof(fs::path const& data, std::string_view username) {
    auto const target = "/control/proofs/" + boost::urls::encode(username, boost::urls::unreserved_chars);
    return std::move(TRY(ask(data, "GET", target)).body);
}

void remove_old_copies(fs::path const& data) {
    std::error_code ignored;
    fs::remove_all(copies_directory(data), ignored);
}

} // namespace bulla::cli
