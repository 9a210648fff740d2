// A username: parsed once, at the door; after it an invalid name cannot exist.
//
// PRECIS UsernameCaseMapped (RFC 8265 §3.3): width mapping, case folding to lower, NFC, the IdentifierClass of
// RFC 8264, the bidi rule. On top of it the network's policy: ASCII letters, digits, '.', '_' and '-', and for
// networks that allow it the letters of one Unicode script more, so that look-alikes across scripts cannot arise.
// 1 to 64 code points. text() is idempotent: parsing it again gives the same.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bulla::service {

inline constexpr std::size_t username_length_max = 64; // code points

enum class UsernameFault : std::uint8_t {
    not_text,           // not UTF-8
    empty,
    too_long,
    disallowed,         // a character outside the identifier class or the policy's scripts
    mixed_scripts,      // ASCII letters beside letters of the other script
    wrong_direction,    // RFC 5893, the bidi rule
};

struct UsernamePolicy {
    std::vector<std::string> scripts; // empty, or one Unicode script name such as "Cyrillic"
};

class Username {
public:
    static Result<Username, UsernameFault> parse(std::string_view typed, UsernamePolicy const& policy);
    std::string const& text() const { return text_; } // normalised UTF-8
    friend bool operator==(Username const&, Username const&) = default;

private:
    explicit Username(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// Names that speak for the operator: nobody registers them over the network.
bool is_reserved(Username const& username);

} // namespace bulla::service
