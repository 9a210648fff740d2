#include "ledger/audit.hpp"

#include "ledger/node_rules.hpp"
#include "support/ledger_world.hpp"

#include <gtest/gtest.h>

#include <set>

namespace bulla::ledger {
namespace {

using test::LedgerWorld;
using test::TestAccount;
using test::TestNetwork;
using test::world_time;
using namespace std::chrono_literals;

using Log = std::vector<base::ByteBuffer>;

struct Outcome {
    std::optional<AuditFault> fault;
    merkle::LogRoot root;
};

// Good signatures are remembered from run to run, so that thousands of runs cost only what differs.
Outcome audit(Log const& log) {
    static std::set<crypto::Sha256Digest> good;
    Audit audit;
    for (auto const& entry : log) {
        auto const checks = audit.feed(entry);
        if (!checks)
            return {.fault = checks.error(), .root = {}};
        for (auto const& [index, planned] : *checks) {
            if (good.contains(planned.check.id()))
                continue;
            if (!credential::check(planned.check))
                return {.fault = AuditFault{index, AuditReason::wrong_signature, planned.otherwise},
                        .root = {}};
            good.insert(planned.check.id());
        }
    }
    if (auto const end = audit.finish(); !end)
        return {.fault = end.error(), .root = {}};
    return {.fault = std::nullopt, .root = audit.head().frontier.root()};
}

// Four blocks: genesis; two registrations; a device key and a signing key; the end of an account.
struct Small {
    TestNetwork network;
    LedgerWorld world{network};
    TestAccount alice{network, 1};
    TestAccount bob{network, 2};

    Small() {
        submit(alice, alice.register_entry());
        submit(bob, bob.register_entry());
        next_block();
        submit(alice, alice.add_device());
        EXPECT_TRUE(world.submit(publish()).has_value());
        next_block();
        submit(bob, bob.end_sessions());
        submit(bob, bob.erase());
        next_block();
    }
    void submit(TestAccount& account, Entry const& entry) {
        EXPECT_TRUE(world.submit(entry).has_value());
        account.accepted(entry);
    }
    void next_block() {
        world.close_block();
        world.time += 1'500ms;
    }
    Entry publish() const {
        auto const key = test::test_key("signing");
        PublishSigningKey const wanted{
            {network.asks(1)}, SigningAlgorithm::eddsa, base::to_buffer(key.public_key())};
        return test::make_entry(wanted, {network.signer(), {base::to_buffer(*signing_key_id(wanted)), key}});
    }
    Log const& log() const { return world.log; }
};

// H9
TEST(Audit, accepts_what_execute_accepted_and_comes_to_the_same_end) {
    Small const small;
    Audit audit;
    std::size_t check_count = 0;
    for (auto const& entry : small.log())
        check_count += audit.feed(entry).value().size();
    EXPECT_TRUE(audit.finish().has_value());
    EXPECT_EQ(check_count, 3U + 3 + 3 + 2 + 1 + 1);
    EXPECT_EQ(audit.size().number(), small.log().size());
    EXPECT_EQ(audit.block_count(), 4U);
    EXPECT_EQ(audit.head().frontier, small.world.head.frontier);
    EXPECT_EQ(audit.head().block_hash, small.world.head.block_hash);
    EXPECT_EQ(audit.head().time, small.world.head.time);
    EXPECT_EQ(audit.last_leaf(), merkle::hash_leaf(small.log().back()));
    EXPECT_EQ(audit.state().accounts(), small.world.state.accounts());
    EXPECT_EQ(audit.state().nodes(), small.world.state.nodes());
    EXPECT_EQ(audit.genesis(), small.network.genesis);
}

TEST(Audit, finds_every_changed_byte) {
    Small const small;
    auto const expected = audit(small.log());
    ASSERT_FALSE(expected.fault.has_value());
    for (std::size_t index = 0; index < small.log().size(); ++index) {
        for (std::size_t place = 0; place < small.log()[index].size(); ++place) {
            auto changed = small.log();
            changed[index][place] ^= 0x10;
            auto const found = audit(changed);
            // Nothing inside a log contradicts a later time in its last block entry; any checkpoint does.
            if (index + 1 == small.log().size() && !found.fault)
                ASSERT_NE(found.root, expected.root) << place;
            else
                ASSERT_TRUE(found.fault.has_value()) << index << ' ' << place;
        }
    }
}

// G20
TEST(Audit, finds_every_entry_dropped_repeated_or_swapped_with_the_next) {
    Small const small;
    for (std::size_t index = 0; index < small.log().size(); ++index) {
        auto const place = static_cast<std::ptrdiff_t>(index);
        auto dropped = small.log();
        dropped.erase(dropped.begin() + place);
        EXPECT_TRUE(audit(dropped).fault.has_value()) << index;
        auto repeated = small.log();
        repeated.insert(repeated.begin() + place, repeated[index]);
        EXPECT_TRUE(audit(repeated).fault.has_value()) << index;
        auto swapped = small.log();
        if (index + 1 < swapped.size()) {
            std::swap(swapped[index], swapped[index + 1]);
            EXPECT_TRUE(audit(swapped).fault.has_value()) << index;
        }
    }
}

// --- each reason
// ----------------------------------------------------------------------------------------------

// The last block entry changed by an operator who prints a well-formed one.
AuditFault fault_after(void (*change)(BlockEntry&)) {
    Small const small;
    auto log = small.log();
    auto block = decode<BlockEntry>(log.back()).value();
    change(block);
    log.back() = encode(block);
    auto const found = audit(log);
    EXPECT_TRUE(found.fault.has_value());
    EXPECT_EQ(found.fault->index.number(), log.size() - 1);
    return found.fault.value_or(AuditFault{});
}

TEST(Audit, names_what_is_wrong_in_a_block_entry) {
    auto const reason = [](void (*change)(BlockEntry&)) { return fault_after(change).reason; };
    EXPECT_EQ(reason([](BlockEntry& block) { block.height = block.height.next(); }),
              AuditReason::wrong_height);
    EXPECT_EQ(reason([](BlockEntry& block) { block.previous.writable()[0] ^= 1; }),
              AuditReason::wrong_previous_block);
    EXPECT_EQ(reason([](BlockEntry& block) { block.time = world_time; }), AuditReason::time_went_back);
    EXPECT_EQ(reason([](BlockEntry& block) { block.first_index = block.first_index.next(); }),
              AuditReason::wrong_first_index);
    EXPECT_EQ(reason([](BlockEntry& block) { ++block.entry_count; }), AuditReason::wrong_entry_count);
    EXPECT_EQ(reason([](BlockEntry& block) { block.log_root.writable()[31] ^= 1; }),
              AuditReason::wrong_log_root);
    EXPECT_EQ(reason([](BlockEntry& block) { block.directory_root.writable()[31] ^= 1; }),
              AuditReason::wrong_directory_root);
    EXPECT_EQ(reason([](BlockEntry& block) { block.network_root.writable()[31] ^= 1; }),
              AuditReason::wrong_network_root);
}

TEST(Audit, refuses_a_block_zero_with_another_time_than_its_genesis) {
    Small const small;
    auto block = decode<BlockEntry>(small.log()[1]).value();
    block.time += 1ms;
    auto const found = audit({small.log()[0], encode(block)});
    EXPECT_EQ(found.fault, (AuditFault{LeafIndex{1}, AuditReason::wrong_genesis_time, std::nullopt}));
}

TEST(Audit, refuses_a_block_entry_that_no_encoder_prints) {
    Small const small;
    auto log = small.log();
    log.back().push_back(0);
    EXPECT_EQ(audit(log).fault->reason, AuditReason::malformed_block);
}

TEST(Audit, refuses_a_block_without_entries) {
    Small const small;
    auto log = small.log();
    log.push_back(log.back());
    auto block = decode<BlockEntry>(log.back()).value();
    block.height = block.height.next();
    block.previous = merkle::hash_leaf(small.log().back());
    block.first_index = LeafIndex{small.log().size()};
    block.entry_count = 0;
    block.log_root = small.world.head.frontier.root();
    log.back() = encode(block);
    EXPECT_EQ(audit(log).fault->reason, AuditReason::wrong_entry_count);
}

TEST(Audit, refuses_a_log_that_ends_inside_a_block) {
    Small const small;
    auto log = small.log();
    log.pop_back();
    EXPECT_EQ(audit(log).fault,
              (AuditFault{LeafIndex{log.size()}, AuditReason::incomplete_block, std::nullopt}));
    EXPECT_EQ(audit({small.log()[0]}).fault->reason, AuditReason::incomplete_block);
    EXPECT_EQ(audit({}).fault->reason, AuditReason::incomplete_block);
}

TEST(Audit, refuses_a_second_entry_in_block_zero) {
    Small const small;
    auto const found = audit({small.log()[0], small.log()[2]});
    EXPECT_EQ(found.fault, (AuditFault{LeafIndex{1}, AuditReason::wrong_entry_count, std::nullopt}));
}

// An operator who holds every key of the server closes a block over an entry that nobody authorised.
AuditFault fault_of_forged(Entry const& forged) {
    Small const small;
    auto log = small.log();
    auto const decoded = decode_entry(encode(forged)).value();
    BlockBuilder builder(small.world.head, small.world.time);
    auto state = small.world.state;
    auto const planned = plan(state.load(read_set(decoded), builder.next_place()), decoded);
    if (planned)
        state.apply(planned->changes);
    builder.append(decoded.leaf_hash);
    log.push_back(encode(forged));
    log.push_back(std::move(builder).close(state.directory_root(), state.network_root()).block_bytes);
    auto const found = audit(log);
    EXPECT_TRUE(found.fault.has_value());
    EXPECT_EQ(found.fault->index.number(), small.log().size());
    return found.fault.value_or(AuditFault{});
}

TEST(Audit, finds_an_entry_whose_signature_does_not_verify) {
    Small const small;
    auto forged = small.alice.end_sessions();
    forged.evidence[0].parts[0][1] ^= 1;
    auto const fault = fault_of_forged(forged);
    EXPECT_EQ(fault.reason, AuditReason::wrong_signature);
    EXPECT_EQ(fault.rejection, Rejection::wrong_evidence);
}

TEST(Audit, finds_an_entry_that_breaks_a_rule) {
    Small const small;
    TestAccount const again(small.network, 1);
    auto const fault = fault_of_forged(again.register_entry());
    EXPECT_EQ(fault.reason, AuditReason::rejected);
    EXPECT_EQ(fault.rejection, Rejection::label_taken);
}

TEST(Audit, refuses_more_entries_than_a_block_may_hold) {
    Small const small;
    Audit audit;
    for (auto const& entry : small.log())
        EXPECT_TRUE(audit.feed(entry).has_value());
    auto const bytes = encode(small.alice.end_sessions());
    for (std::size_t count = 0; count < block_entries_max; ++count)
        ASSERT_TRUE(audit.feed(bytes).has_value());
    EXPECT_EQ(audit.feed(bytes).error().reason, AuditReason::block_too_large);
}

// --- genesis
// --------------------------------------------------------------------------------------------------

TEST(Genesis, is_refused_when_it_contradicts_itself) {
    auto const is_refused_after = [](void (*change)(Genesis&)) {
        TestNetwork network(2);
        change(network.genesis);
        Audit audit;
        return audit.feed(encode(network.genesis)).has_value() ? false : !is_consistent(network.genesis);
    };
    EXPECT_FALSE(is_refused_after([](Genesis&) {}));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes.clear(); }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes[1] = genesis.nodes.nodes[0]; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes[1].id.writable()[0] ^= 1; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes[0].operators.clear(); }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes[0].operators[0].id = {}; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes[0].sequence = Sequence{1}; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.nodes[0].signing_keys.resize(1); }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.origin = "two words"; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.log_key = {}; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.nodes.number = 2; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.policy.keysets.clear(); }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.policy.keysets[0].threshold = 0; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.policy.keysets[0].nodes[0] = {}; }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.policy.rp_id.clear(); }));
    EXPECT_TRUE(is_refused_after([](Genesis& genesis) { genesis.policy.stretching.lanes = 2; }));
}

TEST(Genesis, makes_block_zero_of_itself_alone) {
    TestNetwork const network;
    auto const made = make_genesis_block(network.genesis);
    EXPECT_EQ(made.genesis_bytes, encode(network.genesis));
    EXPECT_EQ(made.built.head.network, network.id);
    EXPECT_EQ(made.built.block.height, BlockHeight{});
    EXPECT_TRUE(made.built.block.previous.is_zero());
    EXPECT_EQ(made.built.block.time, network.genesis.time);
    EXPECT_EQ(made.built.block.entry_count, 1U);
    EXPECT_EQ(made.built.block.log_root, merkle::LogRoot::from(network.id));
    EXPECT_EQ(made.built.head.frontier.size().number(), 2U);
    EXPECT_EQ(made.built.leaf_hashes.size(), 2U);
}

} // namespace
} // namespace bulla::ledger
