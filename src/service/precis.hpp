// PRECIS string classes (RFC 8264) by ICU's Unicode tables: which code points a username or a password may
// hold.
//
// Texts are UTF-16, as ICU keeps them; unpaired surrogates are disallowed. Contextual code points are allowed
// where RFC 5892 Appendix A allows them.
#pragma once

#include <string_view>

namespace bulla::service {

enum class StringClass : unsigned char { identifier, freeform }; // RFC 8264 §4.2, §4.3

bool conforms(std::u16string_view text, StringClass string_class);

// The bidi rule (RFC 5893 §2). A text without right-to-left characters keeps it always (RFC 8265 §3.3.2).
bool keeps_bidi_rule(std::u16string_view text);

} // namespace bulla::service
