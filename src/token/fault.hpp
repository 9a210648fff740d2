// Why a token is refused. Outside, all but `expired` look alike.
#pragma once

namespace bulla::token {

enum class TokenFault {
    malformed, // size, parts, base64url, JSON, a header member that has no place here, a claim missing or odd
    wrong_algorithm, // alg is not EdDSA
    wrong_type,      // typ is another one, or absent
    unknown_key,     // the lookup has no key of this kid
    wrong_signature,
    wrong_issuer,
    wrong_audience,
    not_yet_valid, // iat or nbf lies in the future
    expired,       // exp is now or earlier
};

} // namespace bulla::token
