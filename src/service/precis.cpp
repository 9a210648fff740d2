#include "service/precis.hpp"

#include "base/check.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <optional>

namespace bulla::service {
namespace {

enum class Property : unsigned char { valid, freeform_valid, contextual, disallowed }; // RFC 8264 §8

bool is_any_of(UChar32 code_point, std::initializer_list<UChar32> list) {
    return std::ranges::find(list, code_point) != list.end();
}
bool is_between(UChar32 code_point, UChar32 first, UChar32 last) {
    return first <= code_point && code_point <= last;
}
bool has_category(UChar32 code_point, std::uint32_t mask) {
    return (U_GET_GC_MASK(code_point) & mask) != 0;
}

constexpr UChar32 zero_width_non_joiner = 0x200c;
constexpr UChar32 zero_width_joiner = 0x200d;
constexpr UChar32 middle_dot = 0x00b7;
constexpr UChar32 greek_keraia = 0x0375;
constexpr UChar32 hebrew_geresh = 0x05f3;
constexpr UChar32 hebrew_gershayim = 0x05f4;
constexpr UChar32 katakana_middle_dot = 0x30fb;

bool is_arabic_indic_digit(UChar32 code_point) {
    return is_between(code_point, 0x0660, 0x0669);
}
bool is_extended_arabic_indic_digit(UChar32 code_point) {
    return is_between(code_point, 0x06f0, 0x06f9);
}

// RFC 8264 §9.6, the Exceptions of RFC 5892 §2.6.
std::optional<Property> exception_of(UChar32 code_point) {
    if (is_any_of(code_point, {0x00df, 0x03c2, 0x06fd, 0x06fe, 0x0f0b, 0x3007}))
        return Property::valid;
    if (is_any_of(code_point,
                  {middle_dot, greek_keraia, hebrew_geresh, hebrew_gershayim, katakana_middle_dot}) ||
        is_arabic_indic_digit(code_point) || is_extended_arabic_indic_digit(code_point))
        return Property::contextual;
    if (is_any_of(code_point, {0x0640, 0x07fa, 0x302e, 0x302f, 0x303b}) ||
        is_between(code_point, 0x3031, 0x3035))
        return Property::disallowed;
    return std::nullopt;
}

// RFC 8264 §9.11, §9.12, §9.13, §9.9, surrogates and unassigned among them.
bool is_disallowed(UChar32 code_point) {
    auto const hangul = u_getIntPropertyValue(code_point, UCHAR_HANGUL_SYLLABLE_TYPE);
    return has_category(code_point, U_GC_CC_MASK | U_GC_CN_MASK | U_GC_CS_MASK | U_GC_CO_MASK) ||
           is_any_of(hangul, {U_HST_LEADING_JAMO, U_HST_VOWEL_JAMO, U_HST_TRAILING_JAMO}) ||
           u_hasBinaryProperty(code_point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

// RFC 8264 §9.17: NFKC changes it.
bool has_compatibility_form(UChar32 code_point) {
    auto error = U_ZERO_ERROR;
    auto const* const nfkc = icu::Normalizer2::getNFKCInstance(error);
    CHECK(U_SUCCESS(error));
    icu::UnicodeString const alone(code_point);
    auto const same = nfkc->isNormalized(alone, error);
    CHECK(U_SUCCESS(error));
    return !same;
}

// RFC 8264 §8, in its order.
Property property_of(UChar32 code_point) {
    constexpr std::uint32_t letters_and_digits = U_GC_LL_MASK | U_GC_LU_MASK | U_GC_LO_MASK | U_GC_ND_MASK |
                                                 U_GC_LM_MASK | U_GC_MN_MASK | U_GC_MC_MASK;
    constexpr std::uint32_t freeform =
        U_GC_LT_MASK | U_GC_NL_MASK | U_GC_NO_MASK | U_GC_ME_MASK | U_GC_ZS_MASK | U_GC_S_MASK | U_GC_P_MASK;
    if (auto const exception = exception_of(code_point))
        return *exception;
    if (is_between(code_point, 0x21, 0x7e))
        return Property::valid;
    if (is_any_of(code_point, {zero_width_non_joiner, zero_width_joiner}))
        return Property::contextual;
    if (is_disallowed(code_point))
        return Property::disallowed;
    if (has_compatibility_form(code_point))
        return Property::freeform_valid;
    if (has_category(code_point, letters_and_digits))
        return Property::valid;
    return has_category(code_point, freeform) ? Property::freeform_valid : Property::disallowed;
}

constexpr UChar32 nothing = -1;

// A code point's place in its text, with its neighbours.
class Place {
public:
    Place(std::u16string_view text, std::size_t index) : text_(text), index_(static_cast<int>(index)) {}

    UChar32 before() const {
        auto index = index_;
        return previous(index);
    }
    UChar32 after() const {
        auto index = index_;
        next(index);
        return next(index);
    }
    // Each step outwards; nothing at the end.
    UChar32 previous(int& index) const {
        if (index <= 0)
            return nothing;
        UChar32 code_point = 0;
        U16_PREV(text_.data(), 0, index, code_point);
        return code_point;
    }
    UChar32 next(int& index) const {
        auto const size = static_cast<int>(text_.size());
        if (index >= size)
            return nothing;
        UChar32 code_point = 0;
        U16_NEXT(text_.data(), index, size, code_point);
        return code_point;
    }
    template <class Predicate>
    bool any_in_text(Predicate predicate) const {
        for (int index = 0;;) {
            auto const code_point = next(index);
            if (code_point == nothing)
                return false;
            if (predicate(code_point))
                return true;
        }
    }
    int index() const { return index_; }

private:
    std::u16string_view text_;
    int index_;
};

bool has_script(UChar32 code_point, std::initializer_list<UScriptCode> scripts) {
    auto error = U_ZERO_ERROR;
    return code_point != nothing &&
           std::ranges::find(scripts, uscript_getScript(code_point, &error)) != scripts.end();
}
bool is_virama(UChar32 code_point) {
    constexpr std::uint8_t virama_class = 9;
    return code_point != nothing && u_getCombiningClass(code_point) == virama_class;
}
int joining_type(UChar32 code_point) {
    return code_point == nothing ? U_JT_NON_JOINING : u_getIntPropertyValue(code_point, UCHAR_JOINING_TYPE);
}

// RFC 5892 Appendix A.1: between a letter that joins to its left and one that joins to its right.
bool joins_both_sides(Place const& place) {
    auto index = place.index();
    auto left = joining_type(place.previous(index));
    while (left == U_JT_TRANSPARENT)
        left = joining_type(place.previous(index));
    index = place.index();
    place.next(index);
    auto right = joining_type(place.next(index));
    while (right == U_JT_TRANSPARENT)
        right = joining_type(place.next(index));
    return (left == U_JT_LEFT_JOINING || left == U_JT_DUAL_JOINING) &&
           (right == U_JT_RIGHT_JOINING || right == U_JT_DUAL_JOINING);
}

// RFC 5892 Appendix A.
bool context_allows(UChar32 code_point, Place const& place) {
    switch (code_point) {
    case zero_width_non_joiner: return is_virama(place.before()) || joins_both_sides(place);
    case zero_width_joiner: return is_virama(place.before());
    case middle_dot: return place.before() == 'l' && place.after() == 'l';
    case greek_keraia: return has_script(place.after(), {USCRIPT_GREEK});
    case hebrew_geresh:
    case hebrew_gershayim: return has_script(place.before(), {USCRIPT_HEBREW});
    case katakana_middle_dot:
        return place.any_in_text([](UChar32 other) {
            return has_script(other, {USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_HAN});
        });
    default: break;
    }
    return is_arabic_indic_digit(code_point) ? !place.any_in_text(is_extended_arabic_indic_digit)
                                             : !place.any_in_text(is_arabic_indic_digit);
}

bool conforms(UChar32 code_point, Place const& place, StringClass string_class) {
    switch (property_of(code_point)) {
    case Property::valid: return true;
    case Property::freeform_valid: return string_class == StringClass::freeform;
    case Property::contextual: return context_allows(code_point, place);
    case Property::disallowed: return false;
    }
    CHECK_UNREACHABLE();
}

constexpr std::uint32_t directions(std::initializer_list<UCharDirection> list) {
    std::uint32_t mask = 0;
    for (auto const direction : list)
        mask |= 1u << direction;
    return mask;
}
constexpr auto right_to_left = directions({U_RIGHT_TO_LEFT, U_RIGHT_TO_LEFT_ARABIC});
constexpr auto arabic_number = directions({U_ARABIC_NUMBER});
constexpr auto european_number = directions({U_EUROPEAN_NUMBER});
constexpr auto marks = directions({U_DIR_NON_SPACING_MARK});
constexpr auto between = directions({U_EUROPEAN_NUMBER_SEPARATOR, U_COMMON_NUMBER_SEPARATOR,
                                     U_EUROPEAN_NUMBER_TERMINATOR, U_OTHER_NEUTRAL, U_BOUNDARY_NEUTRAL});

} // namespace

bool conforms(std::u16string_view text, StringClass string_class) {
    for (std::size_t index = 0; index < text.size();) {
        auto const begin = index;
        UChar32 code_point = 0;
        U16_NEXT(text.data(), index, text.size(), code_point);
        if (!conforms(code_point, Place(text, begin), string_class))
            return false;
    }
    return true;
}

bool keeps_bidi_rule(std::u16string_view text) {
    std::uint32_t first = 0;
    std::uint32_t seen = 0;
    std::uint32_t last = 0; // but for marks
    for (std::size_t index = 0; index < text.size();) {
        UChar32 code_point = 0;
        U16_NEXT(text.data(), index, text.size(), code_point);
        auto const direction = 1u << u_charDirection(code_point);
        first = first == 0 ? direction : first;
        seen |= direction;
        last = direction == marks ? last : direction;
    }
    if ((seen & (right_to_left | arabic_number)) == 0)
        return true;
    auto const numbers = arabic_number | european_number;
    return (first & right_to_left) != 0                                  // RFC 5893 §2, condition 1
           && (seen & ~(right_to_left | numbers | between | marks)) == 0 // condition 2
           && (last & (right_to_left | numbers)) != 0                    // condition 3
           && (seen & numbers) != numbers;                               // condition 4
}

} // namespace bulla::service
