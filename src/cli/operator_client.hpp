// An operator at a node, from the command line: signs in with a key file, and signs what is proposed and
// decided.
#pragma once

#include "cli/sign_in_client.hpp"

namespace bulla::cli {

// Where a change stands.
struct ChangeState {
    std::string change; // its name, base64url
    boost::json::object described; // what the overview says of it; empty: it is over
    std::optional<boost::json::object> applied; // the receipt
    bool is_approved() const;
    std::optional<base::Timestamp> apply_from() const;
    // Of a recovery the node that holds its request alone.
    bool can_be_applied_here() const;
};

class OperatorClient {
public:
    // The client outlives it. Refused: the key is no operator's of this network.
    static Answered<OperatorClient> sign_in(SignInClient const& client, crypto::Ed25519KeyPair key);

    Answered<boost::json::object> overview() const { return api_.get("/v1/operator/overview"); }
    Answered<boost::json::object> find_account(std::string const& name) const; // or by its label

    // "accept" or "drop" a request that operators recover an account.
    Answered<boost::json::object> decide_request(std::string const& number, std::string_view decision) const {
        return api_.post("/v1/operator/recovery-requests", {{"number", number}, {"decision", decision}});
    }

    // A secret that all nodes are to share, made at the server (service/shared_secret.hpp): its public half.
    Answered<boost::json::object> make_secret(std::string_view kind) const {
        return api_.post("/v1/operator/secrets", {{"kind", kind}});
    }

    // Proposes, and leaves it to others to apply.
    Answered<ChangeState> propose(ledger::Act const& act) const;
    // Proposes, and applies if this operator is enough and there is no delay.
    Answered<ChangeState> decide(ledger::Act const& act) const;
    // Of a change whose secret the server has not got: refused. Approves, and applies if that was the last
    // one wanted and the time has come.
    Answered<ChangeState> approve(std::string const& change) const;
    Answered<ChangeState> object(std::string const& change) const;
    Answered<ChangeState> apply(std::string const& change) const;

    std::optional<ledger::NodeId> node() const { return node_; } // whose operator this is

private:
    OperatorClient(SignInClient const& client, crypto::Ed25519KeyPair key)
        : client_(client), api_(client.api()), key_(std::move(key)) {}

    Answered<ledger::OperatorPart> asks() const; // for the next statement
    template <class Statement>
    Answered<boost::json::object> submit(std::string_view kind, Statement statement) const;
    Answered<ChangeState> look(std::string const& change) const;
    Answered<ChangeState> settle(std::string const& change) const;

    SignInClient const& client_;
    ApiClient api_;
    crypto::Ed25519KeyPair key_;
    std::optional<ledger::NodeId> node_;
};

} // namespace bulla::cli
