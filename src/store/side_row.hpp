// The erasable row beside an account, and a change of it.
#pragma once

#include "crypto/vrf.hpp"
#include "ledger/account.hpp"

namespace bulla::store {

// What stands beside an account outside the ledger, and goes with it.
struct SideRow {
    std::optional<base::ByteBuffer> opaque_record; // 192 bytes; none: the account has no password
    ledger::Opening opening;
    crypto::VrfProof vrf_proof;
    // Normalised: whoever signs in by a passkey alone types none. Rows of before there were passkeys lack it.
    std::optional<std::string> username = std::nullopt;
    // 192 bytes, beside the other until a pending recovery ends: its new password's.
    std::optional<base::ByteBuffer> recovering_record = std::nullopt;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.opaque_record);
        visitor.field(1, self.opening);
        visitor.field(2, self.vrf_proof);
        visitor.optional(3, self.username);
        visitor.optional(4, self.recovering_record);
    }
    friend bool operator==(SideRow const&, SideRow const&) = default;
};
// What an account's state says of its record.
inline std::optional<ledger::RecordHash> hash_record(std::optional<base::ByteBuffer> const& opaque_record) {
    if (!opaque_record)
        return std::nullopt;
    return ledger::RecordHash::from(crypto::sha256(base::ByteView(*opaque_record)));
}

struct SideWrite {
    ledger::Label label;
    std::optional<SideRow> row; // none: erase what stands there

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.label);
        visitor.optional(1, self.row);
    }
    friend bool operator==(SideWrite const&, SideWrite const&) = default;
};

} // namespace bulla::store
