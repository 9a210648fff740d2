// A small ledger for tests.
//
// TestAccount makes the entries of one account, each for its next version. LedgerWorld executes entries over
// a MemoryState and keeps the log as bytes, so that what it accepts can be audited.
#pragma once

#include "test_network.hpp" // beside this file: fuzzers include it without the folder of the tests

namespace bulla::test {

// The owner of one account. Passwords and device keys are numbered; the entries are for the version after
// `version`.
class TestAccount {
public:
    TestAccount(TestNetwork const& network, std::uint64_t number)
        : label(test_bytes<ledger::Label>("label", number)), network_(network), number_(number) {}

    ledger::AccountPart asks() const {
        return {.network = network_.id,
                .label = label,
                .version = version.next(),
                .previous = head,
                .not_after = world_time + 365 * 24h};
    }
    crypto::Ed25519KeyPair password_key(std::uint64_t which = 0) const {
        return test_key("password", key_number(which));
    }
    crypto::Ed25519KeyPair device_key(std::uint64_t which = 0) const {
        return test_key("device", key_number(which));
    }

    ledger::NewCredential password(std::uint64_t which = 0) const {
        return {.kind = credential::CredentialKind::password,
                .public_key = credential::PublicKey(password_key(which).public_key()),
                .generation = version.next(),
                .keyset = 1,
                .stretching = network_.genesis.policy.stretching,
                .record = test_bytes<ledger::RecordHash>("record", which),
                .webauthn_id = std::nullopt};
    }
    ledger::NewCredential device(std::uint64_t which = 0) const {
        ledger::NewCredential credential;
        credential.public_key = credential::PublicKey(device_key(which).public_key());
        return credential;
    }
    crypto::Ed25519KeyPair recovery_key(std::uint64_t which = 0) const {
        return test_key("recovery", key_number(which));
    }
    ledger::NewCredential recovery(std::uint64_t which = 0) const {
        ledger::NewCredential credential;
        credential.kind = credential::CredentialKind::recovery_key;
        credential.public_key = credential::PublicKey(recovery_key(which).public_key());
        return credential;
    }
    ledger::CredentialId id_of(ledger::NewCredential const& key) const {
        return credential::credential_id(credential::CredentialOwner::from(label), key.kind, key.public_key);
    }
    TestSigner signer(ledger::NewCredential const& key, crypto::Ed25519KeyPair const& pair) const {
        return {base::to_buffer(id_of(key)), pair};
    }

    ledger::Register register_statement(std::uint64_t which = 0) const {
        return {
            {asks()}, password(which), ledger::hash_opening(test_bytes<ledger::Opening>("opening", number_))};
    }
    ledger::Entry register_entry(std::uint64_t which = 0) const {
        auto const key = password_key(which);
        return make_admitted_entry(network_, register_statement(which), {signer(password(which), key)});
    }
    // Signed by the password `by`.
    template <class Kind>
    ledger::Entry entry(Kind const& statement, std::uint64_t by = 0) const {
        auto const key = password_key(by);
        return make_entry(statement, {signer(password(by), key)});
    }
    ledger::Entry add_device(std::uint64_t which = 0, std::uint64_t by = 0) const {
        auto const key = password_key(by);
        auto const new_key = device_key(which);
        return make_entry(ledger::AddCredential{{asks()}, device(which)},
                          {signer(password(by), key), signer(device(which), new_key)});
    }
    ledger::Entry add_recovery(std::uint64_t which = 0, std::uint64_t by = 0) const {
        auto const key = password_key(by);
        auto const new_key = recovery_key(which);
        return make_entry(ledger::AddCredential{{asks()}, recovery(which)},
                          {signer(password(by), key), signer(recovery(which), new_key)});
    }

    // --- recoveries: version and previous stand beside the statement
    ledger::RecoveryPart recovery_asks() const {
        return {.network = network_.id, .label = label, .not_after = world_time + 365 * 24h};
    }
    ledger::AccountLink link() const { return {.version = version.next(), .previous = head}; }
    // To a device key, by the recovery key that was added by `key_version`.
    ledger::BeginRecovery begin_statement(std::optional<ledger::AccountVersion> key_version,
                                          std::uint64_t device_number) const {
        return {{recovery_asks()}, device(device_number), key_version};
    }
    ledger::Entry begin_recovery(ledger::AccountVersion key_version, std::uint64_t device_number,
                                 std::uint64_t which = 0) const {
        auto const key = recovery_key(which);
        auto const new_key = device_key(device_number);
        return linked(begin_statement(key_version, device_number),
                      {signer(recovery(which), key), signer(device(device_number), new_key)});
    }
    ledger::Entry finish_recovery(ledger::StatementDigest const& begin, std::uint64_t device_number) const {
        auto const new_key = device_key(device_number);
        return linked(ledger::FinishRecovery{{recovery_asks()}, begin},
                      {signer(device(device_number), new_key)});
    }
    ledger::Entry cancel_recovery(ledger::StatementDigest const& begin, TestSigner const& by) const {
        return linked(ledger::CancelRecovery{{recovery_asks()}, begin}, {by});
    }
    template <class Kind>
    ledger::Entry linked(Kind const& statement, std::vector<TestSigner> const& signers) const {
        auto entry = make_entry(statement, signers);
        entry.link = link();
        return entry;
    }

    ledger::Entry end_sessions(std::uint64_t by = 0) const {
        return entry(ledger::EndSessions{{asks()}}, by);
    }
    ledger::Entry erase(std::uint64_t by = 0) const { return entry(ledger::Erase{{asks()}}, by); }

    // To be called once an entry of this account is in the ledger.
    void accepted(ledger::Entry const& entry) {
        version = version.next();
        head = merkle::hash_leaf(ledger::encode(entry));
    }

    ledger::Label label;
    ledger::AccountVersion version; // of the account now; 0: never registered
    ledger::LeafHash head;

private:
    std::uint64_t key_number(std::uint64_t which) const { return number_ * 1'000 + which; }

    TestNetwork const& network_;
    std::uint64_t number_;
};

// Executes entries one after the other. Blocks are closed on request; block 0 is there from the start.
class LedgerWorld {
public:
    explicit LedgerWorld(TestNetwork const& network)
        : state(network.genesis), genesis_(ledger::make_genesis_block(network.genesis)),
          head(genesis_.built.head), log{genesis_.genesis_bytes, genesis_.built.block_bytes} {}

    Result<void, ledger::Rejection> submit(base::ByteView bytes) {
        auto const entry = TRY(ledger::decode_entry(bytes));
        if (!open_)
            open_.emplace(head, std::max(time, head.time));
        auto const working_set = state.load(ledger::read_set(entry), open_->next_place());
        auto const changes = TRY(ledger::execute(working_set, entry));
        state.apply(changes);
        open_->append(entry.leaf_hash);
        log.push_back(base::to_buffer(bytes));
        return {};
    }
    Result<void, ledger::Rejection> submit(ledger::Entry const& entry) {
        return submit(ledger::encode(entry));
    }

    // Nothing happens when the block has no entry.
    void close_block() {
        if (!open_ || open_->entry_count() == 0)
            return open_.reset();
        auto built = (*std::move(open_)).close(state.directory_root(), state.network_root());
        open_.reset();
        head = std::move(built.head);
        log.push_back(std::move(built.block_bytes));
    }

    base::Timestamp time = world_time; // of the next block
    ledger::MemoryState state;

private:
    ledger::GenesisBlock genesis_;
    std::optional<ledger::BlockBuilder> open_;

public:
    ledger::ChainHead head;
    std::vector<base::ByteBuffer> log;
};

} // namespace bulla::test
