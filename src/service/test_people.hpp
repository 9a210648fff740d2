// For tests: a node, the person alice who signs in there by a password, and its operator; without HTTP.
#pragma once

#include "service/client_walk.hpp"
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

namespace bulla::service {

inline AddressPrefix const here{127, 0, 0};
inline AddressPrefix const elsewhere{10, 0, 0};

inline SecretBytes secret(std::string_view text) {
    return SecretBytes::from(base::as_bytes(text));
}

// alice, with what a client has.
class TestPerson {
public:
    explicit TestPerson(TestNode& node) : node_(node) {}

    struct SignedIn {
        LoginParameters parameters;
        crypto::Ed25519KeyPair key;
        std::string token;
        Principal principal;
    };
    SignedIn sign_in(std::string_view password = test_password) {
        auto walk = LoginWalk::start(secret(password), randomness_);
        auto const offer = node_.application().login().begin(
            {.username = "alice", .ke1 = walk.request(), .client = "cli", .origin = "cli", .prefix = here});
        auto made = std::move(walk).finish(offer.value(), keys(), "cli", "cli").value();
        auto const issued = node_.application().login().finish(made.finish).value();
        return {.parameters = made.parameters,
                .key = std::move(made.password_key),
                .token = issued.access_token,
                .principal = node_.tokens().check_bearer(issued.access_token).value()};
    }
    // Of the account, and of a recovery of it.
    template <class Statement>
    Served<sequencer::Receipt> change(SignedIn const& by, Statement const& statement,
                                      std::vector<ledger::Evidence> further = {}) {
        auto bytes = ledger::encode(statement);
        std::vector evidence{make_evidence(Statement::kind, bytes, by.parameters.credential, by.key)};
        std::ranges::move(further, std::back_inserter(evidence));
        return node_.wait(node_.application().accounts().change(
            by.principal,
            {.kind = Statement::kind, .statement = std::move(bytes), .evidence = std::move(evidence)}));
    }
    template <class Statement>
    void change() {
        auto const by = sign_in();
        EXPECT_TRUE(change(by, Statement{{next_entry(by.parameters, ground().network)}}));
    }
    Served<sequencer::Receipt> cancel_recovery(ledger::StatementDigest const& begin,
                                               std::string_view password = test_password) {
        auto const by = sign_in(password);
        ledger::CancelRecovery cancel;
        auto const next = next_entry(by.parameters, ground().network);
        cancel.asks = {.network = next.network, .label = next.label, .not_after = next.not_after};
        cancel.begin = begin;
        return change(by, cancel);
    }

    NetworkKeys keys() const {
        return {.network = ground().network,
                .opaque_public_key = ground().keys.opaque_keys.public_key,
                .vrf_public_key = ground().keys.vrf_key.public_key()};
    }
    ledger::Label label() const { return make_label(ground().keys.vrf_key, "alice"); }
    ledger::AccountState state() const {
        return ground().ledger.load_account(label()).value().value().state.value();
    }
    store::SideRow side_row() const { return ground().ledger.load_side_row(label()).value().value(); }

private:
    Ground const& ground() const { return node_.application().ground(); }

    TestNode& node_;
    crypto::SystemRandomness randomness_;
};

// The operator whose key founded the node.
class TestOperator {
public:
    explicit TestOperator(TestNode& node) : node_(node) {}

    crypto::Ed25519KeyPair const& key() const { return ground().keys.operator_key; }
    // The list is in the order of ids, which are random.
    ledger::Node const& node_row() const { return *ground().head()->nodes->find(ground().node); }
    OperatorPrincipal me() const {
        return find_operator(*ground().head()->nodes, node_row().operators[0].id).value();
    }

    template <class Statement>
    Served<sequencer::Receipt> submit(Statement statement, crypto::Ed25519KeyPair const& by,
                                      OperatorPrincipal const& who) {
        if constexpr (requires { statement.asks.signer; })
            statement.asks = {.network = ground().network,
                              .signer = who.person.id,
                              .sequence = who.person.sequence.next(),
                              .not_after = ground().entry_time() + entry_validity};
        else
            statement.asks.network = ground().network;
        auto bytes = ledger::encode(statement);
        std::vector<ledger::Evidence> evidence;
        if (Statement::kind != ledger::EntryKind::apply_change)
            evidence = {make_evidence(Statement::kind, bytes, who.person.id, by)};
        return node_.wait(node_.application().operator_desk().submit(
            who, {.kind = Statement::kind, .statement = std::move(bytes), .evidence = std::move(evidence)}));
    }
    Served<sequencer::Receipt> propose(ledger::Act const& act) {
        ledger::ProposeChange statement;
        statement.act = ledger::encode_act(act);
        return submit(statement, key(), me());
    }
    Served<sequencer::Receipt> object(ledger::LeafHash const& change) {
        ledger::ObjectChange statement;
        statement.change = change;
        return submit(statement, key(), me());
    }
    Served<sequencer::Receipt> apply(ledger::LeafHash const& change, ledger::Act const& act) {
        ledger::ApplyChange statement;
        statement.change = change;
        statement.act = ledger::encode_act(act);
        return submit(statement, key(), me());
    }
    Served<sequencer::Receipt> decide(ledger::Act const& act) {
        auto const proposed = propose(act);
        return proposed ? apply(proposed->leaf_hash, act) : proposed;
    }
    OperatorAudit::View audit() { return node_.wait(node_.application().read_operator_audit()).value(); }

private:
    Ground const& ground() const { return node_.application().ground(); }

    TestNode& node_;
};

class NodeTest : public testing::Test {
protected:
    explicit NodeTest(Settings const& settings = {}) : node(with_data(settings), clock) {}

    bulla::test::TemporaryDirectory directory;
    SetClock clock;
    crypto::SystemRandomness randomness;
    TestNode node;
    Ground const& ground = node.application().ground();
    TestPerson owner{node};
    TestOperator operators{node};

private:
    Settings with_data(Settings settings) const {
        settings.data = directory.path() / "data";
        return settings;
    }
};

} // namespace bulla::service
