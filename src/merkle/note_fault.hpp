// Why a signed note, a checkpoint, a verifier key or a proof file was refused.
#pragma once

#include <cstdint>

namespace bulla::merkle {

enum class NoteFault : std::uint8_t {
    too_large,       // more bytes or lines than note_size_max, note_signatures_max
    not_text,        // not UTF-8, or a control character other than the line feed
    malformed,       // not of the note's form
    malformed_key,   // not a verifier key, or one whose id is not its own
    wrong_signature, // a line of a known name and key id that does not verify
    no_known_signature,
    wrong_checkpoint, // the text is no checkpoint, or has lines that its reader does not allow
    wrong_origin,     // of another log
    malformed_proof,  // not of the form of a proof file
};

} // namespace bulla::merkle
