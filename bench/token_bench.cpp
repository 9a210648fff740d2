// Access tokens made and checked a second, beside the bare signature over the same bytes.
#include "crypto/start.hpp"
#include "token/access_token.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace bulla;

crypto::Ed25519KeyPair const& signing_key() {
    static auto const key = crypto::Ed25519KeyPair::from_seed(
        crypto::Ed25519Seed::make([](base::ByteSpan bytes) { std::ranges::fill(bytes, std::uint8_t{7}); }));
    return key;
}

constexpr std::chrono::sys_seconds noon{std::chrono::seconds{1'800'000'000}};

token::AccessToken access_token() {
    return {.issuer = "https://id.example",
            .subject = token::Subject(std::array<std::uint8_t, 16>{1, 2, 3}),
            .audience = "https://api.example",
            .client_id = "plain-form",
            .issued_at = noon,
            .expires_at = noon + std::chrono::minutes{15},
            .token_id = token::TokenId(std::array<std::uint8_t, 16>{4, 5, 6}),
            .session_id = token::SessionId(std::array<std::uint8_t, 16>{7, 8, 9}),
            .username = "alice"};
}

void make_token(benchmark::State& state) {
    auto const key_id = token::make_key_id(signing_key().public_key());
    auto const claims = access_token();
    for (auto _ : state)
        benchmark::DoNotOptimize(token::make_access_token(claims, key_id, signing_key()));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(make_token);

void check_token(benchmark::State& state) {
    auto const key_id = token::make_key_id(signing_key().public_key());
    auto const text = token::make_access_token(access_token(), key_id, signing_key());
    token::Expected const expected{
        .issuer = "https://id.example", .audience = "https://api.example", .now = noon};
    auto const find_key = [](token::KeyId const&) { return std::optional(signing_key().public_key()); };
    for (auto _ : state)
        CHECK(token::check_access_token(text, expected, find_key).has_value());
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(check_token);

void bare_sign(benchmark::State& state) {
    base::ByteBuffer const message(500);
    for (auto _ : state)
        benchmark::DoNotOptimize(signing_key().sign(message));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bare_sign);

void bare_verify(benchmark::State& state) {
    base::ByteBuffer const message(500);
    auto const signature = signing_key().sign(message);
    for (auto _ : state)
        CHECK(crypto::verify(signing_key().public_key(), message, signature));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(bare_verify);

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
