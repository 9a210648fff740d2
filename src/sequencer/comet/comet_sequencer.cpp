#include "sequencer/comet/comet_sequencer.hpp"

#include "sequencer/comet/engine_rpc.hpp"
#include "sequencer/comet/limits.hpp"
#include "sequencer/comet/side_writes.hpp"
#include "sequencer/trial.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bulla::sequencer::comet {
namespace {

namespace asio = boost::asio;

// What was handed over so long ago and is in no block will be in none: its statement or admissions are over.
constexpr std::chrono::hours kept_max{1};
constexpr std::chrono::milliseconds keeping_wait_max{2'000};

std::unexpected<OrderFault> refuse(OrderFaultKind kind) {
    return std::unexpected{OrderFault{.kind = kind, .rejection = std::nullopt}};
}
std::unexpected<OrderFault> rejected(std::uint32_t code) {
    if (code == code_block_full)
        return refuse(OrderFaultKind::busy);
    // The code was made by this node's own application out of a rejection.
    return std::unexpected{
        OrderFault{.kind = OrderFaultKind::rejected, .rejection = static_cast<ledger::Rejection>(code)}};
}
OrderFault fault_of_store(store::StoreFault const& fault) {
    if (fault.kind != store::StoreFaultKind::no_space)
        end_process({.kind = ChainFault::Kind::store, .store = fault});
    return {.kind = OrderFaultKind::no_space, .rejection = std::nullopt};
}

// The block that holds an entry: the first whose block entry stands behind it.
store::Stored<ledger::BlockEntry> find_block(store::LedgerDatabase& ledger, ledger::LeafIndex entry) {
    auto const tip = TRY(ledger.load_tip());
    CHECK(tip && entry < tip->block_index);
    std::uint64_t low = 0;
    std::uint64_t high = tip->height.number();
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        auto const index = TRY(ledger.load_block_index(ledger::BlockHeight{middle}));
        if (index && *index > entry)
            high = middle;
        else
            low = middle + 1;
    }
    auto const index = TRY(ledger.load_block_index(ledger::BlockHeight{low}));
    auto const bytes = TRY(ledger.load_entry(index.value_or(ledger::LeafIndex{})));
    auto block = ledger::decode<ledger::BlockEntry>(bytes);
    if (!block)
        return std::unexpected{store::StoreFault{
            .kind = store::StoreFaultKind::damaged, .place = "blocks", .detail = "no block entry"}};
    return *std::move(block);
}

} // namespace

Result<std::unique_ptr<CometSequencer>, CometSequencer::StartFault> CometSequencer::start(Chain chain,
                                                                                          Parts parts,
                                                                                          Options options) {
    std::unique_ptr<CometSequencer> sequencer(new CometSequencer(std::move(parts), std::move(options)));
    TRY(sequencer->begin(std::move(chain)));
    return sequencer;
}

CometSequencer::CometSequencer(Parts parts, Options options)
    : parts_(std::move(parts)), options_(std::move(options)),
      keeping_({.name = "keep", .threads = 1, .queue_max = waiting_max}) {}

Result<void, CometSequencer::StartFault> CometSequencer::begin(Chain chain) {
    auto const store_fault = [](store::StoreFault const& fault) {
        return StartFault{fault.place + ": " + fault.detail};
    };
    times_ = chain.times();
    auto const dropped =
        TRY(map_fault(parts_.ledger.drop_kept_before(parts_.clock.now() - kept_max), store_fault));
    if (dropped > 0)
        parts_.log->info("{} records of entries that were never ordered are erased", dropped);
    if (!options_.snapshots.empty())
        snapshots_ = std::make_unique<SnapshotKeeper>(options_.snapshots, parts_.log);
    Surroundings surroundings{.ledger = parts_.ledger,
                              .clock = parts_.clock,
                              .outcomes = outcomes_,
                              .lacking = lacking_,
                              .log = parts_.log,
                              .peers = options_.peers,
                              .on_unknown_rules = parts_.on_unknown_rules,
                              .on_misbehaviour = parts_.on_misbehaviour,
                              .snapshots = snapshots_.get(),
                              .snapshot_every = options_.snapshot_every};
    application_ = TRY(map_fault(Application::make(std::move(chain), std::move(surroundings)), store_fault));
    if (parts_.cosigner_key != nullptr)
        finality_ = std::make_unique<Finality>(Finality::Parts{.ledger = parts_.ledger,
                                                               .heads = application_->heads(),
                                                               .cosigner_key = *parts_.cosigner_key,
                                                               .node = parts_.node,
                                                               .clock = parts_.clock});
    server_ = TRY(map_fault(Server::start(options_.home.abci_socket(), *application_, parts_.log),
                            [](ServerFault fault) { return StartFault{std::move(fault.reason)}; }));
    if (options_.program.empty())
        return {};
    auto const progress = [this] {
        return Engine::Progress{.height = application_->height(), .waiting = outcomes_.size()};
    };
    engine_ =
        std::make_unique<Engine>(Engine::Options{.program = options_.program,
                                                 .home = options_.home.home,
                                                 .pause = options_.engine_pause,
                                                 .has_room = [this] { return parts_.ledger.has_space(); }},
                                 parts_.clock, parts_.log, progress);
    return {};
}

class CometSequencer::OrderCount {
public:
    explicit OrderCount(CometSequencer& sequencer) : sequencer_(sequencer) {
        base::Lock const lock(sequencer_.mutex_);
        ++sequencer_.orders_;
    }
    ~OrderCount() {
        base::Lock const lock(sequencer_.mutex_);
        --sequencer_.orders_;
        sequencer_.order_ended_.notify_all();
    }
    OrderCount(OrderCount const&) = delete;
    OrderCount& operator=(OrderCount const&) = delete;

private:
    CometSequencer& sequencer_;
};

void CometSequencer::end_orders() {
    outcomes_.end();
    if (application_)
        application_->end_waiting();
    if (finality_)
        finality_->end();
}

CometSequencer::~CometSequencer() {
    end_orders();
    {
        base::Lock const lock(mutex_);
        order_ended_.wait(mutex_, [this]() REQUIRES(mutex_) { return orders_ == 0; });
    }
    engine_.reset();
    server_.reset();
}

EngineState CometSequencer::engine_state() const {
    return engine_ ? engine_->state() : EngineState::running;
}

std::optional<int> CometSequencer::engine_process() const {
    return engine_ ? engine_->process_id() : std::nullopt;
}

bool CometSequencer::accepts_entries() {
    return engine_state() == EngineState::running && outcomes_.size() < waiting_max &&
           parts_.ledger.has_space();
}

Result<std::optional<Receipt>, OrderFault> CometSequencer::find_receipt(store::TransactionHash const& hash,
                                                                        base::ByteView entry) {
    auto const result = TRY(map_fault(parts_.ledger.load_result(hash), fault_of_store));
    if (!result || !result->index)
        return std::nullopt;
    auto const block = TRY(map_fault(find_block(parts_.ledger, *result->index), fault_of_store));
    return Receipt{.leaf_hash = merkle::hash_leaf(entry),
                   .index = *result->index,
                   .height = block.height,
                   .time = block.time,
                   .head = heads().newest()};
}

Result<void, OrderFault> CometSequencer::try_ahead(base::ByteView entry) {
    auto const head = heads().newest();
    Trial const trial{.ledger = parts_.ledger, .head = *head, .now = parts_.clock.now()};
    auto const outcome = TRY(map_fault(try_entry(trial, entry, application_->checks()), fault_of_store));
    if (!outcome)
        return rejected(std::to_underlying(outcome.error()));
    return {};
}

// What an admission has kept already is there.
asio::awaitable<Result<void, OrderFault>> CometSequencer::keep(store::KeptKey key,
                                                               std::vector<store::SideWrite> writes) {
    if (writes.empty() || CO_TRY(map_fault(parts_.ledger.load_kept(key), fault_of_store)))
        co_return Result<void, OrderFault>{};
    auto write = [this, key,
                  kept = store::KeptWrites{.since = parts_.clock.now(), .writes = std::move(writes)}] {
        return parts_.ledger.keep_writes(key, kept);
    };
    auto const written = co_await keeping_.run(std::move(write), keeping_wait_max);
    if (!written)
        co_return refuse(OrderFaultKind::busy);
    if (!*written)
        co_return std::unexpected{fault_of_store(written->error())};
    co_return Result<void, OrderFault>{};
}

asio::awaitable<Result<void, OrderFault>> CometSequencer::submit(base::ByteBuffer entry) {
    auto const answer =
        co_await hand_over(options_.home.rpc_socket(), std::move(entry), options_.handover_time_max);
    switch (answer.handover) {
    case Handover::taken:
    case Handover::known:
    case Handover::unclear: co_return Result<void, OrderFault>{};
    case Handover::refused: co_return rejected(answer.code);
    case Handover::busy: co_return refuse(OrderFaultKind::busy);
    }
    CHECK_UNREACHABLE();
}

asio::awaitable<CometSequencer::Answer> CometSequencer::await_outcome(Outcomes::WaitPointer wait) {
    if (!wait->outcome && !wait->has_ended) {
        wait->event.expires_after(options_.order_time_max);
        co_await wait->event.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!wait->outcome)
        co_return refuse(OrderFaultKind::unknown);
    if (!wait->outcome->receipt)
        co_return rejected(wait->outcome->code);
    co_return *std::move(wait->outcome->receipt);
}

// The entry is in the ledger of more than two thirds of the nodes whatever comes of this.
asio::awaitable<Receipt> CometSequencer::await_final(Receipt receipt) {
    if (!finality_)
        co_return receipt;
    if (auto head = co_await finality_->await_final(receipt.head->size, options_.finality_time_max))
        receipt.head = std::move(head);
    co_return receipt;
}

asio::awaitable<CometSequencer::Answer> CometSequencer::hand_over_and_wait(Submission submission,
                                                                           store::KeptKey key,
                                                                           Outcomes::WaitPointer wait) {
    CO_TRY(co_await keep(key, std::move(submission.side_writes)));
    CO_TRY(co_await submit(std::move(submission.entry)));
    co_return co_await await_outcome(wait);
}

asio::awaitable<Result<Receipt, OrderFault>> CometSequencer::order(Submission submission) {
    OrderCount const count(*this);
    if (!accepts_entries())
        co_return refuse(OrderFaultKind::busy);
    auto const hash = store::TransactionHash::from(crypto::sha256(submission.entry));
    if (auto receipt = CO_TRY(find_receipt(hash, submission.entry)))
        co_return co_await await_final(*std::move(receipt));
    CO_TRY(try_ahead(submission.entry));
    auto const key = kept_key_of(submission.entry);
    CHECK(key); // what does not decode was refused just now
    auto const wait = std::make_shared<Outcomes::Wait>(co_await asio::this_coro::executor);
    if (!outcomes_.add(hash, wait))
        co_return refuse(OrderFaultKind::busy);
    auto answer = co_await hand_over_and_wait(std::move(submission), *key, wait);
    bool const is_last = outcomes_.remove(hash, wait);
    // What may still be ordered stays kept, and what somebody else waits for.
    if (!answer && answer.error().kind != OrderFaultKind::unknown && is_last)
        CO_TRY(map_fault(parts_.ledger.drop_kept(*key), fault_of_store));
    if (answer)
        co_return co_await await_final(*std::move(answer));
    co_return answer;
}

// A light client asks for the two headers after a snapshot.
SnapshotList CometSequencer::snapshots() const {
    constexpr std::uint64_t blocks_after = 2;
    auto const height = application_->height().number();
    if (snapshots_ == nullptr || height <= blocks_after)
        return {};
    return snapshots_->list(store::EngineHeight{height - blocks_after});
}

std::optional<base::ByteBuffer> CometSequencer::load_chunk(store::EngineHeight height,
                                                           std::uint32_t number) const {
    return snapshots_ == nullptr ? std::nullopt : snapshots_->load_chunk(height, number);
}

boost::asio::awaitable<std::optional<std::string>> CometSequencer::describe_block(
    store::EngineHeight height) {
    return comet::describe_block(options_.home.rpc_socket(), height, options_.handover_time_max);
}

} // namespace bulla::sequencer::comet
