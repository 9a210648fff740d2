#include "service/prepared_password.hpp"

#include "base/encoding.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace bulla::service {
namespace {

// RFC 8264 §4.3, FreeformClass: everything but controls, unassigned, private and ignorable code points.
bool is_freeform(UChar32 c) {
    auto const category = U_GET_GC_MASK(c);
    auto const refused = U_GC_CC_MASK | U_GC_CN_MASK | U_GC_CS_MASK | U_GC_CO_MASK;
    return (category & refused) == 0;
}

void wipe(icu::UnicodeString& text) {
    for (std::int32_t at = 0; at < text.length(); ++at)
        text.setCharAt(at, 0);
}

} // namespace

std::optional<SecretBytes> prepare_password(base::ByteView typed) {
    if (typed.empty() || typed.size() > password_size_max || !base::is_utf8(base::as_text(typed)))
        return std::nullopt;
    auto text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(base::as_text(typed).data(), static_cast<std::int32_t>(typed.size())));
    icu::UnicodeString mapped;
    bool allowed = true;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        auto const c = text.char32At(at);
        allowed = allowed && is_freeform(c);
        mapped.append(u_charType(c) == U_SPACE_SEPARATOR ? UChar32{' '} : c);
    }
    UErrorCode error = U_ZERO_ERROR;
    auto normalised = icu::Normalizer2::getNFCInstance(error)->normalize(mapped, error);
    std::string out;
    normalised.toUTF8String(out);
    std::optional<SecretBytes> prepared;
    if (allowed && U_SUCCESS(error) && !out.empty())
        prepared = SecretBytes::from(base::as_bytes(out));
    base::wipe(out);
    wipe(text);
    wipe(mapped);
    wipe(normalised);
    return prepared;
}

} // namespace bulla::service
