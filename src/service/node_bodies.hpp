// The bodies of the messages about cosignatures, sessions and withdrawn promises (service/node_message.hpp).
#pragma once

#include "base/secret.hpp"
#include "ledger/entry.hpp"
#include "service/shared_secret.hpp"
#include "store/live_database.hpp"

namespace bulla::service {

// ask_cosignature: what the asking node has cosigned last. Size 0 and an empty signature: nothing.
struct CosignatureWord {
    std::uint64_t size = 0;
    merkle::LogRoot root;
    base::ByteBuffer signature; // what follows the key id in the line of the note

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.size);
        visitor.field(1, self.root);
        visitor.field(2, self.signature);
    }
};

// cosignature: the answering node's newest one, and the one of the size asked about, if it still has it.
struct CosignatureAnswer {
    std::optional<CosignatureWord> newest;
    std::optional<CosignatureWord> asked;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.newest);
        visitor.optional(1, self.asked);
    }
};

// withdraw_promise: the asking node orders no entry of the statement that it asked an admission for.
struct Withdrawal {
    ledger::Label label;
    ledger::StatementDigest digest;
    crypto::Ed25519Signature signature; // by its node key over withdrawal_message()

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.label);
        visitor.field(1, self.digest);
        visitor.field(2, self.signature);
    }
};
crypto::Sha256Digest withdrawal_message(ledger::StatementDigest const& digest);

struct SessionRequest {
    token::SessionId id;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
    }
};

// session: none, if it has ended or never was.
struct SessionAnswer {
    std::optional<store::Session> session;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.session);
    }
};

// ask_sessions: those of an account that the asked node began.
struct SessionsRequest {
    ledger::AccountId account;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.account);
    }
};
struct SessionBrief {
    token::SessionId id;
    std::string client;
    base::Timestamp began;
    base::Timestamp ends;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
        visitor.field(1, self.client);
        visitor.field(2, self.began);
        visitor.field(3, self.ends);
    }
};
// sessions: that have not ended, at most sessions_in_one_message_max of them, the newest.
inline constexpr std::size_t sessions_in_one_message_max = 128;
struct SessionsAnswer {
    std::vector<SessionBrief> sessions;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.sessions);
    }
};

// end_session: to the node that began it, or to all where that is not known.
struct SessionEnding {
    token::SessionId id;
    ledger::AccountId account;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
        visitor.field(1, self.account);
    }
};
struct SessionEnded {
    bool ended = false; // there was one of that account

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.ended);
    }
};

// tell_ends: sessions of the telling node.
struct SessionEnds {
    std::vector<base::ByteBuffer> ids;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.ids);
    }
};

// ask_list_signature: of the list that a change makes, which a quorum of operators approves.
struct ListRequest {
    ledger::LeafHash change; // the propose entry
    base::ByteBuffer act;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.change);
        visitor.field(1, self.act);
    }
};

// list_signature: none, if the answering node's ledger does not want the change now.
struct ListAnswer {
    std::optional<crypto::Ed25519Signature> signature; // by its node key over digest_node_list()

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.optional(0, self.signature);
    }
};

// shared_keys: the keys of service/keys.hpp, sealed once more with the channel keys, so that no buffer of a
// message holds them bare. Empty: this node cannot read them now. ask_shared_keys has an empty body.
struct SharedKeysAnswer {
    base::ByteBuffer sealed;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.sealed);
    }
};

// ask_secret. The answer's body is a SharedKeysAnswer of that secret's bytes.
struct SecretRequest {
    SecretKind kind = SecretKind::keyset;
    SecretId id;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.kind);
        visitor.field(1, self.id);
    }
};

} // namespace bulla::service
