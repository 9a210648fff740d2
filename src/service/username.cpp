#include "service/username.hpp"

#include "base/encoding.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <optional>

namespace bulla::service {
namespace {

using Refusal = std::unexpected<UsernameFault>;

bool is_ascii_letter(UChar32 c) {
    return c >= 'a' && c <= 'z';
}
bool is_ascii_extra(UChar32 c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

// RFC 8265 §3.3.2, width mapping: full and half width characters to their decompositions.
icu::UnicodeString map_width(icu::UnicodeString const& text) {
    UErrorCode error = U_ZERO_ERROR;
    auto const* const nfkc = icu::Normalizer2::getNFKCInstance(error);
    icu::UnicodeString out;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        auto const c = text.char32At(at);
        auto const width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        if (width == U_EA_FULLWIDTH || width == U_EA_HALFWIDTH)
            out.append(nfkc->normalize(icu::UnicodeString(c), error));
        else
            out.append(c);
    }
    return out;
}

icu::UnicodeString normalise(std::string_view typed) {
    UErrorCode error = U_ZERO_ERROR;
    auto text = map_width(icu::UnicodeString::fromUTF8(icu::StringPiece(typed.data(), static_cast<int>(typed.size()))));
    text.toLower(icu::Locale::getRoot());
    auto const* const nfc = icu::Normalizer2::getNFCInstance(error);
    auto normalised = nfc->normalize(text, error);
    return U_SUCCESS(error) ? normalised : icu::UnicodeString();
}

// RFC 8264 §4.2: letters, digits and marks that stay themselves under compatibility normalisation.
bool is_identifier_character(UChar32 c) {
    UErrorCode error = U_ZERO_ERROR;
    auto const* const nfkc = icu::Normalizer2::getNFKCInstance(error);
    auto const category = U_GET_GC_MASK(c);
    bool const has_category = (category & (U_GC_LL_MASK | U_GC_LO_MASK | U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK |
                                           U_GC_ND_MASK)) != 0;
    return has_category && nfkc->isNormalized(icu::UnicodeString(c), error) &&
           !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) && U_SUCCESS(error);
}

std::optional<UScriptCode> script_of(UsernamePolicy const& policy) {
    if (policy.scripts.empty())
        return std::nullopt;
    auto const value = u_getPropertyValueEnum(UCHAR_SCRIPT, policy.scripts.front().c_str());
    return value == UCHAR_INVALID_CODE ? std::nullopt : std::optional(static_cast<UScriptCode>(value));
}

bool is_of_script(UChar32 c, UScriptCode script) {
    UErrorCode error = U_ZERO_ERROR;
    auto const own = uscript_getScript(c, &error);
    return own == script || (own == USCRIPT_INHERITED && uscript_hasScript(c, script)) ||
           (own == USCRIPT_INHERITED && u_getCombiningClass(c) != 0);
}

bool is_right_to_left(UChar32 c) {
    auto const direction = u_charDirection(c);
    return direction == U_RIGHT_TO_LEFT || direction == U_RIGHT_TO_LEFT_ARABIC;
}

// RFC 5893 §2 as far as identifiers reach: a name with right-to-left letters begins with one, has no left-to-right
// letter, and ends in one or a digit.
bool keeps_bidi_rule(std::vector<UChar32> const& characters) {
    if (std::ranges::none_of(characters, is_right_to_left))
        return true;
    bool const has_left_to_right = std::ranges::any_of(
        characters, [](UChar32 c) { return u_charDirection(c) == U_LEFT_TO_RIGHT; });
    auto const last = std::ranges::find_if(characters.rbegin(), characters.rend(), [](UChar32 c) {
        return u_charDirection(c) != U_DIR_NON_SPACING_MARK;
    });
    bool const ends_well = last != characters.rend() && (is_right_to_left(*last) || u_isdigit(*last));
    return is_right_to_left(characters.front()) && !has_left_to_right && ends_well;
}

Result<void, UsernameFault> check_characters(std::vector<UChar32> const& characters, UsernamePolicy const& policy) {
    auto const script = script_of(policy);
    bool has_ascii_letter = false;
    bool has_script_letter = false;
    for (auto const c : characters) {
        if (is_ascii_letter(c))
            has_ascii_letter = true;
        else if (script && is_identifier_character(c) && is_of_script(c, *script))
            has_script_letter = true;
        else if (!is_ascii_extra(c))
            return Refusal{UsernameFault::disallowed};
    }
    if (u_getCombiningClass(characters.front()) != 0 || U_GET_GC_MASK(characters.front()) & U_GC_M_MASK)
        return Refusal{UsernameFault::disallowed};
    if (has_ascii_letter && has_script_letter)
        return Refusal{UsernameFault::mixed_scripts};
    if (!keeps_bidi_rule(characters))
        return Refusal{UsernameFault::wrong_direction};
    return {};
}

} // namespace

Result<Username, UsernameFault> Username::parse(std::string_view typed, UsernamePolicy const& policy) {
    constexpr std::size_t typed_size_max = 4096;
    if (typed.empty())
        return Refusal{UsernameFault::empty};
    if (typed.size() > typed_size_max)
        return Refusal{UsernameFault::too_long};
    if (!base::is_utf8(typed))
        return Refusal{UsernameFault::not_text};
    auto const text = normalise(typed);
    std::vector<UChar32> characters;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
        characters.push_back(text.char32At(at));
    if (characters.empty())
        return Refusal{UsernameFault::empty};
    if (characters.size() > username_length_max)
        return Refusal{UsernameFault::too_long};
    TRY(check_characters(characters, policy));
    std::string out;
    text.toUTF8String(out);
    if (normalise(out) != text) // RFC 8264 §7: the result must be stable
        return Refusal{UsernameFault::disallowed};
    return Username(std::move(out));
}

bool is_reserved(Username const& username) {
    static constexpr std::array<std::string_view, 14> names = {
        "admin", "administrator", "bulla", "hostmaster", "info", "localhost", "operator",
        "postmaster", "root", "security", "support", "system", "webmaster", "www"};
    return std::ranges::find(names, username.text()) != names.end();
}

} // namespace bulla::service
