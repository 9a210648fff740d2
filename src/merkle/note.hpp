// Signed notes (c2sp.org/signed-note), with Ed25519 signatures and cosignatures (c2sp.org/tlog-cosignature).
//
//   note     text LF line+                        text ends in LF; text and lines part at the last blank line
//   line     "— " name " " base64( key_id[4] ‖ signature ) LF
//   key_id   SHA-256( name ‖ 0A ‖ type ‖ public_key )[0:4]
//   vkey     name "+" hex8(key_id) "+" base64( type ‖ public_key )
//   type 01  Ed25519 over the text: 64 bytes
//   type 04  u64be(seconds since 1970) ‖ Ed25519 over
//            "cosignature/v1" LF "time " decimal(seconds) LF text: 72 bytes
//
// A key id is no security: it says which key to try. Lines by unknown keys are ignored; a line of a known key
// that does not verify condemns the whole note. A public key counts once, however many lines or names it has.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/ed25519.hpp"
#include "merkle/note_fault.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::merkle {

inline constexpr std::size_t note_size_max = 262'144; // room for 16 post-quantum lines and a long text
inline constexpr std::size_t note_signatures_max = 100;

enum class NoteKeyType : std::uint8_t { ed25519 = 0x01, cosignature = 0x04 };
using NoteKeyId = base::Bytes<struct NoteKeyIdMeaning, 4>;

// Not empty, UTF-8, without '+', control characters and anything that Unicode calls a space; at most 255
// bytes.
bool is_key_name(std::string_view name);

class VerifierKey {
public:
    // The name must be a key name.
    static VerifierKey make(std::string name, NoteKeyType type, crypto::Ed25519PublicKey const& public_key);
    // Exactly what print() prints, with the id that belongs to name and key.
    static Result<VerifierKey, NoteFault> parse(std::string_view vkey);
    std::string print() const;

    std::string const& name() const { return name_; }
    NoteKeyType type() const { return type_; }
    crypto::Ed25519PublicKey const& public_key() const { return public_key_; }
    NoteKeyId const& id() const { return id_; }
    friend bool operator==(VerifierKey const&, VerifierKey const&) = default;

private:
    VerifierKey() = default;
    std::string name_;
    NoteKeyType type_ = NoteKeyType::ed25519;
    crypto::Ed25519PublicKey public_key_;
    NoteKeyId id_;
};

struct NoteLine {
    std::string name;
    NoteKeyId key_id;
    base::ByteBuffer signature; // what follows the key id; not empty
    friend bool operator==(NoteLine const&, NoteLine const&) = default;
};

// A note by its form alone: no signature in it has been checked.
struct UnverifiedNote {
    std::string text;
    std::vector<NoteLine> lines;
    friend bool operator==(UnverifiedNote const&, UnverifiedNote const&) = default;
};

// print_note(parse_note(x)) == x for every x accepted.
Result<UnverifiedNote, NoteFault> parse_note(std::string_view note);
// "— …" lines alone, at least one: the answer of a witness.
Result<std::vector<NoteLine>, NoteFault> parse_note_lines(std::string_view lines);
std::string print_note(UnverifiedNote const& note);
std::string print_note_line(NoteLine const& line);

struct GoodSignature {
    std::size_t key_index = 0; // index into the known keys that open_note was given
    std::optional<base::Timestamp> time; // of a cosignature, whole seconds
    friend bool operator==(GoodSignature const&, GoodSignature const&) = default;
};

struct OpenedNote {
    std::string text;
    // One a public key, in the order of the lines; of several cosignatures the newest.
    std::vector<GoodSignature> signatures;
    friend bool operator==(OpenedNote const&, OpenedNote const&) = default;
};

// Known keys: all that are trusted for this note. Refused when no line of a known key is there. A cosignature
// whose time is beyond what a Timestamp holds is refused like one that does not verify.
Result<OpenedNote, NoteFault> open_note(std::string_view note, std::span<VerifierKey const> known_keys);
// One line over a text; nothing when it is not of this key or does not verify.
// Its key_index is 0.
std::optional<GoodSignature> check_note_line(std::string_view text, NoteLine const& line,
                                             VerifierKey const& verifier_key);

// The text must end in LF and be text; the name must be a key name.
NoteLine sign_note(std::string_view text, std::string_view name, crypto::Ed25519KeyPair const& signing_key);
// The time is cut to whole seconds. A cosigner's key signs nothing else, and no two cosigners share one.
NoteLine cosign_note(std::string_view text, std::string_view name, base::Timestamp time,
                     crypto::Ed25519KeyPair const& cosigner_key);

} // namespace bulla::merkle
