#include "sequencer/comet/engine_rpc.hpp"

#include "base/encoding.hpp"
#include "net/http_client.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace bulla::sequencer::comet {
namespace {

namespace json = boost::json;

constexpr std::string_view seen_before = "tx already exists in cache";

Handover handover_of(net::HttpClientFault fault) {
    switch (fault) {
    case net::HttpClientFault::unknown_host:
    case net::HttpClientFault::not_connected: return Handover::busy;
    case net::HttpClientFault::late:
    case net::HttpClientFault::malformed:
    case net::HttpClientFault::too_large: return Handover::unclear;
    }
    CHECK_UNREACHABLE();
}

// Answers to a batch come in its order; one that failed has an error in the place of its result.
bool has_results(std::string_view body, std::size_t count) {
    json::error_code error;
    auto const value = json::parse(body, error);
    return !error && value.is_array() && value.get_array().size() == count &&
           std::ranges::all_of(value.get_array(), [](json::value const& each) {
               return each.is_object() && each.get_object().contains("result");
           });
}

} // namespace

HandoverAnswer parse_handover(std::string_view body) {
    json::error_code error;
    auto const value = json::parse(body, error);
    if (error || !value.is_object())
        return {};
    if (auto const* const refusal = value.get_object().if_contains("error")) {
        auto const* const data = refusal->is_object() ? refusal->get_object().if_contains("data") : nullptr;
        bool const is_known = data != nullptr && data->is_string() &&
                              std::string_view(data->get_string()).contains(seen_before);
        return {.handover = is_known ? Handover::known : Handover::busy};
    }
    auto const* const result = value.get_object().if_contains("result");
    auto const* const code =
        result != nullptr && result->is_object() ? result->get_object().if_contains("code") : nullptr;
    if (code == nullptr)
        return {};
    auto const number = code->to_number<std::uint32_t>(error);
    if (error)
        return {};
    return {.handover = number == 0 ? Handover::taken : Handover::refused, .code = number};
}

boost::asio::awaitable<HandoverAnswer> hand_over(std::filesystem::path socket, base::ByteBuffer transaction,
                                                 std::chrono::milliseconds time_max) {
    net::HttpRequest request{
        .method = "POST",
        .target = "/",
        .host = "engine",
        .fields = {{"Content-Type", "application/json"}},
        .body =
            fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"broadcast_tx_sync","params":{{"tx":"{}"}}}})",
                        base::to_base64(transaction))};
    auto const answer = co_await net::exchange(net::UnixPeer{socket.string()}, std::move(request),
                                               {.time_max = time_max, .body_size_max = 64 * 1024});
    if (!answer)
        co_return HandoverAnswer{.handover = handover_of(answer.error())};
    co_return parse_handover(answer->body);
}

boost::asio::awaitable<std::optional<std::string>> describe_block(std::filesystem::path socket,
                                                                  store::EngineHeight height,
                                                                  std::chrono::milliseconds time_max) {
    auto const call = [&](int id, std::string_view method, std::string_view more) {
        return fmt::format(R"({{"jsonrpc":"2.0","id":{},"method":"{}","params":{{"height":"{}"{}}}}})", id,
                           method, height.number(), more);
    };
    net::HttpRequest request{.method = "POST",
                             .target = "/",
                             .host = "engine",
                             .fields = {{"Content-Type", "application/json"}},
                             .body = fmt::format("[{},{},{}]", call(1, "commit", ""),
                                                 call(2, "validators", R"(,"page":"1","per_page":"100")"),
                                                 call(3, "consensus_params", ""))};
    auto answer = co_await net::exchange(net::UnixPeer{socket.string()}, std::move(request),
                                         {.time_max = time_max, .body_size_max = block_description_size_max});
    if (!answer || !has_results(answer->body, 3))
        co_return std::nullopt;
    co_return std::move(answer->body);
}

} // namespace bulla::sequencer::comet
