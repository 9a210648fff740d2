#include "merkle/proof_file.hpp"

#include "base/encoding.hpp"
#include "merkle/checkpoint.hpp"
#include "support/naive_log.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

constexpr std::string_view note = "log.example\n1\nroot\n\n\u2014 log.example AAAAAAA=\n";
constexpr std::string_view head = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view hash_line = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (auto const part : parts)
        text += part;
    return text;
}

NoteFault fault_of(std::string_view text) {
    return parse_proof_file(text).error();
}

TEST(ProofFile, prints_its_lines_in_order) {
    ProofFile const file{.extra = {0x00, 0x01},
                         .index = LeafIndex{7},
                         .path = {NodeHash{}, NodeHash{}},
                         .checkpoint = std::string(note)};
    EXPECT_EQ(print_proof_file(file),
              joined({head, "extra AAE=\nindex 7\n", hash_line, hash_line, "\n", note}));
}

TEST(ProofFile, of_a_leaf_verifies_under_its_checkpoint) {
    test::NaiveLog log;
    auto const key =
        crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(std::array<std::uint8_t, 32>{1}));
    Checkpoint const checkpoint{.origin = "log.example", .size = TreeSize{11}, .root = log.root(11)};
    auto const text = print_proof_file(
        {.index = LeafIndex{5}, .path = log.path(5, 0, 11), .checkpoint = sign_checkpoint(checkpoint, key)});
    auto const file = parse_proof_file(text).value();
    auto const log_key = VerifierKey::make("log.example", NoteKeyType::ed25519, key.public_key());
    auto const opened = open_checkpoint(file.checkpoint, log_key, {}).value();
    EXPECT_TRUE(check_inclusion(test::numbered_leaf(5), file.index, opened.checkpoint.tree(), file.path));
}

RC_GTEST_PROP(ProofFile, parses_back_to_what_was_printed, (base::ByteBuffer extra, std::uint64_t index)) {
    ProofFile const file{.extra = extra,
                         .index = LeafIndex{index},
                         .path = HashPath(*rc::gen::inRange<std::size_t>(0, 65)),
                         .checkpoint = std::string(note)};
    RC_ASSERT(parse_proof_file(print_proof_file(file)).value() == file);
}

TEST(ProofFile, of_another_form_is_refused) {
    EXPECT_TRUE(parse_proof_file(joined({head, "index 0\n\n", note})));
    for (auto const& text :
         {joined({"c2sp.org/tlog-proof@v2\nindex 0\n\n", note}), joined({head, "\n", note}),
          joined({head, "index\n\n", note}), joined({head, "index 00\n\n", note}),
          joined({head, "index -1\n\n", note}), joined({head, "index 18446744073709551616\n\n", note}),
          joined({head, "index 0\nextra AA==\n\n", note}), joined({head, "extra \nindex 0\n\n", note}),
          joined({head, "extra AB==\nindex 0\n\n", note}), joined({head, "extra AA\nindex 0\n\n", note}),
          joined({head, "extra AA==\nextra AA==\nindex 0\n\n", note}),
          joined({head, "Extra AA==\nindex 0\n\n", note}), joined({head, "index 0\nAAAA\n\n", note}),
          joined({head, "index 0\n", hash_line.substr(1), "\n", note}), joined({head, "index 0\n", note}),
          std::string(head), joined({head, "index 0\n"}), joined({head, "index 0"}),
          joined({"\n", head, "index 0\n\n", note})})
        EXPECT_EQ(fault_of(text), NoteFault::malformed_proof) << text;
    EXPECT_EQ(fault_of(joined({head, "index 0\n\n"})), NoteFault::malformed);
    EXPECT_EQ(fault_of(joined({head, "index 0\n\n", "no note\n"})), NoteFault::malformed);
}

TEST(ProofFile, has_at_most_64_hashes) {
    std::string hashes;
    for (auto count = 0; count < 64; ++count)
        hashes += hash_line;
    EXPECT_EQ(parse_proof_file(joined({head, "index 0\n", hashes, "\n", note})).value().path.size(), 64u);
    EXPECT_EQ(fault_of(joined({head, "index 0\n", hashes, hash_line, "\n", note})),
              NoteFault::malformed_proof);
}

TEST(ProofFile, cut_at_any_byte_is_refused) {
    auto const text = joined({head, "extra AAE=\nindex 7\n", hash_line, "\n", note});
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(parse_proof_file(std::string_view(text).substr(0, size))) << size;
}

} // namespace
} // namespace bulla::merkle
