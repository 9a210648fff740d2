#include "sequencer/comet/application.hpp"

#include "sequencer/comet/limits.hpp"
#include "sequencer/comet/side_writes.hpp"
#include "support/comet_world.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <future>

namespace bulla::sequencer::comet {
namespace {

using base::ByteBuffer;
using test::CometWorld;
using test::TestAccount;
using namespace std::chrono_literals;

struct Begun : CometWorld {
    Begun() { init(); }
};

TEST(Info, names_height_0_and_the_start_before_the_first_commit) {
    CometWorld world;
    auto const answer = world.application->info({}).value();
    EXPECT_EQ(answer.last_block_height(), 0);
    EXPECT_EQ(answer.last_block_app_hash(), world.app_hash());
    EXPECT_EQ(answer.app_version(), ledger::rules_version);
}

TEST(Info, names_the_last_commit_after_a_restart) {
    Begun world;
    world.block({});
    world.block({world.registration(1)});
    auto const before = world.application->info({}).value();
    EXPECT_EQ(before.last_block_height(), 2);
    world.start();
    auto const after = world.application->info({}).value();
    EXPECT_EQ(after.last_block_height(), 2);
    EXPECT_EQ(after.last_block_app_hash(), before.last_block_app_hash());
}

TEST(InitChain, answers_the_start_and_may_be_repeated_until_the_first_commit) {
    CometWorld world;
    EXPECT_EQ(world.application->init_chain(world.init_request()).value().app_hash(), world.app_hash());
    world.finalize({world.registration(1)});
    world.start();
    EXPECT_EQ(world.application->init_chain(world.init_request()).value().app_hash(), world.app_hash());
    world.block({world.registration(1)});
    EXPECT_EQ(world.application->init_chain(world.init_request()).error(), CallFault::already_begun);
}

TEST(InitChain, refuses_the_genesis_of_another_network) {
    CometWorld world;
    auto const fault_of = [&](auto change) {
        auto request = world.init_request();
        change(request);
        return world.application->init_chain(request).error();
    };
    EXPECT_EQ(fault_of([](auto& r) { r.set_chain_id("bulla-00"); }), CallFault::wrong_chain);
    EXPECT_EQ(fault_of([](auto& r) { r.set_app_state_bytes("{}"); }), CallFault::wrong_chain);
    EXPECT_EQ(fault_of([](auto& r) { r.set_app_state_bytes("["); }), CallFault::wrong_chain);
    EXPECT_EQ(fault_of([](auto& r) { r.set_initial_height(2); }), CallFault::wrong_chain);
    EXPECT_EQ(fault_of([](auto& r) { r.clear_validators(); }), CallFault::wrong_validators);
    EXPECT_EQ(fault_of([](auto& r) { *r.add_validators() = r.validators(0); }), CallFault::wrong_validators);
    EXPECT_EQ(fault_of([](auto& r) { r.mutable_validators(0)->clear_pub_key(); }),
              CallFault::wrong_validators);
}

TEST(CheckTx, admits_what_could_come_next_and_names_the_rejection_of_the_rest) {
    Begun world;
    abci::CheckTxRequest request;
    request.set_tx(std::string(base::as_text(world.registration(1))));
    EXPECT_EQ(world.application->check_tx(request).value().code(), 0U);
    world.block({world.registration(1)});
    auto const again = world.application->check_tx(request).value();
    EXPECT_EQ(again.code(), std::to_underlying(ledger::Rejection::label_taken));
    EXPECT_EQ(again.log(), "label_taken");
    request.set_tx("rubbish");
    EXPECT_EQ(world.application->check_tx(request).value().code(),
              std::to_underlying(ledger::Rejection::malformed));
    request.set_tx(std::string(ledger::entry_size_max + 1, 'x'));
    EXPECT_NE(world.application->check_tx(request).value().code(), 0U);
}

TEST(CheckTx, looks_at_signatures_the_first_time_only) {
    Begun world;
    auto entry = TestAccount(world.network, 1).register_entry();
    entry.evidence[0].parts[0][0] ^= 1;
    abci::CheckTxRequest request;
    request.set_tx(std::string(base::as_text(ledger::encode(entry))));
    EXPECT_EQ(world.application->check_tx(request).value().code(),
              std::to_underlying(ledger::Rejection::wrong_evidence));
    request.set_type(abci::CheckTxRequest::RECHECK);
    EXPECT_EQ(world.application->check_tx(request).value().code(), 0U);
}

abci::PrepareProposalRequest proposal_of(CometWorld const& world, std::vector<ByteBuffer> const& entries) {
    abci::PrepareProposalRequest request;
    request.set_height(world.next_height());
    request.set_max_tx_bytes(1'000'000);
    test::set_time(*request.mutable_time(), world.clock.now());
    for (auto const& entry : entries)
        request.add_txs(std::string(base::as_text(entry)));
    return request;
}

TEST(PrepareProposal, leaves_out_what_is_refused_or_there_twice) {
    Begun world;
    auto const one = world.registration(1);
    auto const two = world.registration(2);
    auto const answer =
        world.application->prepare_proposal(proposal_of(world, {one, {0xff}, one, two})).value();
    ASSERT_EQ(answer.txs_size(), 2);
    EXPECT_EQ(answer.txs(0), base::as_text(one));
    EXPECT_EQ(answer.txs(1), base::as_text(two));
}

TEST(PrepareProposal, counts_room_as_the_engine_does) {
    Begun world;
    auto const one = world.registration(1);
    auto request = proposal_of(world, {one});
    request.set_max_tx_bytes(static_cast<std::int64_t>(one.size()) + 3); // tag and a length of two bytes
    EXPECT_EQ(world.application->prepare_proposal(request).value().txs_size(), 1);
    request.set_max_tx_bytes(static_cast<std::int64_t>(one.size()) + 2);
    EXPECT_EQ(world.application->prepare_proposal(request).value().txs_size(), 0);
}

// After idling the engine's time is old: a delay counted from it would be over at once.
TEST(PrepareProposal, proposes_nothing_under_an_old_time) {
    Begun world;
    auto const request = proposal_of(world, {world.registration(1)});
    auto const made = world.clock.now();
    world.clock.set(made + proposal_age_max);
    EXPECT_EQ(world.application->prepare_proposal(request).value().txs_size(), 1);
    world.clock.set(made + proposal_age_max + 1ms);
    EXPECT_EQ(world.application->prepare_proposal(request).value().txs_size(), 0);
}

TEST(PrepareProposal, changes_nothing) {
    Begun world;
    auto const before = world.app_hash();
    static_cast<void>(world.application->prepare_proposal(proposal_of(world, {world.registration(1)})));
    EXPECT_EQ(world.app_hash(), before);
    EXPECT_EQ(world.finalize({}).app_hash(), before);
}

abci::StatusResponse::Status judged(CometWorld const& world, abci::BlockRequest const& request) {
    return world.application->process_proposal(request).value().status();
}

TEST(ProcessProposal, accepts_good_entries_and_refuses_a_block_with_one_bad_one) {
    Begun world;
    auto const one = world.registration(1);
    EXPECT_EQ(judged(world, world.next_block({})), abci::StatusResponse::ACCEPT);
    EXPECT_EQ(judged(world, world.next_block({one})), abci::StatusResponse::ACCEPT);
    EXPECT_EQ(judged(world, world.next_block({one, one})), abci::StatusResponse::REJECT);
    EXPECT_EQ(judged(world, world.next_block({one, {0xff}})), abci::StatusResponse::REJECT);
}

TEST(ProcessProposal, refuses_entries_under_a_time_a_minute_old_and_no_others) {
    Begun world;
    auto const request = world.next_block({world.registration(1)});
    auto const empty = world.next_block({});
    auto const made = world.clock.now();
    world.clock.set(made + accepted_age_max);
    EXPECT_EQ(judged(world, request), abci::StatusResponse::ACCEPT);
    world.clock.set(made + accepted_age_max + 1ms);
    EXPECT_EQ(judged(world, request), abci::StatusResponse::REJECT);
    EXPECT_EQ(judged(world, empty), abci::StatusResponse::ACCEPT);
}

TEST(FinalizeBlock, leaves_out_what_is_refused_and_gives_its_number) {
    Begun world;
    auto const one = world.registration(1);
    auto const answer = world.block({{0xff}, one, one});
    ASSERT_EQ(answer.tx_results_size(), 3);
    EXPECT_EQ(answer.tx_results(0).code(), std::to_underlying(ledger::Rejection::malformed));
    EXPECT_EQ(answer.tx_results(1).code(), 0U);
    EXPECT_EQ(answer.tx_results(2).code(), std::to_underlying(ledger::Rejection::label_taken));
    EXPECT_EQ(answer.app_hash(), world.app_hash());
    EXPECT_EQ(test::log_of(world.ledger).size(), 4U);
}

TEST(FinalizeBlock, without_an_entry_makes_no_block_and_keeps_the_app_hash) {
    Begun world;
    auto const before = world.app_hash();
    EXPECT_EQ(world.block({}).app_hash(), before);
    EXPECT_EQ(world.block({{0xff}}).app_hash(), before);
    EXPECT_EQ(world.ledger.rows().blocks.size(), 1U);
    EXPECT_EQ(world.application->height(), store::EngineHeight{2});
}

TEST(FinalizeBlock, writes_nothing_before_commit_and_gives_the_same_answer_again) {
    Begun world;
    auto const first = world.finalize({world.registration(1)});
    EXPECT_EQ(world.ledger.rows().blocks.size(), 1U);
    EXPECT_EQ(world.finalize({world.registration(1)}).SerializeAsString(), first.SerializeAsString());
    ASSERT_TRUE(world.application->commit().has_value());
    EXPECT_EQ(world.app_hash(), first.app_hash());
}

TEST(FinalizeBlock, takes_another_block_of_the_height_when_it_comes_instead) {
    Begun world;
    world.finalize({world.registration(1)});
    auto const answer = world.block({world.registration(2)});
    EXPECT_EQ(answer.app_hash(), world.app_hash());
    EXPECT_FALSE(world.ledger.load_account(TestAccount(world.network, 1).label).value().has_value());
}

TEST(FinalizeBlock, cuts_the_time_to_milliseconds_and_never_goes_back) {
    Begun world;
    auto const begin = world.clock.now();
    world.clock.set(begin + 5'001ms);
    world.block({world.registration(1)});
    EXPECT_EQ(world.application->heads().newest()->block.time, begin + 5'001ms);
    world.clock.set(begin);
    world.block({world.registration(2)});
    EXPECT_EQ(world.application->heads().newest()->block.time, begin + 5'001ms);
}

TEST(Order, of_calls_is_held) {
    CometWorld world;
    auto const request = test::block_request(1, world.clock.now(), {});
    EXPECT_EQ(world.application->commit().error(), CallFault::out_of_order);
    EXPECT_EQ(world.application->finalize_block(request).error(), CallFault::out_of_order); // no InitChain
    world.init();
    for (std::int64_t const height : {-1, 0, 2, 3})
        EXPECT_EQ(
            world.application->finalize_block(test::block_request(height, world.clock.now(), {})).error(),
            CallFault::out_of_order);
    world.block({});
    EXPECT_EQ(world.application->commit().error(), CallFault::out_of_order);
    EXPECT_EQ(world.application->finalize_block(request).error(), CallFault::out_of_order);
}

TEST(Commit, keeps_height_and_results_with_the_block) {
    Begun world;
    auto const one = world.registration(1);
    world.block({one, {0xff}});
    auto const rows = world.ledger.rows();
    EXPECT_EQ(rows.engine_height, store::EngineHeight{1});
    auto const result = rows.results.at(store::TransactionHash::from(crypto::sha256(one)));
    EXPECT_EQ(result.code, 0U);
    EXPECT_EQ(result.index, ledger::LeafIndex{2});
    auto const refused = rows.results.at(store::TransactionHash::from(crypto::sha256(ByteBuffer{0xff})));
    EXPECT_EQ(refused.code, std::to_underlying(ledger::Rejection::malformed));
    EXPECT_FALSE(refused.index.has_value());
}

TEST(Commit, takes_what_was_kept_for_an_entry_into_its_block) {
    Begun world;
    auto const one = world.registration(1);
    auto const key = kept_key_of(one).value();
    store::SideRow const row{.opaque_record = ByteBuffer(192, 1), .opening = {}, .vrf_proof = {}};
    auto const label = TestAccount(world.network, 1).label;
    ASSERT_TRUE(world.ledger.keep_writes(key, {.since = {}, .writes = {{.label = label, .row = row}}}));
    world.block({one});
    EXPECT_EQ(world.ledger.load_side_row(label).value(), row);
    EXPECT_FALSE(world.ledger.load_kept(key).value().has_value());
    EXPECT_TRUE(world.lacking.is_empty());
}

TEST(Commit, says_whose_record_was_not_brought_to_this_node) {
    Begun world;
    world.finalize({world.registration(1)});
    EXPECT_TRUE(world.lacking.is_empty()); // nothing is decided yet
    world.block({world.registration(1), world.registration(1)});
    EXPECT_EQ(world.lacking.list(), std::set{TestAccount(world.network, 1).label});
}

TEST(Commit, that_finds_no_room_changes_nothing_and_can_come_again) {
    Begun world;
    world.ledger.fail_at(ledger::BlockHeight{1}, store::StoreFaultKind::no_space);
    auto const answer = world.finalize({world.registration(1)});
    EXPECT_EQ(world.application->commit().error(), CallFault::no_space);
    EXPECT_EQ(world.application->height(), store::EngineHeight{0});
    world.start();
    world.init();
    EXPECT_EQ(world.block({world.registration(1)}).app_hash(), answer.app_hash());
}

// The engine would not come back from a fault, so it waits; the others of its network go on.
TEST(FinalizeBlock, on_a_full_disk_waits_for_room_or_for_the_end) {
    Begun world;
    world.ledger.fill_up();
    auto answer = std::async(std::launch::async, [&] { return world.finalize({world.registration(1)}); });
    world.ledger.make_room();
    EXPECT_EQ(answer.get().tx_results_size(), 1);
    world.ledger.fill_up();
    world.application->end_waiting();
    EXPECT_EQ(world.application->finalize_block(world.next_block({})).error(), CallFault::no_space);
}

// Died between FinalizeBlock and Commit, at every block: the engine delivers the block again.
TEST(Restart, between_finalize_and_commit_gives_the_same_block) {
    Begun calm;
    Begun restless;
    for (std::uint64_t number = 1; number <= 6; ++number) {
        std::vector<ByteBuffer> entries;
        if (number % 3 != 0)
            entries.push_back(calm.registration(number));
        calm.block(entries);
        restless.finalize(entries);
        restless.start();
        if (number == 1)
            restless.init();
        restless.block(entries);
    }
    EXPECT_EQ(test::log_of(restless.ledger), test::log_of(calm.ledger));
    EXPECT_EQ(restless.application->heads().newest()->checkpoint,
              calm.application->heads().newest()->checkpoint);
}

// The engine's note of empty blocks is not synced: after a power failure they come again.
TEST(Restart, that_lost_the_note_of_empty_blocks_takes_them_again) {
    Begun world;
    world.block({world.registration(1)});
    auto const rows = world.ledger.rows();
    world.block({});
    world.block({});
    world.ledger.put_back(rows);
    world.start();
    EXPECT_EQ(world.application->height(), store::EngineHeight{1});
    auto const hash = world.app_hash();
    EXPECT_EQ(world.block({}).app_hash(), hash);
    EXPECT_EQ(world.block({}).app_hash(), hash);
}

// A restored copy is behind the guard: it is not signed until it has caught up, and then with the same roots.
TEST(Restart, behind_the_guard_replays_without_signing) {
    Begun world;
    world.block({world.registration(1)});
    auto const rows = world.ledger.rows();
    world.block({world.registration(2)});
    world.block({world.registration(3)});
    auto const end = world.application->heads().newest()->checkpoint;
    world.ledger.put_back(rows);
    world.start();
    EXPECT_EQ(world.application->heads().newest()->checkpoint, "");
    world.block({world.registration(2)});
    EXPECT_EQ(world.application->heads().newest()->checkpoint, "");
    world.block({world.registration(3)});
    EXPECT_EQ(world.application->heads().newest()->checkpoint, end);
}

TEST(Query, admits_the_networks_peers_alone) {
    CometWorld world;
    auto const code_of = [&](std::string const& path) {
        abci::QueryRequest request;
        request.set_path(path);
        return world.application->query(request).value().code();
    };
    EXPECT_EQ(code_of("/p2p/filter/addr/10.0.0.1:26656"), 0U);
    EXPECT_EQ(code_of("/p2p/filter/id/aa"), 0U);
    EXPECT_EQ(code_of("/p2p/filter/id/ab"), code_refused);
    EXPECT_EQ(code_of("/store/accounts"), code_refused);
}

// The same entries in the same blocks, by the application and by what the local sequencer is made of.
std::vector<std::vector<ByteBuffer>> any_blocks(test::TestNetwork const& network) {
    std::vector<TestAccount> accounts;
    for (std::uint64_t number = 1; number <= 4; ++number)
        accounts.emplace_back(network, number);
    std::vector<std::vector<ByteBuffer>> blocks;
    auto const block_count = *rc::gen::inRange(1, 6);
    for (int block = 0; block < block_count; ++block) {
        auto& entries = blocks.emplace_back();
        auto const entry_count = *rc::gen::inRange(0, 5);
        for (int count = 0; count < entry_count; ++count) {
            auto& account = accounts[*rc::gen::inRange<std::size_t>(0, accounts.size())];
            auto const act = *rc::gen::inRange(0, 4);
            bool const is_new = account.version == ledger::AccountVersion{};
            auto const entry = is_new     ? account.register_entry()
                               : act == 0 ? account.register_entry() // refused
                                          : account.end_sessions();
            if (is_new || act != 0)
                account.accepted(entry);
            entries.push_back(ledger::encode(entry));
        }
    }
    return blocks;
}

RC_GTEST_PROP(Application, makes_the_ledger_of_the_local_sequencer_byte_for_byte, ()) {
    Begun world;
    test::SequencerWorld local;
    auto chain = local.open();
    BlockMaker maker(local.ledger, chain.tip());
    CheckMemory checks;
    auto time = test::world_time;
    for (auto const& entries : any_blocks(world.network)) {
        time += std::chrono::milliseconds{*rc::gen::inRange(0, 3'000)};
        world.clock.set(time);
        if (*rc::gen::arbitrary<bool>()) {
            world.finalize(entries); // delivered twice
            world.start();
            if (world.application->height() == store::EngineHeight{})
                world.init();
        }
        world.block(entries);
        for (auto const& entry : entries)
            RC_ASSERT(maker.execute({.entry = entry, .side_writes = {}}, time, checks).has_value());
        if (maker.entry_count() == 0)
            continue;
        RC_ASSERT(chain.commit(*maker.close()).has_value());
        maker.settle();
    }
    auto const head = world.application->heads().newest();
    RC_ASSERT(test::log_of(world.ledger) == test::log_of(local.ledger));
    RC_ASSERT(head->block == chain.head()->block); // with log root and both roots
    RC_ASSERT(head->checkpoint == chain.head()->checkpoint);
    RC_ASSERT(world.ledger.rows().accounts == local.ledger.rows().accounts);
    RC_ASSERT(world.ledger.rows().tiles == local.ledger.rows().tiles);
}

} // namespace
} // namespace bulla::sequencer::comet
