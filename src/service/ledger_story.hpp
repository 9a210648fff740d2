// For tests: a ledger in memory that a small story has been written into, by the keys of a real key
// directory.
//
//   index   0 genesis  1 block  2 signing key  3 block  4 alice  5 bob  6 block  7 alice's device  8 block
//           9 bob erased  10 block
#pragma once

#include "crypto/random.hpp"
#include "sequencer/chain.hpp"
#include "service/founding.hpp"
#include "service/ground.hpp"
#include "support/ledger_world.hpp"
#include "support/memory_ledger_database.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace bulla::service {

class LedgerStory {
public:
    LedgerStory() {
        std::filesystem::create_directory(directory.path() / "keys");
        auto const files = [&] { return KeyDirectory::bare(directory.path() / "keys"); };
        EXPECT_TRUE(make_keys(files(), randomness));
        keys.emplace(load_keys(files()).value());
        begin();
    }

    // Founds the ledger; again, after it was cleared, with the same keys and genesis.
    void begin() {
        EXPECT_TRUE(sequencer::found_chain(*ledger, make_genesis(settings, *keys, test::world_time)));
        auto guard = sequencer::Guard::open(guard_directory(), log_origin_of(settings),
                                            sequencer::Guard::Start::first);
        chain.emplace(sequencer::Chain::open(*ledger, std::move(guard).value(), keys->log_key).value());
        network = chain->head()->network;
    }
    void forget_everything() {
        chain.reset();
        ledger = std::make_unique<test::MemoryLedgerDatabase>();
        std::filesystem::remove_all(guard_directory());
    }

    void tell() {
        order({{.entry = signing_key_entry(), .side_writes = {}}});
        order({register_entry("alice"), register_entry("bob")});
        order({{.entry = device_entry("alice"), .side_writes = {}}});
        order({{.entry = erase_entry("bob"),
                .side_writes = {{.label = label_of("bob"), .row = std::nullopt}}}});
    }

    void order(std::vector<sequencer::Submission> const& submissions) {
        time += std::chrono::seconds{1};
        sequencer::BlockMaker maker(*ledger, chain->tip());
        for (auto const& submission : submissions) {
            auto const outcome = maker.execute(submission, time, checks).value();
            EXPECT_TRUE(outcome) << ledger::name(outcome.error());
        }
        EXPECT_TRUE(chain->commit(*maker.close()));
    }

    ledger::Label label_of(std::string_view name) const { return make_label(keys->vrf_key, name); }

    sequencer::Submission register_entry(std::string_view name, std::uint8_t record_byte = 7) const {
        auto const key = password_key(name);
        ledger::Register const statement{
            {asks(name)}, password(name, record_byte), ledger::hash_opening(opening(name))};
        auto const bytes = ledger::encode(statement);
        auto const digest = ledger::digest_statement(statement.kind, bytes);
        auto const until = time + std::chrono::minutes{1};
        ledger::Entry const entry{
            .kind = statement.kind,
            .statement = bytes,
            .evidence = {evidence(digest, name, statement.credential, key)},
            .admissions = {{.node = node_id(),
                            .until = until,
                            .signature = keys->node_key.sign(ledger::admission_message(until, digest))}}};
        store::SideRow const row{.opaque_record = base::ByteBuffer(192, record_byte),
                                 .opening = opening(name),
                                 .vrf_proof = keys->vrf_key.prove(base::as_bytes(name))};
        return {.entry = ledger::encode(entry), .side_writes = {{.label = label_of(name), .row = row}}};
    }

    test::TemporaryDirectory directory;
    crypto::SystemRandomness randomness;
    Settings settings;
    std::optional<NodeKeys> keys;
    std::unique_ptr<test::MemoryLedgerDatabase> ledger = std::make_unique<test::MemoryLedgerDatabase>();
    std::optional<sequencer::Chain> chain;
    sequencer::CheckMemory checks;
    ledger::NetworkId network;
    base::Timestamp time = test::world_time;

    std::filesystem::path guard_directory() const { return directory.path() / "guard"; }
    merkle::VerifierKey log_key() const {
        return merkle::VerifierKey::make(log_origin_of(settings), merkle::NoteKeyType::ed25519,
                                         keys->log_key.public_key());
    }

private:
    ledger::NodeId node_id() const { return ledger::make_node_id(keys->node_key.public_key()); }
    static crypto::Ed25519KeyPair password_key(std::string_view name) { return test::test_key(name); }
    static ledger::Opening opening(std::string_view name) { return test::test_bytes<ledger::Opening>(name); }

    ledger::AccountPart asks(std::string_view name) const {
        auto const account = ledger->load_account(label_of(name)).value();
        return {.network = network,
                .label = label_of(name),
                .version = account ? account->head.version.next() : ledger::AccountVersion{1},
                .previous = account ? account->head.head : ledger::LeafHash{},
                .not_after = time + std::chrono::minutes{2}};
    }
    ledger::NewCredential password(std::string_view name, std::uint8_t record_byte) const {
        ledger::NewCredential made;
        made.kind = credential::CredentialKind::password;
        made.public_key = credential::PublicKey(password_key(name).public_key());
        made.generation = asks(name).version;
        made.keyset = 1;
        made.stretching = ledger::Stretching{};
        made.record =
            ledger::RecordHash::from(crypto::sha256(base::ByteView(base::ByteBuffer(192, record_byte))));
        return made;
    }
    ledger::Evidence evidence(ledger::StatementDigest const& digest, std::string_view name,
                              ledger::NewCredential const& credential,
                              crypto::Ed25519KeyPair const& key) const {
        auto const owner = credential::CredentialOwner::from(label_of(name));
        auto const id = credential::credential_id(owner, credential.kind, credential.public_key);
        return {.signer = base::to_buffer(id), .parts = {base::to_buffer(key.sign(digest))}};
    }
    base::ByteBuffer device_entry(std::string_view name) const {
        auto const device_key = test::test_key("device");
        ledger::NewCredential device;
        device.public_key = credential::PublicKey(device_key.public_key());
        auto const bytes = ledger::encode(ledger::AddCredential{{asks(name)}, device});
        auto const digest = ledger::digest_statement(ledger::EntryKind::add_credential, bytes);
        return ledger::encode(
            ledger::Entry{.kind = ledger::EntryKind::add_credential,
                          .statement = bytes,
                          .evidence = {evidence(digest, name, password(name, 7), password_key(name)),
                                       evidence(digest, name, device, device_key)},
                          .admissions = {}});
    }
    base::ByteBuffer erase_entry(std::string_view name) const {
        auto const bytes = ledger::encode(ledger::Erase{{asks(name)}});
        auto const digest = ledger::digest_statement(ledger::EntryKind::erase, bytes);
        return ledger::encode(
            ledger::Entry{.kind = ledger::EntryKind::erase,
                          .statement = bytes,
                          .evidence = {evidence(digest, name, password(name, 7), password_key(name))},
                          .admissions = {}});
    }
    base::ByteBuffer signing_key_entry() const {
        auto const signing_key = test::test_key("signing");
        ledger::PublishSigningKey const statement{{{.network = network,
                                                    .signer = node_id(),
                                                    .sequence = ledger::Sequence{1},
                                                    .not_after = time + std::chrono::minutes{2}}},
                                                  ledger::SigningAlgorithm::eddsa,
                                                  base::to_buffer(signing_key.public_key())};
        return ledger::encode(test::make_entry(
            statement, {{base::to_buffer(node_id()), keys->node_key},
                        {base::to_buffer(token::make_key_id(signing_key.public_key())), signing_key}}));
    }
};

} // namespace bulla::service
