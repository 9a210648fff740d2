// Account names as everything inside sees them: normalised once, at the door.
//
// PRECIS UsernameCaseMapped (RFC 8265 §3.3): width mapping, lower case, NFC, the identifier class, the bidi
// rule. Then the network's own rule: 1 to 64 code points of a to z, digits, '.', '_' and '-', the last one no
// dot. A network may allow one script more; then a name has letters of that script or of ASCII, never of both
// (Latin alone includes ASCII's), of the characters recommended for identifiers (UTS 39 §3.1), and is refused
// when it could be read as an ASCII name (its UTS 39 §4 skeleton is ASCII), so that look-alikes across
// scripts cannot arise.
//
// parse() accepts every spelling of a name and gives one: parsing what it gives changes nothing. The VRF
// label is made of these bytes, so two revisions of the Unicode tables must not meet in one network.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bulla::service {

inline constexpr int username_length_max = 64;               // code points, after normalisation
inline constexpr std::size_t username_input_size_max = 1024; // bytes, before it

struct UsernamePolicy {
    // Empty: ASCII alone. Else the one script allowed beside it, by name or ISO 15924 code ("Cyrillic",
    // "Cyrl").
    std::vector<std::string> scripts;
};
// A policy that is not accepts no name at all.
bool is_valid(UsernamePolicy const& policy);

enum class UsernameFault : unsigned char {
    empty,
    too_long,
    not_text,            // invalid UTF-8
    forbidden_character, // outside the identifier class or the policy's characters
    wrong_direction,     // breaks the bidi rule
    misplaced_character, // a combining mark first, a dot last
    mixed_scripts,       // letters of ASCII beside those of another script
    looks_like_ascii,    // other letters that could be read as an ASCII name
    not_stable,          // normalising twice would give another name
};

class Username {
public:
    static Result<Username, UsernameFault> parse(std::string_view utf8, UsernamePolicy const& policy);

    std::string_view text() const { return text_; }

    friend bool operator==(Username const&, Username const&) = default;

private:
    explicit Username(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// Names that seem to speak for the service (admin, root, postmaster …), also with '.', '_', '-' between or
// around. Refused at registration alone: who has one already keeps it.
bool is_reserved(Username const& username);

} // namespace bulla::service
