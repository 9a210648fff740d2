// Networks for tests, with real Ed25519 keys that are the same in every run.
//
// TestNetwork makes a consistent genesis for n nodes and signs as them; make_entry() signs any statement.
#pragma once

#include "base/big_endian.hpp"
#include "ledger/block.hpp"

namespace bulla::test {

using namespace std::chrono_literals;

inline constexpr base::Timestamp world_time = base::from_unix_milliseconds(1'800'000'000'000);

// One key for each purpose and number.
inline crypto::Ed25519KeyPair test_key(std::string_view purpose, std::uint64_t number = 0) {
    auto const seed =
        crypto::sha256({base::as_bytes("bulla/test-key/v1"), base::as_bytes(purpose), base::u64be(number)});
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed));
}

template <class Fixed>
Fixed test_bytes(std::string_view purpose, std::uint64_t number = 0) {
    auto const digest = crypto::sha256({base::as_bytes(purpose), base::u64be(number)});
    return Fixed::from(digest.view().first(Fixed::size));
}

struct TestSigner {
    base::ByteBuffer id; // credential id, node id or kid
    crypto::Ed25519KeyPair const& key;
};

class TestNetwork {
public:
    explicit TestNetwork(std::size_t nodes = 1) : log_key(test_key("log")) {
        genesis.time = world_time;
        genesis.nodes = {
            .number = 1, .log_key = log_key.public_key(), .origin = "localhost:8080/log", .nodes = {}};
        for (std::size_t number = 0; number < nodes; ++number)
            add_node(number);
        std::ranges::sort(genesis.nodes.nodes, {}, &ledger::Node::id);
        std::ranges::sort(node_keys, {},
                          [](auto const& key) { return ledger::make_node_id(key.public_key()); });
        genesis.policy.issuer = "http://localhost:8080";
        genesis.policy.rp_id = "localhost";
        genesis.policy.origins = {"http://localhost:8080"};
        genesis.policy.keysets = {{.number = 1,
                                   .threshold = 1,
                                   .nodes = {genesis.nodes.nodes[0].id},
                                   .seeds = {test_bytes<ledger::SeedHash>("seed")},
                                   .opaque_public_key = {}}};
        id = ledger::make_network_id(merkle::hash_leaf(ledger::encode(genesis)));
    }

    std::vector<ledger::Admission> admit(ledger::StatementDigest const& digest, base::Timestamp until) const {
        std::vector<ledger::Admission> admissions;
        admissions.reserve(genesis.nodes.quorum());
        for (std::size_t node = 0; node < genesis.nodes.quorum(); ++node)
            admissions.push_back(
                {.node = genesis.nodes.nodes[node].id,
                 .until = until,
                 .signature = node_keys[node].sign(ledger::admission_message(until, digest))});
        return admissions;
    }
    TestSigner signer(std::size_t node = 0) const {
        return {base::to_buffer(genesis.nodes.nodes[node].id), node_keys[node]};
    }
    ledger::NodePart asks(std::uint64_t sequence, std::size_t node = 0) const {
        return {.network = id,
                .signer = genesis.nodes.nodes[node].id,
                .sequence = ledger::Sequence{sequence},
                .not_after = world_time + 365 * 24h};
    }

    ledger::Genesis genesis;
    ledger::NetworkId id;
    crypto::Ed25519KeyPair log_key;
    std::vector<crypto::Ed25519KeyPair> node_keys; // as genesis.nodes.nodes, in ascending node id

private:
    void add_node(std::uint64_t number) {
        using credential::CredentialKind;
        node_keys.push_back(test_key("node", number));
        auto const node_id = ledger::make_node_id(node_keys.back().public_key());
        credential::PublicKey const operator_key(test_key("operator", number).public_key());
        auto const owner = credential::CredentialOwner::from(node_id);
        genesis.nodes.nodes.push_back(
            {.id = node_id,
             .node_key = node_keys.back().public_key(),
             .cosigner_key = test_key("cosigner", number).public_key(),
             .sequence = {},
             .operators = {{.id = credential::credential_id(owner, CredentialKind::device_key, operator_key),
                            .kind = CredentialKind::device_key,
                            .public_key = operator_key,
                            .sequence = {}}},
             .signing_keys = {}});
    }
};

template <class Kind>
ledger::Entry make_entry(Kind const& statement, std::vector<TestSigner> const& signers,
                         std::vector<ledger::Admission> const& admissions = {}) {
    ledger::Entry entry{
        .kind = Kind::kind, .statement = ledger::encode(statement), .evidence = {}, .admissions = admissions};
    auto const digest = ledger::digest_statement(Kind::kind, entry.statement);
    for (auto const& signer : signers)
        entry.evidence.push_back({.signer = signer.id, .parts = {base::to_buffer(signer.key.sign(digest))}});
    return entry;
}

template <class Kind>
ledger::Entry make_admitted_entry(TestNetwork const& network, Kind const& statement,
                                  std::vector<TestSigner> const& signers,
                                  base::Timestamp until = world_time + 24h) {
    auto const digest = ledger::digest_statement(Kind::kind, ledger::encode(statement));
    return make_entry(statement, signers, network.admit(digest, until));
}

} // namespace bulla::test
