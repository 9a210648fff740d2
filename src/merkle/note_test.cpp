#include "merkle/note.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"
#include "support/vectors.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

constexpr std::string_view example_key =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view example_text = "This is an example message.\n";
constexpr std::string_view example_line =
    "\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72"
    "IneyaQM=\n";

std::string example_note() {
    return std::string(example_text) + "\n" + std::string(example_line);
}

std::string text_of(boost::json::value const& value) {
    return std::string(value.as_string());
}

crypto::Ed25519KeyPair key_pair(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{number};
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed));
}

VerifierKey known_key(std::string name, NoteKeyType type, std::uint8_t number) {
    return VerifierKey::make(std::move(name), type, key_pair(number).public_key());
}

std::string note_of(std::string_view text, std::vector<NoteLine> lines) {
    return print_note({.text = std::string(text), .lines = std::move(lines)});
}

NoteFault fault_of(std::string_view note, std::vector<VerifierKey> const& keys) {
    return open_note(note, keys).error();
}

TEST(Note, of_the_specification_opens_with_its_published_key) {
    std::vector const keys{VerifierKey::parse(example_key).value()};
    auto const opened = open_note(example_note(), keys).value();
    EXPECT_EQ(opened.text, example_text);
    EXPECT_EQ(opened.signatures, (std::vector<GoodSignature>{{.key_index = 0, .time = std::nullopt}}));
}

TEST(Note, of_every_published_example_parses_to_its_parts_and_prints_back) {
    for (auto const* file : {"note/c2sp_examples.json", "note/sunlight_cosignatures.json"}) {
        auto const vectors = test::load_vectors(file);
        for (auto const& vector : vectors.at("notes").as_array()) {
            auto const note = parse_note(text_of(vector.at("note"))).value();
            EXPECT_EQ(note.text, text_of(vector.at("text")));
            ASSERT_EQ(note.lines.size(), vector.at("signatures").as_array().size());
            for (std::size_t index = 0; index < note.lines.size(); ++index) {
                auto const& expected = vector.at("signatures").at(index);
                EXPECT_EQ(note.lines[index].name, text_of(expected.at("name")));
                EXPECT_EQ(base::to_hex(note.lines[index].key_id), text_of(expected.at("key_id")));
                EXPECT_EQ(base::to_hex(note.lines[index].signature), text_of(expected.at("signature")));
            }
            EXPECT_EQ(print_note(note), text_of(vector.at("note")));
        }
    }
}

TEST(Cosignature, of_every_published_checkpoint_verifies_at_its_time) {
    auto const vectors = test::load_vectors("note/sunlight_cosignatures.json");
    EXPECT_EQ(vectors.at("notes").as_array().size(), 3u);
    for (auto const& vector : vectors.at("notes").as_array()) {
        std::vector const keys{VerifierKey::parse(text_of(vector.at("verifier_key"))).value()};
        EXPECT_EQ(keys.front().type(), NoteKeyType::cosignature);
        auto const opened = open_note(text_of(vector.at("note")), keys).value();
        ASSERT_EQ(opened.signatures.size(), 1u);
        auto const seconds = vector.at("cosignature").at("timestamp").to_number<std::int64_t>();
        EXPECT_EQ(base::unix_seconds(opened.signatures.front().time.value()), seconds);
    }
}

TEST(Cosignature, signs_the_message_of_the_published_examples) {
    for (auto const* file : {"note/c2sp_examples.json", "note/sunlight_cosignatures.json"}) {
        auto const vectors = test::load_vectors(file);
        for (auto const& vector : vectors.at("notes").as_array()) {
            if (!vector.as_object().contains("cosignature"))
                continue;
            auto const& expected = vector.at("cosignature");
            auto const seconds = expected.at("timestamp").to_number<std::uint64_t>();
            auto const line = cosign_note(text_of(vector.at("text")), "w",
                                          base::from_unix_milliseconds(seconds * 1000), key_pair(1));
            auto const signed_bytes =
                key_pair(1).sign(base::as_bytes(text_of(expected.at("signed_message"))));
            EXPECT_EQ(line.signature, base::concat(base::u64be(seconds), signed_bytes));
        }
    }
}

TEST(Note, signed_here_opens_with_its_own_key) {
    auto const note = note_of("text\n", {sign_note("text\n", "log.example", key_pair(1))});
    std::vector const keys{known_key("log.example", NoteKeyType::ed25519, 1)};
    EXPECT_EQ(open_note(note, keys).value().text, "text\n");
}

TEST(Note, parts_from_its_lines_at_the_last_blank_line) {
    constexpr std::string_view text = "first\n\nsecond\n\n\nlast\n";
    auto const note = note_of(text, {sign_note(text, "log.example", key_pair(1))});
    EXPECT_EQ(parse_note(note).value().text, text);
    std::vector const keys{known_key("log.example", NoteKeyType::ed25519, 1)};
    EXPECT_TRUE(open_note(note, keys));
}

TEST(Note, with_lines_of_unknown_keys_alone_is_refused) {
    auto const note = note_of("text\n", {sign_note("text\n", "log.example", key_pair(1))});
    EXPECT_EQ(fault_of(note, {}), NoteFault::no_known_signature);
    EXPECT_EQ(fault_of(note, {known_key("log.example", NoteKeyType::ed25519, 2)}),
              NoteFault::no_known_signature);
    EXPECT_EQ(fault_of(note, {known_key("other.example", NoteKeyType::ed25519, 1)}),
              NoteFault::no_known_signature);
    EXPECT_EQ(fault_of(note, {known_key("log.example", NoteKeyType::cosignature, 1)}),
              NoteFault::no_known_signature);
}

TEST(Note, with_a_name_or_a_key_id_known_but_not_both_ignores_the_line) {
    auto const good = sign_note("text\n", "log.example", key_pair(1));
    auto stranger = good;
    stranger.name = "other.example";
    auto renumbered = good;
    renumbered.key_id = NoteKeyId::from(std::array<std::uint8_t, 4>{1, 2, 3, 4});
    std::vector const keys{known_key("log.example", NoteKeyType::ed25519, 1)};
    auto const opened = open_note(note_of("text\n", {stranger, good, renumbered}), keys).value();
    EXPECT_EQ(opened.signatures.size(), 1u);
}

TEST(Note, with_one_wrong_line_of_a_known_key_is_refused_whole) {
    std::vector const keys{known_key("log.example", NoteKeyType::ed25519, 1),
                           known_key("w.example", NoteKeyType::cosignature, 2)};
    auto const by_log = sign_note("text\n", "log.example", key_pair(1));
    auto const by_witness = cosign_note("other\n", "w.example", {}, key_pair(2));
    EXPECT_EQ(fault_of(note_of("text\n", {by_log, by_witness}), keys), NoteFault::wrong_signature);
    auto cut = by_log;
    cut.signature.pop_back();
    EXPECT_EQ(fault_of(note_of("text\n", {by_log, cut}), keys), NoteFault::wrong_signature);
    auto empty_time = by_witness;
    empty_time.signature.resize(8);
    EXPECT_EQ(fault_of(note_of("text\n", {by_log, empty_time}), keys), NoteFault::wrong_signature);
}

TEST(Note, counts_a_line_that_stands_twice_once) {
    auto const line = sign_note("text\n", "log.example", key_pair(1));
    std::vector const keys{known_key("log.example", NoteKeyType::ed25519, 1)};
    EXPECT_EQ(open_note(note_of("text\n", {line, line}), keys).value().signatures.size(), 1u);
}

TEST(Note, counts_a_public_key_under_two_names_once) {
    std::vector const keys{known_key("w1.example", NoteKeyType::cosignature, 1),
                           known_key("w2.example", NoteKeyType::cosignature, 1),
                           known_key("w3.example", NoteKeyType::cosignature, 3)};
    auto const note = note_of("text\n", {cosign_note("text\n", "w1.example", {}, key_pair(1)),
                                         cosign_note("text\n", "w2.example", {}, key_pair(1)),
                                         cosign_note("text\n", "w3.example", {}, key_pair(3))});
    EXPECT_EQ(open_note(note, keys).value().signatures.size(), 2u);
}

TEST(Cosignature, of_which_a_key_made_several_has_the_newest_time) {
    std::vector const keys{known_key("w.example", NoteKeyType::cosignature, 1)};
    auto const at = [](std::uint64_t seconds) { return base::from_unix_milliseconds(seconds * 1000); };
    auto const line = [&](std::uint64_t seconds) {
        return cosign_note("text\n", "w.example", at(seconds), key_pair(1));
    };
    auto const opened = open_note(note_of("text\n", {line(5), line(9), line(7)}), keys).value();
    EXPECT_EQ(opened.signatures, (std::vector<GoodSignature>{{.key_index = 0, .time = at(9)}}));
}

TEST(Cosignature, whose_time_no_clock_here_can_hold_is_refused) {
    auto const seconds = std::uint64_t{1} << 60;
    auto const message = fmt::format("cosignature/v1\ntime {}\ntext\n", seconds);
    auto line = cosign_note("text\n", "w.example", {}, key_pair(1));
    line.signature = base::concat(base::u64be(seconds), key_pair(1).sign(base::as_bytes(message)));
    std::vector const keys{known_key("w.example", NoteKeyType::cosignature, 1)};
    EXPECT_EQ(fault_of(note_of("text\n", {line}), keys), NoteFault::wrong_signature);
}

TEST(Cosignature, is_cut_to_whole_seconds) {
    auto const line = cosign_note("text\n", "w.example", base::from_unix_milliseconds(12'999), key_pair(1));
    EXPECT_EQ(base::load_big_endian<std::uint64_t>(line.signature), 12u);
}

TEST(Note, accepts_sixteen_lines_of_post_quantum_size_and_refuses_more_than_a_hundred) {
    auto const good = sign_note("text\n", "log.example", key_pair(1));
    std::vector const keys{known_key("log.example", NoteKeyType::ed25519, 1)};
    std::vector<NoteLine> lines(15,
                                {.name = "w.example", .key_id = {}, .signature = base::ByteBuffer(5000, 1)});
    lines.push_back(good);
    EXPECT_TRUE(open_note(note_of("text\n", lines), keys));
    lines.assign(note_signatures_max, good);
    EXPECT_TRUE(open_note(note_of("text\n", lines), keys));
    lines.push_back(good);
    EXPECT_EQ(fault_of(note_of("text\n", lines), keys), NoteFault::too_large);
    std::string const text(note_size_max, 'a');
    EXPECT_EQ(fault_of(note_of(text + "\n", {good}), keys), NoteFault::too_large);
}

TEST(Note, that_is_no_text_is_refused) {
    for (auto const* text : {"a\tb\n", "a\rb\n", "\x01\n", "\xff\n", "\xc0\xaf\n", "\xed\xa0\x80\n"})
        EXPECT_EQ(parse_note(text + std::string("\n") + std::string(example_line)).error(),
                  NoteFault::not_text);
    auto const with_zero = std::string("a\0b\n\n", 5) + std::string(example_line);
    EXPECT_EQ(parse_note(with_zero).error(), NoteFault::not_text);
    EXPECT_TRUE(parse_note("\u00e8 subito sera\n\n" + std::string(example_line)));
}

TEST(Note, of_another_form_is_refused) {
    auto const good = example_note();
    std::string const text(example_text);
    std::string const line(example_line);
    auto const base64 = line.substr(line.find("Uw2"));
    for (auto const& note : {std::string(),
                             text,
                             line,
                             text + line,
                             text + "\n",
                             text + "\n" + line.substr(0, line.size() - 1),
                             "\n" + line,
                             good + "\n",
                             good + "x\n",
                             text + "\n- example.com/foo " + base64,
                             text + "\n\u2014example.com/foo " + base64,
                             text + "\n\u2014 example.com/foo" + base64,
                             text + "\n\u2014  " + base64,
                             text + "\n\u2014 a+b " + base64,
                             text + "\n\u2014 a\u00a0b " + base64,
                             text + "\n\u2014 a b " + base64,
                             text + "\n\u2014 a \n",
                             text + "\n\u2014 a AAAAAA==\n",
                             text + "\n\u2014 a " + base64.substr(0, base64.size() - 2) + "\n",
                             text + "\n\u2014 a AAAAAAB=\n",
                             text + "\n \u2014 a AAAAAAA=\n"})
        EXPECT_EQ(parse_note(note).error(), NoteFault::malformed) << note;
    EXPECT_TRUE(parse_note(text + "\n\u2014 a AAAAAAA=\n"));
}

TEST(Note, with_any_byte_changed_does_not_open) {
    std::vector const keys{VerifierKey::parse(example_key).value()};
    auto const good = example_note();
    for (std::size_t index = 0; index < good.size(); ++index) {
        for (auto const change : {0x01, 0x20, 0x80}) {
            auto note = good;
            note[index] = static_cast<char>(note[index] ^ change);
            EXPECT_FALSE(open_note(note, keys)) << index;
        }
    }
}

TEST(Note, cut_at_any_byte_does_not_open) {
    std::vector const keys{VerifierKey::parse(example_key).value()};
    auto const good = example_note();
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(open_note(std::string_view(good).substr(0, size), keys)) << size;
}

TEST(VerifierKey, prints_back_what_it_parsed) {
    auto const key = VerifierKey::parse(example_key).value();
    EXPECT_EQ(key.print(), example_key);
    EXPECT_EQ(key.name(), "example.com/foo");
    EXPECT_EQ(base::to_hex(key.id()), "530d903a");
    EXPECT_EQ(key.type(), NoteKeyType::ed25519);
}

TEST(VerifierKey, of_another_form_is_refused) {
    for (auto const* text :
         {"", "+", "++", "example.com/foo", "example.com/foo+530d903a", "example.com/foo+530d903a+",
          "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
          "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
          "example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
          "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
          "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U",
          "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
          "exam ple.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
          "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"})
        EXPECT_EQ(VerifierKey::parse(text).error(), NoteFault::malformed_key) << text;
}

TEST(KeyName, holds_no_space_plus_or_control_character) {
    for (auto const* name : {"a", "auth.example.org/log", "\u00e9t\u00e9", "a-b_c~", "\u200b"})
        EXPECT_TRUE(is_key_name(name)) << name;
    for (auto const* name :
         {"", " ", "a b", "a+b", "a\tb", "a\nb", "a\u0085b", "a\u00a0b", "a\u1680b", "a\u2000", "a\u200a",
          "a\u2028", "a\u2029", "a\u202f", "a\u205f", "\u3000", "\xff"})
        EXPECT_FALSE(is_key_name(name)) << name;
    EXPECT_TRUE(is_key_name(std::string(255, 'a')));
    EXPECT_FALSE(is_key_name(std::string(256, 'a')));
}

RC_GTEST_PROP(Note, parsed_from_any_mixture_prints_back, ()) {
    auto const pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "\n", "\n\n", "\u2014 ", "a", "b ", "AAAAAAA=", "+", std::string(example_line)));
    std::string note;
    for (auto const& piece : pieces)
        note += piece;
    if (auto const parsed = parse_note(note))
        RC_ASSERT(print_note(*parsed) == note);
}

} // namespace
} // namespace bulla::merkle
