// Operators at this node: how they sign in, and what they ask the ledger for (LEDGER §8,
// docs/decisions/0034).
//
// An operator is no account: a credential of the node list. It signs a challenge of this node, and holds a
// token of its own for a quarter of an hour; no application takes it for a person's. Who is no operator any
// more is none from the block on. What operators decide are entries, each signed by its operator; the token
// opens the door to this node, and no more.
#pragma once

#include "ledger/login_statement.hpp"
#include "service/linked_entry.hpp"
#include "service/list_signing.hpp"
#include "service/pending.hpp"
#include "service/prefix_rows.hpp"
#include "service/prefix_table.hpp"
#include "service/recovery_requests.hpp"

namespace bulla::service {

inline constexpr std::chrono::minutes operator_session_lifetime{15};
inline constexpr std::size_t operator_sessions_max = 1'000;
inline constexpr std::string_view operator_login_domain = "bulla/operator-login/v1";
inline constexpr std::uint64_t operator_login_purpose = 101; // beside ledger::login_purpose

// What an operator's credential signs to be let in. It does not name the credential: a passkey is asked to
// sign before anybody knows whose it is.
struct OperatorLoginStatement {
    ledger::NetworkId network;
    ledger::LoginChallenge challenge;
    std::string origin; // of the page; "cli" without one
    ledger::CheckpointReference checkpoint;
    base::Timestamp not_after;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, operator_login_purpose);
        visitor.field(1, self.network);
        visitor.field(2, self.challenge);
        visitor.field(3, self.origin);
        visitor.field(4, self.checkpoint);
        visitor.field(5, self.not_after);
    }
};

// An operator of the list in force, and its node.
struct OperatorPrincipal {
    ledger::NodeId node;
    ledger::Operator person;
};

struct OperatorLoginOffer {
    PendingId id;
    ledger::LoginChallenge challenge;
    sequencer::HeadPointer head;
    base::Timestamp time;
};
struct OperatorLogin {
    PendingId id;
    base::ByteBuffer statement;
    std::vector<base::ByteBuffer> parts; // of the evidence
    std::optional<ledger::CredentialId> credential; // none: whichever operator's it is
};
struct OperatorToken {
    std::string access_token; // 32 random bytes in base64url
    std::chrono::seconds lifetime{};
    OperatorPrincipal who;
};

class OperatorDesk {
public:
    OperatorDesk(Ground& ground, RecoveryRequests& requests); // both outlive it

    // `origin`: "cli", or one of the policy's.
    Served<OperatorLoginOffer> begin(std::string origin, AddressPrefix const& prefix);
    Served<OperatorToken> finish(OperatorLogin const& made);
    // Nothing: no token of this node, or over, or of who is no operator any more.
    std::optional<OperatorPrincipal> check(std::string_view token);

    // Nothing: nobody could have this name. The label says nothing of whether somebody has it.
    std::optional<ledger::Label> label_of_name(std::string_view username) const;
    Served<std::optional<ledger::AccountRow>> find_account(ledger::Label const& label) const;

    // propose_change, approve_change, object_change by who is signed in; apply_change, which begins a
    // recovery at the node alone that holds its request. One that makes a new list of nodes and comes without
    // evidence gets the nodes' signatures here.
    struct Change {
        ledger::EntryKind kind = ledger::EntryKind::propose_change;
        base::ByteBuffer statement;
        std::vector<ledger::Evidence> evidence;
    };
    boost::asio::awaitable<Served<sequencer::Receipt>> submit(OperatorPrincipal who, Change change);

private:
    struct Pending {
        ledger::LoginChallenge challenge;
        std::string origin;
    };
    struct Session {
        ledger::CredentialId person;
        base::Timestamp ends;
    };
    using TokenHash = base::Bytes<struct OperatorTokenHashMeaning, 32>;

    bool is_expected(OperatorLoginStatement const& statement, Pending const& pending) const;
    std::optional<OperatorPrincipal> find_signer(OperatorLogin const& made) const;
    boost::asio::awaitable<Served<std::vector<ledger::Evidence>>> gather_list_signatures(
        base::ByteBuffer statement);
    OperatorToken begin_session(OperatorPrincipal const& who);

    Ground& ground_;
    RecoveryRequests& requests_;
    PendingTable<Pending> pending_;
    ListSigning own_lists_; // of a single node
    base::Mutex mutex_;
    PrefixTable<EvaluationBucket> buckets_ GUARDED_BY(mutex_);
    std::map<TokenHash, Session> sessions_ GUARDED_BY(mutex_);
};

// The operator with this credential, and its node; nothing when the list in force has none.
std::optional<OperatorPrincipal> find_operator(ledger::NodesRow const& nodes,
                                               ledger::CredentialId const& person);

} // namespace bulla::service
