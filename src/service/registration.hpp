// Registration, the server's side: two requests around the client's OPAQUE, or around a passkey that is made
// (docs/formats/login.md).
//
// begin() evaluates the OPRF, counted, for a name that is free; finish() checks what the client made, admits
// it and orders the register entry together with the record, the opening, the VRF proof and the name. With a
// passkey nothing is evaluated and there is no record; what is counted is the same.
#pragma once

#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/pending.hpp"
#include "service/username.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::service {

// What a client needs to make a new password's record and statement, or a passkey's statement.
struct PasswordOffer {
    PendingId id;
    std::optional<opaque::RegistrationResponse> response; // none: no password was asked for
    ledger::NetworkId network;
    ledger::Label label;
    crypto::VrfProof vrf_proof;
    ledger::AccountVersion version;   // the one the entry will make; also the password's generation
    ledger::LeafHash previous;
    std::optional<ledger::Opening> opening;     // of a registration; its hash stands in the statement
    std::optional<ledger::AccountId> account;   // of a registration
    std::uint32_t keyset = 1;
    ledger::Stretching stretching;
    base::Timestamp time;             // of the server; not_after is at most entry_validity later
};
inline constexpr std::chrono::milliseconds entry_validity{120'000};

struct NewPassword {
    std::optional<base::ByteBuffer> opaque_record; // 192 bytes; none: a passkey
    base::ByteBuffer statement;
    std::vector<ledger::Evidence> evidence;
};

struct Registered {
    ledger::AccountId account;
    std::string username;
    sequencer::Receipt receipt;
};

class Registration {
public:
    explicit Registration(Ground& ground);

    // Without a request: for a passkey.
    Served<PasswordOffer> begin(std::string_view username, std::optional<base::ByteView> registration_request,
                                AddressPrefix const& prefix);
    boost::asio::awaitable<Served<Registered>> finish(PendingId id, NewPassword made);

private:
    struct Pending {
        Username username;
        ledger::Label label;
        ledger::Opening opening;
        crypto::VrfProof vrf_proof;
    };
    Ground& ground_;
    PendingTable<Pending> pending_;
};

} // namespace bulla::service
