// An engine of the test's own plays legal sequences of calls against four applications, drawn from one seed:
// rounds that decide nothing, proposals of liars, blocks that come without ProcessProposal or twice, wrong
// header times, deaths, power failures, full disks, copies of yesterday, new machines.
//
// After every height: the app hash and results of each node that is up are those of the model, and nobody has
// signed two checkpoints of one size; now and then and at the end: so is the whole log, and every entry that
// was acknowledged is where it was said to be. One seed, one trace.
#include "sequencer/comet/frame.hpp"
#include "sequencer/comet/limits.hpp"
#include "support/comet_network.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace bulla::sequencer::comet {
namespace {

using base::ByteBuffer;
using Transactions = std::vector<ByteBuffer>;
using test::Model;
using test::NetworkNode;
using namespace std::chrono_literals;

constexpr std::size_t nodes_count = 4;
constexpr std::uint64_t persons_count = 5;
constexpr int heights_count = 60;
constexpr std::uint64_t first_size = 2; // block 0

struct Decided {
    Transactions transactions;
    base::Timestamp header_time;
    std::vector<std::uint32_t> codes;
    std::string app_hash; // after it
};

// What one run has seen, to be sure that it sees it at all.
struct Seen {
    int heights = 0, entries = 0, refused = 0, rounds_lost = 0, lies = 0, old_times = 0, deaths = 0;
    int power_failures = 0, full_disks = 0, restored = 0, wiped = 0, joined = 0, replayed = 0, behind = 0;
};

class Simulation {
public:
    explicit Simulation(std::uint64_t seed) : random_(seed), network_(nodes_count), model_(network_) {
        for (std::size_t number = 0; number < nodes_count; ++number)
            nodes_.push_back(std::make_unique<NetworkNode>(network_));
        for (std::uint64_t number = 0; number < persons_count; ++number)
            persons_.push_back({.account = test::TestAccount(network_, number)});
        for (auto const& node : nodes_)
            catch_up(*node);
        copies_.resize(nodes_count, nodes_[0]->ledger().rows());
    }

    void run() {
        for (int height = 0; height < heights_count && !testing::Test::HasFailure(); ++height)
            play_height();
        for (auto const& node : nodes_) {
            node->is_up = true;
            node->start();
            catch_up(*node);
            check(*node);
            check_rows(*node);
        }
    }

    Seen const& seen() const { return seen_; }
    crypto::Sha256Digest const& trace() const { return trace_; }

private:
    std::uint64_t draw(std::uint64_t below) { return random_() % below; }
    bool one_in(std::uint64_t count) { return draw(count) == 0; }
    std::uint64_t next_height() const { return decided_.size() + 1; }

    // --- what people send

    ledger::Entry draw_entry() {
        auto const& person = persons_[draw(persons_count)];
        if (!person.password)
            return person.account.register_entry(draw(3));
        switch (draw(8)) {
        case 0: return person.account.erase(*person.password);
        case 1: return person.account.register_entry(draw(3)); // taken
        case 2: return person.account.end_sessions(*person.password + 1); // not the owner
        case 3: return person.account.end_sessions(*person.password);
        default: return person.account.add_device(draw(6), *person.password);
        }
    }
    ByteBuffer draw_transaction() {
        if (!sent_.empty() && one_in(5))
            return sent_[draw(sent_.size())]; // again
        auto bytes = ledger::encode(draw_entry());
        if (one_in(10))
            bytes[draw(bytes.size())] ^= static_cast<std::uint8_t>(1 + draw(255));
        return sent_.emplace_back(std::move(bytes));
    }
    Transactions draw_transactions() {
        Transactions transactions(one_in(3) ? 0 : 1 + draw(4));
        for (auto& each : transactions)
            each = draw_transaction();
        return transactions;
    }

    // --- time

    void pass_time() {
        now_ += std::chrono::milliseconds{1 + draw(one_in(6) ? 20'000 : 400)};
        for (std::size_t number = 0; number < nodes_count; ++number)
            nodes_[number]->clock.set(number == 3 && one_in(8) ? now_ + 1h : now_);
    }
    // The last block's votes give the time: fresh while blocks follow one another, else old, and wrong when
    // clocks are.
    base::Timestamp draw_header_time() {
        switch (draw(12)) {
        case 0: return now_ - 3s;
        case 1: return now_ - 61s;
        case 2: return now_ - 25h;
        case 3: return now_ + 9s;
        default: return now_;
        }
    }
    base::Timestamp block_time(base::Timestamp header) const {
        return std::max(header, model_.world().head.time);
    }

    // --- one height

    void play_height() {
        pass_time();
        check_admission_of(draw_transaction());
        for (auto rounds = draw(3); rounds > 0; --rounds) {
            ++seen_.rounds_lost;
            play_round(draw_transactions(), draw_header_time());
        }
        auto const header = draw_header_time();
        auto transactions = play_round(draw_transactions(), header);
        // More than a third of liars could decide anything: the applications agree even then.
        if (one_in(8))
            transactions = draw_transactions();
        decide(std::move(transactions), header);
        for (std::size_t number = 0; number < nodes_count; ++number)
            live_through(number);
        for (auto const& node : nodes_)
            if (node->is_up)
                check(*node);
        if (auto& node = *nodes_[draw(nodes_count)]; node.is_up && one_in(4))
            check_rows(node);
    }

    // One proposal, by an honest node or by a liar, and every vote on it. What was proposed.
    Transactions play_round(Transactions const& waiting, base::Timestamp header) {
        auto& proposer = *nodes_[draw(nodes_count)];
        auto proposed = proposer.is_up && !one_in(4) ? prepare(proposer, waiting, header) : waiting;
        auto const request = test::block_request(static_cast<std::int64_t>(next_height()), header, proposed);
        for (auto const& node : nodes_)
            if (node->is_up && !one_in(6))
                EXPECT_EQ(node->application().process_proposal(request).value().status(),
                          expected_vote(*node, proposed, header));
        return proposed;
    }
    Transactions prepare(NetworkNode const& proposer, Transactions const& waiting, base::Timestamp header) {
        abci::PrepareProposalRequest request;
        request.set_height(static_cast<std::int64_t>(next_height()));
        auto const room = 200 + static_cast<std::int64_t>(draw(3'000));
        request.set_max_tx_bytes(room);
        test::set_time(*request.mutable_time(), header);
        for (auto const& each : waiting)
            request.add_txs(std::string(base::as_text(each)));
        auto const answer = proposer.application().prepare_proposal(request).value();
        std::int64_t size = 0;
        Transactions proposed;
        for (auto const& each : answer.txs()) {
            proposed.push_back(base::to_buffer(base::as_bytes(each)));
            size += static_cast<std::int64_t>(proto_size_of_element(each.size()));
        }
        EXPECT_LE(size, room);
        bool const is_old = proposer.clock.now() - block_time(header) > proposal_age_max;
        seen_.old_times += is_old ? 1 : 0;
        EXPECT_TRUE(!is_old || proposed.empty());
        EXPECT_TRUE(are_all_good(proposed, header)) << "an honest proposal holds what is refused";
        return proposed;
    }
    bool are_all_good(Transactions const& transactions, base::Timestamp header) const {
        auto const codes = model_.foresee(transactions, block_time(header));
        return std::ranges::all_of(codes, [](std::uint32_t code) { return code == 0; });
    }
    abci::StatusResponse::Status expected_vote(NetworkNode const& node, Transactions const& proposed,
                                               base::Timestamp header) {
        bool const is_old = node.clock.now() - block_time(header) > accepted_age_max;
        bool const is_good = proposed.empty() || (!is_old && are_all_good(proposed, header));
        seen_.lies += is_good ? 0 : 1;
        return is_good ? abci::StatusResponse::ACCEPT : abci::StatusResponse::REJECT;
    }
    void check_admission_of(ByteBuffer const& transaction) {
        auto const& node = *nodes_[draw(nodes_count)];
        if (!node.is_up)
            return;
        abci::CheckTxRequest request;
        request.set_tx(std::string(base::as_text(transaction)));
        auto const expected = model_.foresee({transaction}, block_time(node.clock.now())).front();
        EXPECT_EQ(node.application().check_tx(request).value().code(), expected);
        request.set_type(abci::CheckTxRequest::RECHECK);
        auto const again = node.application().check_tx(request).value().code();
        EXPECT_TRUE(expected != 0 || again == 0);
    }

    void decide(Transactions transactions, base::Timestamp header) {
        auto const size_before = model_.world().log.size();
        auto codes = model_.decide(transactions, block_time(header));
        std::uint64_t index = size_before;
        for (std::size_t place = 0; place < codes.size(); ++place) {
            seen_.entries += codes[place] == 0 ? 1 : 0;
            seen_.refused += codes[place] == 0 ? 0 : 1;
            if (codes[place] == 0)
                acknowledged_.emplace_back(index++, transactions[place]);
        }
        note_accounts();
        ++seen_.heights;
        decided_.push_back({.transactions = std::move(transactions),
                            .header_time = header,
                            .codes = std::move(codes),
                            .app_hash = std::string(base::as_text(model_.world().head.block_hash))});
        remember(decided_.back());
    }
    void note_accounts() {
        for (auto& [account, password] : persons_)
            if (auto const* const row = model_.world().state.find_account(account.label)) {
                account.version = row->head.version;
                account.head = row->head.head;
                password = password_of(account, *row);
            }
    }
    static std::optional<std::uint64_t> password_of(test::TestAccount const& account,
                                                    ledger::AccountRow const& row) {
        auto const* const password = row.state ? row.state->password() : nullptr;
        for (std::uint64_t which = 0; password != nullptr && which < 3; ++which)
            if (password->key.public_key == account.password(which).public_key)
                return which;
        return std::nullopt;
    }
    void remember(Decided const& block) {
        ByteBuffer bytes = base::to_buffer(trace_);
        base::append(bytes, base::as_bytes(block.app_hash));
        for (auto const code : block.codes)
            base::append(bytes, base::u32be(code));
        trace_ = crypto::sha256(bytes);
    }

    // --- what becomes of a node meanwhile

    void live_through(std::size_t number) {
        auto& node = *nodes_[number];
        if (node.is_up && one_in(30))
            node.is_up = false;
        else if (!node.is_up && one_in(4))
            come_back(number);
        if (!node.is_up)
            return;
        if (one_in(20))
            copies_[number] = node.ledger().rows();
        // One that has joined by another node's snapshot may be where all are.
        if (one_in(10) && node.height() < decided_.size()) {
            begin(node);
            fail_in_height(node);
        }
        catch_up(node);
        if (one_in(15)) {
            ++seen_.deaths;
            node.start();
            catch_up(node);
        }
    }
    void come_back(std::size_t number) {
        auto& node = *nodes_[number];
        node.is_up = true;
        switch (draw(5)) {
        case 0: ++seen_.wiped; return node.wipe();
        case 4: return join(node);
        case 1: ++seen_.restored; return node.restore(copies_[number]);
        case 2: ++seen_.power_failures; return node.lose_power();
        default: return node.start();
        }
    }
    // By a snapshot of another node, where one is up that has an entry of the network's own.
    void join(NetworkNode& node) {
        for (auto const& other : nodes_) {
            if (other.get() == &node || !other->is_up || other->size() <= first_size)
                continue;
            ++seen_.joined;
            return node.join(*other);
        }
        node.start();
    }
    // The last block reaches the node, which does not come to its end.
    void fail_in_height(NetworkNode& node) {
        auto const& block = decided_[node.height()];
        bool const has_entry = std::ranges::find(block.codes, 0U) != block.codes.end();
        if (one_in(3) && has_entry) {
            ++seen_.full_disks;
            node.fail_next_commit();
            static_cast<void>(finalize(node, block));
            EXPECT_EQ(node.application().commit().error(), CallFault::no_space);
            return node.start();
        }
        static_cast<void>(finalize(node, block));
        ++seen_.deaths;
        if (one_in(2))
            node.start();
    }

    void begin(NetworkNode const& node) const {
        if (node.height() == 0)
            ASSERT_TRUE(node.application().init_chain(init_request()).has_value());
    }
    // As an engine that finds its application at a height: InitChain at 0, then block for block.
    void catch_up(NetworkNode& node) {
        begin(node);
        seen_.replayed += node.height() + 1 < decided_.size() ? 1 : 0;
        while (node.height() < decided_.size()) {
            auto const& block = decided_[node.height()];
            auto const before = node.size();
            auto const answer = finalize(node, block);
            ASSERT_EQ(answer.app_hash(), block.app_hash) << "height " << node.height() + 1;
            ASSERT_EQ(static_cast<std::size_t>(answer.tx_results_size()), block.codes.size());
            for (std::size_t place = 0; place < block.codes.size(); ++place)
                ASSERT_EQ(answer.tx_results(static_cast<int>(place)).code(), block.codes[place]);
            ASSERT_TRUE(node.application().commit().has_value());
            node.note_commit(before);
            // A copy of yesterday is not signed until it has come to where the guard was.
            seen_.behind += node.application().heads().newest()->checkpoint.empty() ? 1 : 0;
        }
    }
    abci::FinalizeBlockResponse finalize(NetworkNode const& node, Decided const& block) {
        auto const request = test::block_request(static_cast<std::int64_t>(node.height() + 1),
                                                 block.header_time, block.transactions);
        return node.application().finalize_block(request).value();
    }
    abci::InitChainRequest init_request() const {
        abci::InitChainRequest request;
        auto const start = merkle::hash_leaf(first_block_);
        request.set_chain_id(make_chain_id(start));
        request.set_app_state_bytes(make_app_state(start));
        request.set_initial_height(1);
        for (std::size_t number = 0; number < nodes_count; ++number) {
            auto& validator = *request.add_validators();
            validator.set_power(1);
            validator.mutable_pub_key()->set_ed25519(std::string(32, static_cast<char>('a' + number)));
        }
        return request;
    }

    // --- what must hold

    void check(NetworkNode& node) {
        auto const& head = *node.application().heads().newest();
        ASSERT_EQ(node.height(), decided_.size());
        ASSERT_EQ(merkle::hash_leaf(head.block_bytes), model_.world().head.block_hash);
        auto const signed_text = signed_.emplace(node.size(), head.checkpoint).first;
        ASSERT_EQ(head.checkpoint, signed_text->second) << "two checkpoints of one size";
    }
    void check_rows(NetworkNode& node) {
        ASSERT_EQ(test::log_of(node.ledger()), model_.world().log);
        for (auto const& [index, transaction] : acknowledged_) {
            auto const hash = store::TransactionHash::from(crypto::sha256(transaction));
            auto const result = node.ledger().load_result(hash).value();
            ASSERT_TRUE(result && result->index == ledger::LeafIndex{index}) << "lost: entry " << index;
        }
    }

    std::mt19937_64 random_;
    test::TestNetwork network_;
    Model model_;
    ByteBuffer const first_block_ = model_.world().log.back();
    std::vector<std::unique_ptr<NetworkNode>> nodes_;
    std::vector<test::Person> persons_;
    base::Timestamp now_ = test::world_time + 1s;
    Transactions sent_;
    std::vector<Decided> decided_;
    std::vector<std::pair<std::uint64_t, ByteBuffer>> acknowledged_; // index and bytes
    std::map<std::uint64_t, std::string> signed_; // size to the checkpoint of it
    std::vector<test::LedgerRows> copies_; // for each node, of some time ago
    Seen seen_;
    crypto::Sha256Digest trace_;
};

std::uint64_t seeds_count() {
    auto const* const wanted = std::getenv("BULLA_COMET_SEEDS");
    return wanted == nullptr ? 25 : std::strtoull(wanted, nullptr, 10);
}

constexpr auto all_seen = std::to_array<int Seen::*>(
    {&Seen::heights, &Seen::entries, &Seen::refused, &Seen::rounds_lost, &Seen::lies, &Seen::old_times,
     &Seen::deaths, &Seen::power_failures, &Seen::full_disks, &Seen::restored, &Seen::wiped, &Seen::joined,
     &Seen::replayed, &Seen::behind});

// `make test-long` plays 2,000 seeds (BULLA_COMET_SEEDS).
TEST(Network, of_four_keeps_one_ledger_whatever_legal_calls_come) {
    Seen total;
    for (std::uint64_t seed = 1; seed <= seeds_count() && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        Simulation simulation(seed);
        simulation.run();
        for (auto const member : all_seen)
            total.*member += simulation.seen().*member;
    }
    for (auto const member : all_seen)
        EXPECT_GT(total.*member, 0) << "something was never tried";
    RecordProperty("heights", total.heights);
    RecordProperty("entries", total.entries);
}

TEST(Network, plays_one_trace_for_one_seed) {
    auto const trace_of = [](std::uint64_t seed) {
        Simulation simulation(seed);
        simulation.run();
        return simulation.trace();
    };
    EXPECT_EQ(trace_of(7), trace_of(7));
    EXPECT_NE(trace_of(7), trace_of(8));
}

} // namespace
} // namespace bulla::sequencer::comet
