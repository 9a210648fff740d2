// The counters of passkeys: what an authenticator says of how often it has signed (WebAuthn L3 §6.1.1).
//
// A copy of an authenticator shows when a count comes that is not above the last one: that login is refused.
// Zero before and now means that the authenticator does not count. The flag "backup eligible" never changes,
// and nothing can be backed up that is not eligible (§6.1.3).
//
//   row in the live database, key 's' ‖ label[32] ‖ credential id[16]
//     format u8 = 1 ‖ flags u8 (bit 3: backup eligible) ‖ count u32be
//
// Counts are no consensus: each node has its own, and one that lost them begins with the next login.
#pragma once

#include "base/mutex.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"

namespace bulla::service {

// The flags and the count of authenticatorData, at least 37 bytes of it.
struct SignCount {
    std::uint8_t flags = 0;
    std::uint32_t count = 0;

    static constexpr std::uint8_t backup_eligible = 0x08;
    static constexpr std::uint8_t backed_up = 0x10;
    static std::optional<SignCount> read(base::ByteView authenticator_data);
    bool is_eligible() const { return (flags & backup_eligible) != 0; }

    base::ByteBuffer encode() const; // the row
    static std::optional<SignCount> decode(base::ByteView row);
};

// Whether this one may follow that one.
bool may_follow(SignCount const& now, std::optional<SignCount> const& last);

class SignCounters {
public:
    explicit SignCounters(Ground const& ground) : ground_(ground) {}

    // True: it may follow what is stored, and stands there now. On a full disk it may follow and nothing is
    // stored: passkeys go on where passwords cannot be counted. Of two logins at once one comes first.
    bool take(ledger::Label const& label, ledger::CredentialId const& credential, SignCount const& now);

    std::optional<SignCount> load(ledger::Label const& label, ledger::CredentialId const& credential) const;

private:
    Ground const& ground_;
    base::Mutex mutex_;
};

} // namespace bulla::service
