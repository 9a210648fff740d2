#include "merkle/checkpoint.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

constexpr std::string_view origin = "auth.example.org/log";
constexpr std::string_view root_line = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

crypto::Ed25519KeyPair key_pair(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{number};
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed));
}

VerifierKey log_key() {
    return VerifierKey::make(std::string(origin), NoteKeyType::ed25519, key_pair(1).public_key());
}

VerifierKey cosigner(std::string name, std::uint8_t number) {
    return VerifierKey::make(std::move(name), NoteKeyType::cosignature, key_pair(number).public_key());
}

Checkpoint example() {
    return {.origin = std::string(origin),
            .size = TreeSize{20852163},
            .root = LogRoot::from(base::parse_base64(root_line.substr(0, 44)).value())};
}

std::string text_of(std::string_view size) {
    return std::string(origin) + "\n" + std::string(size) + "\n" + std::string(root_line);
}

TEST(Checkpoint, prints_the_three_lines_of_the_specification) {
    auto behind_the_sofa = example();
    behind_the_sofa.origin = "example.com/behind-the-sofa";
    EXPECT_EQ(print_checkpoint(behind_the_sofa),
              "example.com/behind-the-sofa\n20852163\n" + std::string(root_line));
    EXPECT_EQ(parse_checkpoint(print_checkpoint(behind_the_sofa)).value(), behind_the_sofa);
}

RC_GTEST_PROP(Checkpoint, parses_back_to_what_was_printed, (std::uint64_t number)) {
    Checkpoint const checkpoint{
        .origin = std::string(origin), .size = TreeSize{number | 1}, .root = example().root};
    RC_ASSERT(parse_checkpoint(print_checkpoint(checkpoint)).value() == checkpoint);
}

TEST(Checkpoint, of_another_form_is_refused) {
    EXPECT_TRUE(parse_checkpoint(text_of("18446744073709551615")));
    for (auto const* size : {"", "01", "+1", "-1", " 1", "1 ", "0x1", "18446744073709551616"})
        EXPECT_EQ(parse_checkpoint(text_of(size)).error(), NoteFault::wrong_checkpoint) << size;
    std::string const good = text_of("1");
    for (auto const& text :
         {std::string(), good.substr(0, good.size() - 1), good + "\n", "\n" + good,
          good.substr(good.find('\n')), "a b\n1\n" + std::string(root_line), std::string(origin) + "\n1\n",
          std::string(origin) + "\n1\nAAAA\n", std::string(origin) + "\n1\n" + std::string(43, 'A') + "\n"})
        EXPECT_EQ(parse_checkpoint(text).error(), NoteFault::wrong_checkpoint) << text;
}

TEST(Checkpoint, of_the_empty_tree_has_its_root) {
    EXPECT_EQ(parse_checkpoint(text_of("0")).error(), NoteFault::wrong_checkpoint);
    EXPECT_TRUE(parse_foreign_checkpoint(text_of("0")));
    Checkpoint const empty{.origin = std::string(origin), .size = TreeSize{0}, .root = empty_root()};
    EXPECT_EQ(parse_checkpoint(print_checkpoint(empty)).value(), empty);
}

TEST(Checkpoint, with_extension_lines_is_foreign) {
    auto const extended = text_of("1") + "extension\nanother one\n";
    EXPECT_EQ(parse_checkpoint(extended).error(), NoteFault::wrong_checkpoint);
    EXPECT_EQ(parse_foreign_checkpoint(extended).value().size, TreeSize{1});
    EXPECT_EQ(parse_foreign_checkpoint(text_of("1") + "\n").error(), NoteFault::wrong_checkpoint);
    EXPECT_EQ(parse_foreign_checkpoint(text_of("1") + "cut").error(), NoteFault::wrong_checkpoint);
    EXPECT_TRUE(parse_foreign_checkpoint("go.sum database tree\n1\n" + std::string(root_line)));
}

TEST(Checkpoint, signed_by_the_log_opens_with_its_key) {
    auto const opened = open_checkpoint(sign_checkpoint(example(), key_pair(1)), log_key(), {}).value();
    EXPECT_EQ(opened.checkpoint, example());
    EXPECT_TRUE(opened.cosignatures.empty());
}

TEST(Checkpoint, signed_twice_has_the_same_bytes) {
    EXPECT_EQ(sign_checkpoint(example(), key_pair(1)), sign_checkpoint(example(), key_pair(1)));
}

TEST(Checkpoint, without_the_logs_own_signature_is_refused_whoever_cosigned) {
    auto const text = print_checkpoint(example());
    auto const note = print_note({.text = text, .lines = {cosign_note(text, "w1", {}, key_pair(2))}});
    std::vector const cosigners{cosigner("w1", 2)};
    EXPECT_EQ(open_checkpoint(note, log_key(), cosigners).error(), NoteFault::no_known_signature);
}

TEST(Checkpoint, of_another_origin_is_refused_though_the_log_key_signed_it) {
    auto other = example();
    other.origin = "other.example.org/log";
    auto const text = print_checkpoint(other);
    auto const note = print_note({.text = text, .lines = {sign_note(text, origin, key_pair(1))}});
    EXPECT_EQ(open_checkpoint(note, log_key(), {}).error(), NoteFault::wrong_origin);
}

TEST(Checkpoint, counts_its_cosigners_and_ignores_strangers) {
    auto const text = print_checkpoint(example());
    std::vector const lines{cosign_note(text, "w1", {}, key_pair(2)),
                            cosign_note(text, "w2", {}, key_pair(3)),
                            cosign_note(text, "stranger", {}, key_pair(4))};
    auto const note = add_note_lines(sign_checkpoint(example(), key_pair(1)), lines).value();
    std::vector const cosigners{cosigner("w1", 2), cosigner("w0", 9), cosigner("w2", 3)};
    auto const opened = open_checkpoint(note, log_key(), cosigners).value();
    ASSERT_EQ(opened.cosignatures.size(), 2u);
    EXPECT_EQ(opened.cosignatures[0].key_index, 0u);
    EXPECT_EQ(opened.cosignatures[1].key_index, 2u);
}

TEST(Checkpoint, with_a_false_cosignature_of_a_known_cosigner_is_refused) {
    std::vector const lines{cosign_note("another text\n", "w1", {}, key_pair(2))};
    auto const note = add_note_lines(sign_checkpoint(example(), key_pair(1)), lines).value();
    std::vector const cosigners{cosigner("w1", 2)};
    EXPECT_EQ(open_checkpoint(note, log_key(), cosigners).error(), NoteFault::wrong_signature);
}

TEST(Checkpoint, does_not_get_the_same_line_twice) {
    auto const note = sign_checkpoint(example(), key_pair(1));
    std::vector const lines{cosign_note(print_checkpoint(example()), "w1", {}, key_pair(2))};
    auto const once = add_note_lines(note, lines).value();
    EXPECT_EQ(add_note_lines(once, lines).value(), once);
    EXPECT_EQ(once.size(), note.size() + print_note_line(lines.front()).size());
}

TEST(Checkpoint, does_not_grow_beyond_what_can_be_read_back) {
    std::vector<NoteLine> lines;
    for (std::uint64_t count = 0; count < note_signatures_max; ++count)
        lines.push_back({.name = "w" + std::to_string(count), .key_id = {}, .signature = {1}});
    auto const note = sign_checkpoint(example(), key_pair(1));
    EXPECT_EQ(add_note_lines(note, lines).error(), NoteFault::too_large);
    lines.pop_back();
    EXPECT_TRUE(parse_note(add_note_lines(note, lines).value()));
}

} // namespace
} // namespace bulla::merkle
