#include "http/chunked_body.hpp"

#include "http/limits.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::http {
namespace {

struct Read {
    std::string body;
    std::size_t used = 0;
    bool operator==(Read const&) const = default;
};

// nothing when the text ends too early.
Result<std::optional<Read>, Problem> read(std::string_view text, std::size_t body_max = 100) {
    ChunkedBody body(body_max);
    auto const used = TRY(body.take(base::as_bytes(text)));
    if (!body.is_complete())
        return std::nullopt;
    return Read{.body = std::string(base::as_text(std::move(body).take_body().expose())), .used = used};
}

constexpr std::string_view plain = "5\r\nhello\r\n8;x=\"y\"\r\n, world!\r\n0\r\nX-Trailer: a\r\n\r\n";

TEST(ChunkedBody, is_put_together_from_its_chunks) {
    EXPECT_EQ(read(plain).value(), (Read{"hello, world!", plain.size()}));
    EXPECT_EQ(read("0\r\n\r\nGET").value(), (Read{"", 5}));
    EXPECT_EQ(read("00A\r\n0123456789\r\n0\r\n\r\n").value()->body, "0123456789");
}

TEST(ChunkedBody, is_complete_at_its_last_byte_and_not_before) {
    for (std::size_t size = 0; size < plain.size(); ++size)
        EXPECT_EQ(read(plain.substr(0, size)).value(), std::nullopt) << size;
}

TEST(ChunkedBody, is_read_alike_however_the_bytes_are_split) {
    for (std::size_t split = 0; split <= plain.size(); ++split) {
        ChunkedBody body(100);
        EXPECT_EQ(body.take(base::as_bytes(plain.substr(0, split))).value(), split);
        EXPECT_EQ(body.take(base::as_bytes(plain.substr(split))).value(), plain.size() - split);
        EXPECT_EQ(base::as_text(std::move(body).take_body().expose()), "hello, world!");
    }
}

// B4
TEST(ChunkedBody, of_another_shape_than_the_grammar_is_refused) {
    for (std::string_view const text : {"0x5\r\nhello\r\n0\r\n\r\n",
                                        "+5\r\nhello\r\n0\r\n\r\n",
                                        "-0\r\n\r\n",
                                        "5 \r\nhello\r\n0\r\n\r\n",
                                        " 5\r\nhello\r\n0\r\n\r\n",
                                        "5_0\r\nhello\r\n0\r\n\r\n",
                                        "\r\nhello\r\n0\r\n\r\n",
                                        "00000000000000005\r\nhello\r\n0\r\n\r\n",
                                        "5\nhello\n0\n\n",
                                        "5\r\nhello\n0\r\n\r\n",
                                        "5\r\nhello0\r\n\r\n",
                                        "5\r\nhello!\r\n0\r\n\r\n",
                                        "5;a\rb\r\nhello\r\n0\r\n\r\n",
                                        "5;a\x01\r\nhello\r\n0\r\n\r\n",
                                        "5;a\nb\r\nhello\r\n0\r\n\r\n",
                                        "-5\r\nhello\r\n0\r\n\r\n",
                                        "g\r\n",
                                        "0\r\nno colon\r\n\r\n",
                                        "0\r\n: x\r\n\r\n",
                                        "0\r\n folded: x\r\n\r\n",
                                        "0\r\nX: \x01\r\n\r\n",
                                        "0\r\n\n"})
        EXPECT_EQ(read(text).error(), Problem::request_malformed) << text;
}

TEST(ChunkedBody, with_lines_beyond_their_limits_is_refused) {
    EXPECT_EQ(read("5;" + std::string(64 * 1024, 'x')).error(), Problem::request_malformed);
    std::string many;
    for (std::size_t size = 0; size <= chunk_overhead_max; size += 5)
        many += "1\r\nx\r\n";
    EXPECT_EQ(read(many, chunk_overhead_max).error(), Problem::request_malformed);
}

// B12
TEST(ChunkedBody, is_refused_when_a_size_goes_beyond_the_limit_before_its_bytes_come) {
    EXPECT_TRUE(read("5\r\nhello\r\n0\r\n\r\n", 5).value().has_value());
    EXPECT_EQ(read("6\r\n", 5).error(), Problem::body_too_large);
    EXPECT_EQ(read("3\r\nabc\r\n3\r\n", 5).error(), Problem::body_too_large);
    EXPECT_EQ(read("ffffffffffffffff\r\n", 5).error(), Problem::body_too_large);
    EXPECT_EQ(read("1\r\nx\r\nffffffffffffffff\r\n", 5).error(), Problem::body_too_large);
}

TEST(ChunkedBody, takes_no_byte_beyond_its_end) {
    ChunkedBody body(10);
    EXPECT_EQ(body.take(base::as_bytes("0\r\n\r\nmore")).value(), 5);
    EXPECT_EQ(body.take(base::as_bytes("more")).value(), 0);
}

RC_GTEST_PROP(ChunkedBody, gives_back_any_pieces_it_was_made_of, (std::vector<std::string> const& pieces)) {
    std::string text;
    std::string whole;
    for (auto const& piece : pieces)
        if (!piece.empty()) {
            text += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
            whole += piece;
        }
    text += "0\r\n\r\n";
    auto const result = read(text, 1'000'000);
    RC_ASSERT(result.has_value());
    RC_ASSERT(**result == (Read{whole, text.size()}));
}

} // namespace
} // namespace bulla::http
