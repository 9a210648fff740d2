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

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.opaque_record);
        visitor.field(1, self.opening);
        visitor.field(2, self.vrf_proof);
    }
    friend bool operator==(SideRow const&, SideRow const&) = default;
};
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
