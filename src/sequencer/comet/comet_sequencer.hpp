// CometBFT decides the order, together with the engines of the other nodes.
//
// order() keeps the side writes, hands the entry to this node's engine, and waits until the block that holds
// it is committed here, and then until its checkpoint is final, where a node cosigns: a receipt carries the
// cosignatures, unless they take longer than finality_time_max. An engine that is full, catching up or away
// is `busy`; after order_time_max the outcome is unknown, and the same bytes handed in again give the receipt
// once they are an entry.
#pragma once

#include "net/worker_pool.hpp"
#include "sequencer/comet/engine.hpp"
#include "sequencer/comet/engine_home.hpp"
#include "sequencer/comet/server.hpp"
#include "sequencer/finality.hpp"
#include "sequencer/join_source.hpp"

namespace bulla::sequencer::comet {

class CometSequencer final : public Sequencer, public JoinSource {
public:
    struct Options {
        HomePaths home;
        std::filesystem::path program; // empty: the engine is started by others
        std::chrono::milliseconds engine_pause{1'000}; // before it is started again
        std::chrono::milliseconds order_time_max{15'000};
        std::chrono::milliseconds handover_time_max{5'000};
        std::chrono::milliseconds finality_time_max{3'000};
        std::set<std::string, std::less<>> peers; // see Surroundings
        std::filesystem::path snapshots; // where they are kept; empty: none are made
        std::uint64_t snapshot_every = 0; // see Surroundings
    };
    struct Parts {
        store::LedgerDatabase& ledger;
        base::Clock const& clock;
        std::shared_ptr<spdlog::logger> log;
        ledger::NodeId node = {};
        crypto::Ed25519KeyPair const* cosigner_key = nullptr; // none: nothing is cosigned
        std::function<void()> on_unknown_rules = {}; // see Surroundings
        std::function<void(Misbehaviour const&)> on_misbehaviour = {}; // likewise
    };
    struct StartFault {
        std::string reason;
    };

    // The engine's directory must be written. What `parts` refers to outlives the sequencer; so do the
    // executors of the coroutines that await order().
    static Result<std::unique_ptr<CometSequencer>, StartFault> start(Chain chain, Parts parts,
                                                                     Options options);
    // Refuses what waits and sees each order() to its end, ends the engine while its calls are still
    // answered, then closes the socket.
    ~CometSequencer() override;

    boost::asio::awaitable<Result<Receipt, OrderFault>> order(Submission submission) override;
    bool accepts_entries() override;
    HeadFeed const& heads() const override { return std::as_const(*application_).heads(); }

    std::size_t waiting() override { return outcomes_.size(); }
    CommitTimes const& times() const override { return *times_; }
    std::vector<std::string> silent_threads() override { return {}; }
    // Refuses what waits and whatever comes: before the end, so that nobody waits for it.
    void end_orders();

    Finality* finality() { return finality_.get(); } // none where nothing is cosigned

    // JoinSource
    SnapshotList snapshots() const override;
    std::optional<base::ByteBuffer> load_chunk(store::EngineHeight height,
                                               std::uint32_t number) const override;
    boost::asio::awaitable<std::optional<std::string>> describe_block(store::EngineHeight height) override;

    LackingRecords& lacking() { return lacking_; }
    EngineState engine_state() const;
    std::optional<int> engine_process() const;
    store::EngineHeight height() const { return application_->height(); }

private:
    using Answer = Result<Receipt, OrderFault>;

    class OrderCount;

    CometSequencer(Parts parts, Options options);
    Result<void, StartFault> begin(Chain chain);
    Result<std::optional<Receipt>, OrderFault> find_receipt(store::TransactionHash const& hash,
                                                            base::ByteView entry);
    Result<void, OrderFault> try_ahead(base::ByteView entry);
    boost::asio::awaitable<Result<void, OrderFault>> keep(store::KeptKey key,
                                                          std::vector<store::SideWrite> writes);
    boost::asio::awaitable<Result<void, OrderFault>> submit(base::ByteBuffer entry);
    boost::asio::awaitable<Answer> hand_over_and_wait(Submission submission, store::KeptKey key,
                                                      Outcomes::WaitPointer wait);
    boost::asio::awaitable<Answer> await_outcome(Outcomes::WaitPointer wait);
    boost::asio::awaitable<Receipt> await_final(Receipt receipt);

    Parts parts_;
    Options options_;
    Outcomes outcomes_;
    LackingRecords lacking_;
    std::shared_ptr<CommitTimes const> times_;
    base::Mutex mutex_;
    base::Condition order_ended_;
    std::size_t orders_ GUARDED_BY(mutex_) = 0; // under way
    std::unique_ptr<SnapshotKeeper> snapshots_;
    net::WorkerPool keeping_; // synced writes, away from the callers' threads
    std::unique_ptr<Application> application_;
    std::unique_ptr<Finality> finality_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<Engine> engine_; // last: ends first
};

} // namespace bulla::sequencer::comet
