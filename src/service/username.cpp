#include "service/username.hpp"

#include "base/encoding.hpp"
#include "service/precis.hpp"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace bulla::service {
namespace {

std::u16string_view view_of(icu::UnicodeString const& text) {
    return {text.getBuffer(), static_cast<std::size_t>(text.length())};
}

icu::Normalizer2 const& nfc() {
    auto error = U_ZERO_ERROR;
    auto const* const normalizer = icu::Normalizer2::getNFCInstance(error);
    CHECK(U_SUCCESS(error));
    return *normalizer;
}

// RFC 8265 §3.3.1: full-width and half-width characters become what they decompose to.
icu::UnicodeString map_width(icu::UnicodeString const& text) {
    auto error = U_ZERO_ERROR;
    auto const* const nfkc = icu::Normalizer2::getNFKCInstance(error);
    CHECK(U_SUCCESS(error));
    icu::UnicodeString mapped;
    for (int index = 0; index < text.length(); index = text.moveIndex32(index, 1)) {
        auto const code_point = text.char32At(index);
        auto const kind = u_getIntPropertyValue(code_point, UCHAR_DECOMPOSITION_TYPE);
        icu::UnicodeString decomposed;
        if ((kind == U_DT_WIDE || kind == U_DT_NARROW) && nfkc->getRawDecomposition(code_point, decomposed))
            mapped.append(decomposed);
        else
            mapped.append(code_point);
    }
    return mapped;
}

// RFC 8265 §3.3.2, steps 1 to 4.
icu::UnicodeString case_mapped(icu::UnicodeString const& text) {
    auto lower = map_width(text);
    lower.toLower(icu::Locale::getRoot());
    auto error = U_ZERO_ERROR;
    auto normal = nfc().normalize(lower, error);
    CHECK(U_SUCCESS(error));
    return normal;
}

// The script allowed beside ASCII; USCRIPT_COMMON stands for none, nothing for a policy that is not valid.
std::optional<UScriptCode> script_of(UsernamePolicy const& policy) {
    if (policy.scripts.empty())
        return USCRIPT_COMMON;
    if (policy.scripts.size() != 1)
        return std::nullopt;
    auto const value = u_getPropertyValueEnum(UCHAR_SCRIPT, policy.scripts.front().c_str());
    auto const script = static_cast<UScriptCode>(value);
    if (value == UCHAR_INVALID_CODE || script == USCRIPT_COMMON || script == USCRIPT_INHERITED ||
        script == USCRIPT_UNKNOWN)
        return std::nullopt;
    return script;
}

// UTS 39 §3.1: characters in common use, without the obsolete and the technical ones.
bool is_recommended(UChar32 code_point) {
    auto error = U_ZERO_ERROR;
    auto const* const recommended = uspoof_getRecommendedUnicodeSet(&error);
    CHECK(U_SUCCESS(error));
    return recommended->contains(code_point);
}

struct CloseChecker {
    void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};

// UTS 39 §4: two texts look alike when their skeletons are equal. ASCII names have skeletons of ASCII alone.
bool looks_like_ascii(icu::UnicodeString const& name) {
    auto error = U_ZERO_ERROR;
    static std::unique_ptr<USpoofChecker, CloseChecker> const checker(uspoof_open(&error));
    icu::UnicodeString skeleton;
    uspoof_getSkeletonUnicodeString(checker.get(), 0, name, skeleton, &error);
    CHECK(U_SUCCESS(error));
    return std::ranges::all_of(view_of(skeleton), [](char16_t unit) { return unit < 0x80; });
}

bool is_small_ascii(UChar32 code_point) {
    return 'a' <= code_point && code_point <= 'z';
}
bool is_ascii_beside_letters(UChar32 code_point) {
    return ('0' <= code_point && code_point <= '9') || code_point == '.' || code_point == '_' ||
           code_point == '-';
}

// Digits but ASCII's would be other spellings of them.
bool is_letter_of(UChar32 code_point, UScriptCode script) {
    return code_point > 0x7f && script != USCRIPT_COMMON && uscript_hasScript(code_point, script) &&
           is_recommended(code_point) && !u_isdigit(code_point);
}

std::optional<UsernameFault> fault_of_letters(icu::UnicodeString const& name, UScriptCode script) {
    bool has_ascii = false;
    bool has_other = false;
    for (int index = 0; index < name.length(); index = name.moveIndex32(index, 1)) {
        auto const code_point = name.char32At(index);
        if (is_letter_of(code_point, script))
            has_other = true;
        else if (is_small_ascii(code_point))
            has_ascii = true;
        else if (!is_ascii_beside_letters(code_point))
            return UsernameFault::forbidden_character;
    }
    if (has_ascii && has_other && script != USCRIPT_LATIN)
        return UsernameFault::mixed_scripts;
    if (has_other && looks_like_ascii(name))
        return UsernameFault::looks_like_ascii;
    return std::nullopt;
}

bool is_mark(UChar32 code_point) {
    return (U_GET_GC_MASK(code_point) & U_GC_M_MASK) != 0;
}

std::optional<UsernameFault> fault_of(icu::UnicodeString const& name, UScriptCode script) {
    if (name.countChar32() > username_length_max)
        return UsernameFault::too_long;
    if (auto const fault = fault_of_letters(name, script))
        return fault;
    if (!conforms(view_of(name), StringClass::identifier))
        return UsernameFault::forbidden_character;
    if (is_mark(name.char32At(0)) || name.endsWith(u'.'))
        return UsernameFault::misplaced_character;
    if (!keeps_bidi_rule(view_of(name)))
        return UsernameFault::wrong_direction;
    return std::nullopt;
}

constexpr auto reserved_names = std::to_array<std::string_view>({"abuse",
                                                                 "account",
                                                                 "accounts",
                                                                 "admin",
                                                                 "administrator",
                                                                 "administrators",
                                                                 "admins",
                                                                 "anonymous",
                                                                 "anyone",
                                                                 "api",
                                                                 "auditor",
                                                                 "auth",
                                                                 "authentication",
                                                                 "billing",
                                                                 "bot",
                                                                 "bulla",
                                                                 "contact",
                                                                 "daemon",
                                                                 "everyone",
                                                                 "guest",
                                                                 "help",
                                                                 "helpdesk",
                                                                 "hostmaster",
                                                                 "info",
                                                                 "isadmin",
                                                                 "localhost",
                                                                 "login",
                                                                 "logout",
                                                                 "mail",
                                                                 "mailerdaemon",
                                                                 "me",
                                                                 "moderator",
                                                                 "moderators",
                                                                 "network",
                                                                 "nobody",
                                                                 "node",
                                                                 "none",
                                                                 "noreply",
                                                                 "null",
                                                                 "oauth",
                                                                 "oauth2",
                                                                 "official",
                                                                 "oidc",
                                                                 "openid",
                                                                 "operator",
                                                                 "operators",
                                                                 "owner",
                                                                 "plainform",
                                                                 "postmaster",
                                                                 "recovery",
                                                                 "register",
                                                                 "registrar",
                                                                 "root",
                                                                 "security",
                                                                 "self",
                                                                 "server",
                                                                 "service",
                                                                 "signin",
                                                                 "signout",
                                                                 "signup",
                                                                 "ssladmin",
                                                                 "sslwebmaster",
                                                                 "staff",
                                                                 "sudo",
                                                                 "superuser",
                                                                 "support",
                                                                 "sysadmin",
                                                                 "sysadministrator",
                                                                 "system",
                                                                 "undefined",
                                                                 "webmaster",
                                                                 "witness",
                                                                 "wwwadmin"});
static_assert(std::ranges::is_sorted(reserved_names));

} // namespace

bool is_valid(UsernamePolicy const& policy) {
    return script_of(policy).has_value();
}

Result<Username, UsernameFault> Username::parse(std::string_view utf8, UsernamePolicy const& policy) {
    if (utf8.empty())
        return std::unexpected{UsernameFault::empty};
    if (utf8.size() > username_input_size_max)
        return std::unexpected{UsernameFault::too_long};
    if (!base::is_utf8(utf8))
        return std::unexpected{UsernameFault::not_text};
    auto const script = script_of(policy);
    if (!script)
        return std::unexpected{UsernameFault::forbidden_character};
    auto const name = case_mapped(icu::UnicodeString::fromUTF8(utf8));
    if (case_mapped(name) != name) // RFC 8264 §7
        return std::unexpected{UsernameFault::not_stable};
    if (auto const fault = fault_of(name, *script))
        return std::unexpected{*fault};
    std::string text;
    name.toUTF8String(text);
    return Username(std::move(text));
}

bool is_reserved(Username const& username) {
    std::string letters;
    for (char const character : username.text())
        if (character != '.' && character != '_' && character != '-')
            letters.push_back(character);
    return std::ranges::binary_search(reserved_names, std::string_view(letters));
}

} // namespace bulla::service
