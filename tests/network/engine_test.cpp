// One real CometBFT with one validator, started and supervised by the sequencer, on a real database. Needs
// build/cometbft (make engine).
#include "net/io_threads.hpp"
#include "net/system_clock.hpp"
#include "sequencer/comet/comet_sequencer.hpp"
#include "sequencer/stored_tiles.hpp"
#include "support/comet_world.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>

#include <csignal>
#include <mutex>

namespace bulla::sequencer::comet {
namespace {

namespace asio = boost::asio;
using test::TestAccount;
using namespace std::chrono_literals;
using Answer = Result<Receipt, OrderFault>;

constexpr auto engine_program = "build/cometbft";

// What the log says, and when it says a certain thing.
class Listener final : public spdlog::sinks::base_sink<std::mutex> {
public:
    std::future<void> hear(std::string words) {
        std::lock_guard const lock(mutex_);
        words_ = std::move(words);
        return heard_.emplace().get_future();
    }

private:
    void sink_it_(spdlog::details::log_msg const& message) override {
        std::string_view const text(message.payload.data(), message.payload.size());
        if (!heard_ || !text.contains(words_))
            return;
        heard_->set_value();
        heard_.reset();
    }
    void flush_() override {}

    std::string words_;
    std::optional<std::promise<void>> heard_;
};

// CometBFT asks the real clock, so the ledger has real times.
struct Node {
    test::TestNetwork network;
    test::TemporaryDirectory directory;
    net::SystemClock clock;
    net::IoThreads io{1};
    std::unique_ptr<store::LedgerDatabase> ledger;
    std::unique_ptr<CometSequencer> sequencer;
    crypto::Ed25519KeyPair node_key = test::test_key("p2p");
    crypto::Ed25519KeyPair validator_key = test::test_key("validator");

    Node() {
        // Time in the ledger never goes back: it must begin before the engine's.
        network.genesis.time = base::from_unix_milliseconds(1'000'000'000'000);
        network.id = ledger::make_network_id(merkle::hash_leaf(ledger::encode(network.genesis)));
        open_ledger();
        CHECK(found_chain(*ledger, network.genesis).has_value());
        auto const start = open_chain().tip().chain.block_hash;
        EngineGenesis const genesis{.time = network.genesis.time,
                                    .start = start,
                                    .validators = {{"one", validator_key.public_key()}}};
        CHECK(write_home(home(), {}, print_genesis(genesis), {.node = node_key, .validator = validator_key})
                  .has_value());
    }
    ~Node() { sequencer.reset(); }

    HomePaths home() const { return {directory.path() / "engine"}; }
    std::filesystem::path ledger_path() const { return directory.path() / "ledger"; }
    void open_ledger() {
        ledger = store::LedgerDatabase::open(ledger_path(), store::OpenMode::create).value();
    }
    Chain open_chain() {
        auto guard =
            Guard::open(directory.path() / "guard", network.genesis.nodes.origin, Guard::Start::first);
        return Chain::open(*ledger, std::move(guard).value(), network.log_key,
                           {.behind = Chain::Behind::awaited})
            .value();
    }
    void start() {
        auto log = std::make_shared<spdlog::logger>("engine", listener);
        auto started =
            CometSequencer::start(open_chain(), {.ledger = *ledger, .clock = clock, .log = log},
                                  {.home = home(), .program = engine_program, .engine_pause = 1ms});
        ASSERT_TRUE(started.has_value()) << started.error().reason;
        sequencer = *std::move(started);
    }
    void stop() { sequencer.reset(); }

    // Again and again while the engine is away, or forgot the entry with its process, for a minute.
    static asio::awaitable<Answer> order_patiently(CometSequencer& sequencer, base::ByteBuffer entry) {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        for (int attempt = 0; attempt < 1'200; ++attempt) {
            auto answer = co_await sequencer.order({.entry = entry, .side_writes = {}});
            bool const may_come = !answer && (answer.error().kind == OrderFaultKind::busy ||
                                              answer.error().kind == OrderFaultKind::unknown);
            if (!may_come)
                co_return answer;
            timer.expires_after(50ms);
            co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        co_return std::unexpected{OrderFault{.kind = OrderFaultKind::busy, .rejection = std::nullopt}};
    }
    Answer order(base::ByteBuffer entry) {
        return asio::co_spawn(io.at(0), order_patiently(*sequencer, std::move(entry)), asio::use_future)
            .get();
    }
    base::ByteBuffer registration(std::uint64_t number) const {
        TestAccount const account(network, number);
        auto const key = account.password_key();
        auto statement = account.register_statement();
        statement.asks.not_after = clock.now() + 1h;
        return ledger::encode(test::make_admitted_entry(
            network, statement, {account.signer(account.password(), key)}, clock.now() + 1h));
    }
    void expect_ordered(std::uint64_t number) {
        auto const entry = registration(number);
        auto const receipt = order(entry);
        ASSERT_TRUE(receipt.has_value()) << int(receipt.error().kind);
        EXPECT_EQ(ledger->load_entry(receipt->index).value(), entry);
        EXPECT_TRUE(receipt->head->size.number() > receipt->index.number());
        EXPECT_FALSE(receipt->head->checkpoint.empty());
    }
    std::uint64_t size() const { return sequencer->heads().newest()->size.number(); }

    std::shared_ptr<Listener> listener = std::make_shared<Listener>();
};

TEST(Engine, orders_entries_and_gives_a_receipt_again_for_the_same_bytes) {
    Node node;
    node.start();
    for (std::uint64_t number = 1; number <= 3; ++number)
        node.expect_ordered(number);
    EXPECT_EQ(node.size(), 8U); // two of block 0, two of each registration
    auto const first = node.registration(9);
    auto const receipt = node.order(first).value();
    auto const again = node.order(first).value();
    EXPECT_EQ(again.index, receipt.index);
    EXPECT_EQ(again.height, receipt.height);
    EXPECT_EQ(again.time, receipt.time);
}

TEST(Engine, is_told_the_rejection_of_an_entry) {
    Node node;
    node.start();
    node.expect_ordered(1);
    auto const answer = node.order(node.registration(1)); // other bytes: `until` is another
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().rejection, ledger::Rejection::label_taken);
}

TEST(Engine, that_is_killed_is_started_again) {
    Node node;
    node.start();
    node.expect_ordered(1);
    auto const before = node.sequencer->engine_process().value();
    ASSERT_EQ(::kill(before, SIGKILL), 0);
    node.expect_ordered(2);
    EXPECT_NE(node.sequencer->engine_process().value(), before);
    EXPECT_EQ(node.sequencer->engine_state(), EngineState::running);
}

TEST(Engine, goes_on_after_both_were_stopped) {
    Node node;
    node.start();
    node.expect_ordered(1);
    auto const size = node.size();
    node.stop();
    node.start();
    EXPECT_EQ(node.size(), size);
    node.expect_ordered(2);
}

// The application comes back from a copy made earlier: the engine delivers what is missing.
TEST(Engine, repairs_an_application_that_is_behind) {
    Node node;
    node.start();
    node.expect_ordered(1);
    auto const copy = node.directory.path() / "copy";
    ASSERT_TRUE(node.ledger->checkpoint(copy).has_value());
    for (std::uint64_t number = 2; number <= 5; ++number)
        node.expect_ordered(number);
    auto const end = node.sequencer->heads().newest();
    node.stop();
    node.ledger.reset();
    std::filesystem::remove_all(node.ledger_path());
    std::filesystem::rename(copy, node.ledger_path());
    node.open_ledger();
    node.start();
    node.expect_ordered(6);
    auto const log = test::log_of(*node.ledger);
    EXPECT_EQ(merkle::hash_leaf(log[end->block_index.number()]), merkle::hash_leaf(end->block_bytes));
}

// An old engine directory beside a newer application: refused, with advice in the log.
TEST(Engine, that_is_older_than_the_application_is_refused) {
    Node node;
    node.start();
    node.expect_ordered(1);
    node.stop();
    std::filesystem::copy(node.home().home, node.directory.path() / "old",
                          std::filesystem::copy_options::recursive);
    node.start();
    for (std::uint64_t number = 2; number <= 4; ++number)
        node.expect_ordered(number);
    auto const size = node.size();
    node.stop();
    std::filesystem::remove_all(node.home().home);
    std::filesystem::rename(node.directory.path() / "old", node.home().home);
    auto stays_down = node.listener->hear("stays down");
    node.start();
    stays_down.get();
    EXPECT_EQ(node.sequencer->engine_state(), EngineState::down);
    EXPECT_EQ(node.size(), size);
}

} // namespace
} // namespace bulla::sequencer::comet
