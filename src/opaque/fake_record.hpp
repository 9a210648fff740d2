// The record of every unknown name (RFC 9807 §6.3.2.2): a random client key, a random masking key, a zero
// envelope. Made once and kept as long as the server runs.
#pragma once

#include "opaque/messages.hpp"

namespace bulla::opaque {

OpaqueRecord make_fake_record(base::Randomness& randomness);

} // namespace bulla::opaque
