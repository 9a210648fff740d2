// An account as the ledger knows it: its head in the directory and the state the head commits to.
//
//   head, 82 bytes    format u8 = 01 ‖ status u8 ‖ version u64be ‖ last_index u64be ‖ head[32] ‖
//   commitment[32] commitment        SHA-256("bulla/account-state/v1" ‖ CBOR of the state); zeros when erased
//
// The state holds only what public entries say. The passing of time changes no byte of it.
#pragma once

#include "ledger/network_rows.hpp"
#include "ledger/types.hpp"

namespace bulla::ledger {

using credential::StatementDigest;

// What a credential is and what its kind adds; in statements and, with its id and origin, in the state.
struct NewCredential {
    CredentialKind kind = CredentialKind::device_key;
    PublicKey public_key;
    // Of a password:
    std::optional<AccountVersion> generation;
    std::optional<std::uint32_t> keyset;
    std::optional<Stretching> stretching;
    std::optional<RecordHash> record;
    // Of a passkey: its WebAuthn id, 1 to 1,023 bytes; identifies nothing in consensus.
    std::optional<base::ByteBuffer> webauthn_id;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.kind);
        visitor.field(2, self.public_key);
        visitor.optional(3, self.generation);
        visitor.optional(4, self.keyset);
        visitor.optional(5, self.stretching);
        visitor.optional(6, self.record);
        visitor.optional(7, self.webauthn_id);
    }
    bool has_the_fields_of_its_kind() const;
    friend bool operator==(NewCredential const&, NewCredential const&) = default;
};

struct Credential {
    CredentialId id;
    NewCredential key;
    AccountVersion added_version;
    base::Timestamp added_time;
    std::optional<base::Timestamp> ends; // of a revoked recovery key: it can recover until then

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
        visitor.field(1, self.key);
        visitor.field(2, self.added_version);
        visitor.field(3, self.added_time);
        visitor.optional(4, self.ends);
    }
    friend bool operator==(Credential const&, Credential const&) = default;
};

// Counts the entries of a day.
struct EntryWindow {
    base::Timestamp start;
    std::uint64_t count = 0;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.start);
        visitor.field(1, self.count);
    }
    friend bool operator==(EntryWindow const&, EntryWindow const&) = default;
};

// A recovery that has begun: who will hold the account, and from when on.
struct PendingRecovery {
    StatementDigest begin; // digest of the begin statement; finish and cancel name it
    NewCredential credential;
    base::Timestamp finish_from; // block time of the begin entry and the delay as it stood then
    std::optional<AccountVersion> key_version; // that added the recovery key; none: begun by operators

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.begin);
        visitor.field(1, self.credential);
        visitor.field(2, self.finish_from);
        visitor.optional(3, self.key_version);
    }
    friend bool operator==(PendingRecovery const&, PendingRecovery const&) = default;
};

struct AccountState {
    AccountVersion registered; // version of the register entry
    OpeningHash opening;
    Epoch epoch; // raised by end_sessions
    bool operator_recovery = false;
    std::vector<Credential> credentials; // ascending id
    std::optional<PendingRecovery> recovery = {};
    EntryWindow window;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.registered);
        visitor.field(2, self.opening);
        visitor.field(3, self.epoch);
        visitor.field(4, self.operator_recovery);
        visitor.field(5, self.credentials);
        visitor.optional(6, self.recovery);
        visitor.field(7, self.window);
    }
    Credential const* find(CredentialId const& id) const;
    Credential const* password() const;
    std::size_t active_count() const; // recovery keys are never active
    bool has_key(PublicKey const& public_key) const; // of a credential, or of the one a recovery will bring
    friend bool operator==(AccountState const&, AccountState const&) = default;
};

StateCommitment commit(AccountState const& state);

struct AccountHead {
    static constexpr std::size_t encoded_size = 82;

    AccountStatus status = AccountStatus::active;
    AccountVersion version;
    LeafIndex last_index;
    LeafHash head; // leaf hash of the account's last entry
    StateCommitment commitment;

    base::Bytes<struct AccountHeadMeaning, encoded_size> encode() const;
    static std::optional<AccountHead> parse(base::ByteView bytes);
    bool is_erased() const {
        return status == AccountStatus::erased || status == AccountStatus::erased_closed;
    }
    friend bool operator==(AccountHead const&, AccountHead const&) = default;
};

// What the store keeps for a label. No state: erased.
struct AccountRow {
    AccountHead head;
    std::optional<AccountState> state;
    friend bool operator==(AccountRow const&, AccountRow const&) = default;
};

bool is_active(Credential const& credential);
// Any active credential cancels a recovery, but for those that are younger than the key that began it.
bool can_cancel(Credential const& credential, PendingRecovery const& recovery);

} // namespace bulla::ledger
