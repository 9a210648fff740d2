// What accounts ask for.
#pragma once

#include "ledger/statement_parts.hpp"

namespace bulla::ledger {

struct Register : StatementOf<EntryKind::register_account, AccountPart> {
    NewCredential credential; // password or passkey
    OpeningHash opening;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
        visitor.field(7, self.opening);
    }
    friend bool operator==(Register const&, Register const&) = default;
};

struct AddCredential : StatementOf<EntryKind::add_credential, AccountPart> {
    NewCredential credential;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
    }
    friend bool operator==(AddCredential const&, AddCredential const&) = default;
};

struct RevokeCredential : StatementOf<EntryKind::revoke_credential, AccountPart> {
    CredentialId credential;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
    }
    friend bool operator==(RevokeCredential const&, RevokeCredential const&) = default;
};

// A new password in the place of the old one.
struct ReplaceCredential : StatementOf<EntryKind::replace_credential, AccountPart> {
    NewCredential credential;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
    }
    friend bool operator==(ReplaceCredential const&, ReplaceCredential const&) = default;
};

struct EndSessions : StatementOf<EntryKind::end_sessions, AccountPart> {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
    }
    friend bool operator==(EndSessions const&, EndSessions const&) = default;
};

struct Erase : StatementOf<EntryKind::erase, AccountPart> {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
    }
    friend bool operator==(Erase const&, Erase const&) = default;
};

struct AllowOperatorRecovery : StatementOf<EntryKind::allow_operator_recovery, AccountPart> {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
    }
    friend bool operator==(AllowOperatorRecovery const&, AllowOperatorRecovery const&) = default;
};

struct ForbidOperatorRecovery : StatementOf<EntryKind::forbid_operator_recovery, AccountPart> {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
    }
    friend bool operator==(ForbidOperatorRecovery const&, ForbidOperatorRecovery const&) = default;
};

// By a recovery key. Without key_version: by operators, as an act of theirs (act.hpp).
struct BeginRecovery : StatementOf<EntryKind::begin_recovery, RecoveryPart> {
    NewCredential credential;
    std::optional<AccountVersion> key_version; // of the entry that added the recovery key

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
        visitor.optional(7, self.key_version);
    }
    friend bool operator==(BeginRecovery const&, BeginRecovery const&) = default;
};

struct FinishRecovery : StatementOf<EntryKind::finish_recovery, RecoveryPart> {
    StatementDigest begin; // of the begin statement

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.begin);
    }
    friend bool operator==(FinishRecovery const&, FinishRecovery const&) = default;
};

struct CancelRecovery : StatementOf<EntryKind::cancel_recovery, RecoveryPart> {
    StatementDigest begin;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.begin);
    }
    friend bool operator==(CancelRecovery const&, CancelRecovery const&) = default;
};

} // namespace bulla::ledger
