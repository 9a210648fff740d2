// Applications of one network, for the engine of a test that drives them by one seed.
//
// Application: what a node of the network keeps and what it can lose. Model: the ledger as the pure rules
// make it from the blocks that were decided, without any of the code of the sequencer.
#pragma once

#include "sequencer/log_fill.hpp"
#include "support/comet_world.hpp"
#include "support/memory_files.hpp"

namespace bulla::test {

class NetworkNode {
public:
    explicit NetworkNode(TestNetwork const& network) : network_(network) { wipe(); }

    // A new machine: database, guard and all else from the genesis.
    void wipe() {
        application_.reset();
        files_ = {};
        ledger_.put_back({});
        CHECK(sequencer::found_chain(ledger_, network_.genesis).has_value());
        synced_ = ledger_.rows();
        start();
    }
    // As after a death of the process.
    void start() {
        application_.reset();
        auto guard = sequencer::Guard::open("guard", network_.genesis.nodes.origin,
                                            sequencer::Guard::Start::first, files_);
        auto chain = sequencer::Chain::open(ledger_, std::move(guard).value(), network_.log_key,
                                            {.behind = sequencer::Chain::Behind::awaited});
        application_ = sequencer::comet::Application::make(std::move(chain).value(), {.ledger = ledger_,
                                                                                      .clock = clock,
                                                                                      .outcomes = outcomes_,
                                                                                      .lacking = lacking_,
                                                                                      .log = silent_log(),
                                                                                      .peers = {}})
                           .value();
    }
    // What was not synced is gone: the notes of blocks without entries.
    void lose_power() {
        ledger_.put_back(synced_);
        start();
    }
    // Yesterday's copy of the database; guards are never copied.
    void restore(LedgerRows const& copy) {
        ledger_.put_back(copy);
        synced_ = copy;
        start();
    }
    // A new machine with the state and the log of another node, through chunks and bytes.
    void join(NetworkNode& other) {
        application_.reset();
        files_ = {};
        ledger_.put_back({});
        CHECK(sequencer::found_chain(ledger_, network_.genesis).has_value());
        take_state(*other.ledger().view_state());
        take_log(other);
        synced_ = ledger_.rows();
        start();
    }
    // To be called after each commit.
    void note_commit(std::uint64_t entries_before) {
        if (size() != entries_before)
            synced_ = ledger_.rows();
    }
    void fail_next_commit() {
        auto const height = application().heads().newest()->block.height.next();
        ledger_.fail_at(height, store::StoreFaultKind::no_space);
    }

    sequencer::comet::Application& application() const { return *application_; }
    std::uint64_t height() const { return application_->height().number(); }
    std::uint64_t size() const { return application_->heads().newest()->size.number(); }
    MemoryLedgerDatabase& ledger() { return ledger_; }

    ManualClock clock;
    bool is_up = true;

private:
    void take_state(store::StateView& view) {
        constexpr std::size_t chunk_size = 300; // a row or two
        sequencer::ChunkCutter cutter(
            [this](base::ByteView chunk) {
                return ledger_.fill_state(sequencer::parse_chunk(chunk).value()).has_value();
            },
            chunk_size);
        CHECK(view.each([&](store::StateRow const& row) { return cutter.add(row); }).has_value());
        CHECK(cutter.finish());
    }
    void take_log(NetworkNode& other) {
        sequencer::LogFill fill(ledger_, store::EngineHeight{other.height()});
        CHECK(other.ledger()
                  .each_entry(
                      ledger::LeafIndex{0},
                      [&](ledger::LeafIndex, base::ByteView entry) { return fill.take(entry).has_value(); })
                  .has_value());
        CHECK(fill.finish().has_value());
    }

    TestNetwork const& network_;
    MemoryFiles files_;
    MemoryLedgerDatabase ledger_;
    LedgerRows synced_; // what a power failure leaves
    sequencer::comet::Outcomes outcomes_;
    sequencer::LackingRecords lacking_;
    std::unique_ptr<sequencer::comet::Application> application_;
};

// A person who changes an account of the model, as the owner of all passwords it ever had.
struct Person {
    TestAccount account;
    std::optional<std::uint64_t> password = std::nullopt; // the one in force; none: not registered
};

class Model {
public:
    explicit Model(TestNetwork const& network) : world_(network) {}

    // The codes of a block's transactions, and the block itself where there is an entry.
    std::vector<std::uint32_t> decide(std::vector<base::ByteBuffer> const& transactions,
                                      base::Timestamp time) {
        world_.time = time;
        std::vector<std::uint32_t> codes;
        for (auto const& transaction : transactions) {
            auto const done = world_.submit(transaction);
            codes.push_back(done ? 0 : std::to_underlying(done.error()));
        }
        world_.close_block();
        return codes;
    }
    // The codes of transactions that were to stand in the next block.
    std::vector<std::uint32_t> foresee(std::vector<base::ByteBuffer> const& transactions,
                                       base::Timestamp time) const {
        auto copy = *this;
        return copy.decide(transactions, time);
    }
    LedgerWorld const& world() const { return world_; }

private:
    LedgerWorld world_;
};

} // namespace bulla::test
