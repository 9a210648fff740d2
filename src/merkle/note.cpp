#include "merkle/note.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"
#include "crypto/hash.hpp"

#include <fmt/format.h>

#include <limits>

namespace bulla::merkle {
namespace {

constexpr std::string_view line_start = "\u2014 "; // em dash, space
constexpr std::size_t key_name_size_max = 255;
constexpr std::size_t time_size = 8;

// Timestamp counts milliseconds in 63 bits.
constexpr std::uint64_t cosignature_seconds_max = std::numeric_limits<std::int64_t>::max() / 1000;

bool is_control(char character) {
    auto const byte = static_cast<unsigned char>(character);
    return byte < 0x20;
}

// Unicode's White_Space beyond ASCII, in UTF-8.
constexpr std::array<std::string_view, 19> unicode_spaces{
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool has_unicode_space(std::string_view text) {
    return text.contains(' ') ||
           std::ranges::any_of(unicode_spaces, [&](auto space) { return text.contains(space); });
}

// UTF-8 without control characters, line feeds excepted.
bool is_note_text(std::string_view text) {
    auto const is_refused = [](char character) { return is_control(character) && character != '\n'; };
    return base::is_utf8(text) && std::ranges::none_of(text, is_refused);
}

// What is left before the separator; the text keeps what is after it. Nothing when there is none.
std::optional<std::string_view> cut(std::string_view& text, char separator) {
    auto const end = text.find(separator);
    if (end == std::string_view::npos)
        return std::nullopt;
    auto const part = text.substr(0, end);
    text.remove_prefix(end + 1);
    return part;
}

NoteKeyId make_key_id(std::string_view name, base::ByteView typed_key) {
    auto const digest = crypto::sha256({base::as_bytes(name), base::as_bytes("\n"), typed_key});
    return NoteKeyId::from(digest.view().first(NoteKeyId::size));
}

base::ByteBuffer typed_key(NoteKeyType type, crypto::Ed25519PublicKey const& public_key) {
    return base::concat(std::array{std::to_underlying(type)}, public_key);
}

bool is_known(std::uint8_t type) {
    return type == std::to_underlying(NoteKeyType::ed25519) ||
           type == std::to_underlying(NoteKeyType::cosignature);
}

std::string cosigned_message(std::uint64_t seconds, std::string_view text) {
    return fmt::format("cosignature/v1\ntime {}\n{}", seconds, text);
}

// A line without its line feed.
std::optional<NoteLine> parse_line(std::string_view line) {
    if (!line.starts_with(line_start))
        return std::nullopt;
    line.remove_prefix(line_start.size());
    auto const name = cut(line, ' ');
    if (!name || !is_key_name(*name))
        return std::nullopt;
    auto const bytes = base::parse_base64(line);
    if (!bytes || bytes->size() <= NoteKeyId::size)
        return std::nullopt;
    auto const view = base::ByteView(*bytes);
    return NoteLine{.name = std::string(*name),
                    .key_id = NoteKeyId::from(view.first(NoteKeyId::size)),
                    .signature = base::to_buffer(view.subspan(NoteKeyId::size))};
}

std::optional<GoodSignature> check_plain(std::string_view text, base::ByteView bytes,
                                         VerifierKey const& verifier_key) {
    auto const signature = crypto::Ed25519Signature::parse(bytes);
    if (!signature || !crypto::verify(verifier_key.public_key(), base::as_bytes(text), *signature))
        return std::nullopt;
    return GoodSignature{};
}

std::optional<GoodSignature> check_cosignature(std::string_view text, base::ByteView bytes,
                                               VerifierKey const& verifier_key) {
    if (bytes.size() != time_size + crypto::Ed25519Signature::size)
        return std::nullopt;
    auto const seconds = base::load_big_endian<std::uint64_t>(bytes);
    if (seconds > cosignature_seconds_max)
        return std::nullopt;
    auto const signature = crypto::Ed25519Signature::from(bytes.subspan(time_size));
    auto const message = cosigned_message(seconds, text);
    if (!crypto::verify(verifier_key.public_key(), base::as_bytes(message), signature))
        return std::nullopt;
    return GoodSignature{.time = base::from_unix_milliseconds(seconds * 1000)};
}

NoteLine make_line(std::string_view name, NoteKeyType type, crypto::Ed25519PublicKey const& public_key,
                   base::ByteBuffer signature) {
    return {.name = std::string(name),
            .key_id = VerifierKey::make(std::string(name), type, public_key).id(),
            .signature = std::move(signature)};
}

// One entry a public key; the newest of several cosignatures.
void add_signature(OpenedNote& note, GoodSignature const& found, std::span<VerifierKey const> keys) {
    auto const is_same_key = [&](GoodSignature const& known) {
        return keys[known.key_index].public_key() == keys[found.key_index].public_key();
    };
    auto const known = std::ranges::find_if(note.signatures, is_same_key);
    if (known == note.signatures.end())
        note.signatures.push_back(found);
    else if (found.key_index == known->key_index && found.time > known->time)
        known->time = found.time;
}

} // namespace

bool is_key_name(std::string_view name) {
    return !name.empty() && name.size() <= key_name_size_max && base::is_utf8(name) && !name.contains('+') &&
           std::ranges::none_of(name, is_control) && !has_unicode_space(name);
}

VerifierKey VerifierKey::make(std::string name, NoteKeyType type,
                              crypto::Ed25519PublicKey const& public_key) {
    CHECK(is_key_name(name));
    VerifierKey key;
    key.id_ = make_key_id(name, typed_key(type, public_key));
    key.name_ = std::move(name);
    key.type_ = type;
    key.public_key_ = public_key;
    return key;
}

Result<VerifierKey, NoteFault> VerifierKey::parse(std::string_view vkey) {
    auto rest = vkey;
    auto const name = cut(rest, '+');
    auto const id = cut(rest, '+');
    if (!name || !id || !is_key_name(*name))
        return std::unexpected{NoteFault::malformed_key};
    auto const bytes = base::parse_base64(rest);
    if (!bytes || bytes->size() != 1 + crypto::Ed25519PublicKey::size || !is_known(bytes->front()))
        return std::unexpected{NoteFault::malformed_key};
    auto const public_key = crypto::Ed25519PublicKey::from(base::ByteView(*bytes).subspan(1));
    auto key = make(std::string(*name), NoteKeyType{bytes->front()}, public_key);
    if (key.print() != vkey)
        return std::unexpected{NoteFault::malformed_key};
    return key;
}

std::string VerifierKey::print() const {
    return fmt::format("{}+{}+{}", name_, base::to_hex(id_), base::to_base64(typed_key(type_, public_key_)));
}

Result<UnverifiedNote, NoteFault> parse_note(std::string_view note) {
    if (note.size() > note_size_max)
        return std::unexpected{NoteFault::too_large};
    if (!is_note_text(note))
        return std::unexpected{NoteFault::not_text};
    auto const blank = note.rfind("\n\n");
    if (blank == std::string_view::npos)
        return std::unexpected{NoteFault::malformed};
    auto lines = TRY(parse_note_lines(note.substr(blank + 2)));
    return UnverifiedNote{.text = std::string(note.substr(0, blank + 1)), .lines = std::move(lines)};
}

Result<std::vector<NoteLine>, NoteFault> parse_note_lines(std::string_view lines) {
    if (lines.size() > note_size_max)
        return std::unexpected{NoteFault::too_large};
    if (lines.empty() || lines.back() != '\n')
        return std::unexpected{NoteFault::malformed};
    if (std::cmp_greater(std::ranges::count(lines, '\n'), note_signatures_max))
        return std::unexpected{NoteFault::too_large};
    std::vector<NoteLine> parsed;
    while (auto const text = cut(lines, '\n')) {
        auto line = parse_line(*text);
        if (!line)
            return std::unexpected{NoteFault::malformed};
        parsed.push_back(std::move(*line));
    }
    return parsed;
}

std::string print_note_line(NoteLine const& line) {
    auto const bytes = base::concat(line.key_id, line.signature);
    return fmt::format("{}{} {}\n", line_start, line.name, base::to_base64(bytes));
}

std::string print_note(UnverifiedNote const& note) {
    auto printed = note.text + "\n";
    for (auto const& line : note.lines)
        printed += print_note_line(line);
    return printed;
}

std::optional<GoodSignature> check_note_line(std::string_view text, NoteLine const& line,
                                             VerifierKey const& verifier_key) {
    if (line.name != verifier_key.name() || line.key_id != verifier_key.id())
        return std::nullopt;
    switch (verifier_key.type()) {
    case NoteKeyType::ed25519: return check_plain(text, line.signature, verifier_key);
    case NoteKeyType::cosignature: return check_cosignature(text, line.signature, verifier_key);
    }
    CHECK_UNREACHABLE();
}

Result<OpenedNote, NoteFault> open_note(std::string_view note, std::span<VerifierKey const> known_keys) {
    auto parsed = TRY(parse_note(note));
    OpenedNote opened{.text = std::move(parsed.text)};
    for (auto const& line : parsed.lines) {
        auto const is_its_key = [&](VerifierKey const& known) {
            return known.name() == line.name && known.id() == line.key_id;
        };
        auto const key = std::ranges::find_if(known_keys, is_its_key);
        if (key == known_keys.end())
            continue;
        auto good = check_note_line(opened.text, line, *key);
        if (!good)
            return std::unexpected{NoteFault::wrong_signature};
        good->key_index = static_cast<std::size_t>(key - known_keys.begin());
        add_signature(opened, *good, known_keys);
    }
    if (opened.signatures.empty())
        return std::unexpected{NoteFault::no_known_signature};
    return opened;
}

NoteLine sign_note(std::string_view text, std::string_view name, crypto::Ed25519KeyPair const& signing_key) {
    CHECK(text.ends_with('\n') && is_note_text(text));
    auto const signature = signing_key.sign(base::as_bytes(text));
    return make_line(name, NoteKeyType::ed25519, signing_key.public_key(), base::to_buffer(signature));
}

NoteLine cosign_note(std::string_view text, std::string_view name, base::Timestamp time,
                     crypto::Ed25519KeyPair const& cosigner_key) {
    CHECK(text.ends_with('\n') && is_note_text(text));
    CHECK(time.time_since_epoch().count() >= 0);
    auto const seconds = base::unix_milliseconds(time) / 1000;
    auto const message = cosigned_message(seconds, text);
    auto const signature = cosigner_key.sign(base::as_bytes(message));
    return make_line(name, NoteKeyType::cosignature, cosigner_key.public_key(),
                     base::concat(base::u64be(seconds), signature));
}

} // namespace bulla::merkle
