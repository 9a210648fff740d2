#include "sequencer/comet/application.hpp"

#include "base/encoding.hpp"
#include "ledger/rules.hpp"
#include "sequencer/comet/chain_start.hpp"
#include "sequencer/comet/frame.hpp"
#include "sequencer/comet/limits.hpp"
#include "sequencer/comet/side_writes.hpp"
#include "sequencer/comet/validators.hpp"
#include "sequencer/trial.hpp"

namespace bulla::sequencer::comet {
namespace {

constexpr std::chrono::milliseconds room_interval{500};

base::ByteView bytes_of(std::string const& text) {
    return base::as_bytes(text);
}
std::string text_of(base::ByteView bytes) {
    return std::string(base::as_text(bytes));
}

store::TransactionHash hash_transaction(std::string const& transaction) {
    return store::TransactionHash::from(crypto::sha256(bytes_of(transaction)));
}

std::uint32_t code_of(ledger::Rejection rejection) {
    return std::to_underlying(rejection);
}

abci::TransactionOutcome outcome_of(ledger::Rejection rejection) {
    abci::TransactionOutcome outcome;
    outcome.set_code(code_of(rejection));
    outcome.set_log(std::string(ledger::name(rejection)));
    return outcome;
}

// Cut towards zero. A time before 1970 or beyond what a field of the ledger holds does not come from an
// engine that agreed with others; the last block's time stands for it.
base::Timestamp to_milliseconds(abci::Timestamp const& time) {
    constexpr std::int64_t seconds_max = std::int64_t{1} << 43;
    if (time.seconds() < 0 || time.seconds() > seconds_max || time.nanos() < 0 || time.nanos() > 999'999'999)
        return base::Timestamp{};
    return base::Timestamp{std::chrono::seconds{time.seconds()} +
                           std::chrono::milliseconds{time.nanos() / 1'000'000}};
}

// By the list in force, so that a new node is let in from the block on that adds it.
bool is_peer(ledger::NodesRow const& nodes, std::string_view id) {
    return std::ranges::any_of(nodes.nodes, [id](ledger::Node const& node) {
        return node.p2p_id && base::to_hex(*node.p2p_id) == id;
    });
}

abci::StatusResponse status(abci::StatusResponse::Status status) {
    abci::StatusResponse response;
    response.set_status(status);
    return response;
}

} // namespace

struct Application::Execution {
    PendingBlock pending;
    std::vector<abci::TransactionOutcome> results; // in the order of the transactions
};

store::Stored<std::unique_ptr<Application>> Application::make(Chain chain, Surroundings surroundings) {
    auto const height = TRY(surroundings.ledger.load_engine_height());
    return std::unique_ptr<Application>(new Application(std::move(chain), std::move(surroundings), height));
}

Application::Application(Chain chain, Surroundings surroundings, store::EngineHeight height)
    : surroundings_(std::move(surroundings)), heads_(chain.head()), chain_(std::move(chain)), height_(height),
      has_begun_(height != store::EngineHeight{}) {}

store::EngineHeight Application::height() const {
    base::Lock const lock(mutex_);
    return height_;
}

CallFault Application::report(store::StoreFault const& fault) const {
    surroundings_.log->error("the ledger's database: {}: {}", fault.place, fault.detail);
    return fault.kind == store::StoreFaultKind::no_space ? CallFault::no_space : CallFault::store;
}

bool Application::is_next(std::int64_t height) const {
    return has_begun_ && height > 0 && static_cast<std::uint64_t>(height) == height_.next().number();
}

bool Application::knows_rules() const {
    return ledger::rules_at(*chain_.head()->policy, height_.next().number()) <= ledger::newest_rules();
}

base::Timestamp Application::block_time(abci::Timestamp const& header) const {
    return std::max(to_milliseconds(header), chain_.tip().chain.time);
}

Called<abci::AboutResponse> Application::info(abci::AboutRequest const& request) {
    base::Lock const lock(mutex_);
    surroundings_.log->info("engine {} asks; last block {}", request.version(), height_.number());
    abci::AboutResponse response;
    response.set_data("bulla");
    response.set_app_version(ledger::rules_at(*chain_.head()->policy, height_.number()));
    response.set_last_block_height(static_cast<std::int64_t>(height_.number()));
    response.set_last_block_app_hash(text_of(chain_.tip().chain.block_hash));
    return response;
}

// Repeatable until the first commit, since the engine asks again when it was ended before.
Called<abci::InitChainResponse> Application::init_chain(abci::InitChainRequest const& request) {
    base::Lock const lock(mutex_);
    if (height_ != store::EngineHeight{})
        return std::unexpected{CallFault::already_begun};
    auto const& start = chain_.tip().chain.block_hash;
    if (parse_app_state(request.app_state_bytes()) != start || request.chain_id() != make_chain_id(start) ||
        request.initial_height() != 1)
        return std::unexpected{CallFault::wrong_chain};
    auto const has_wrong_power = [&](abci::ValidatorUpdate const& each) {
        return each.power() != request.validators(0).power() || each.power() <= 0 ||
               !each.pub_key().has_ed25519();
    };
    if (static_cast<std::size_t>(request.validators_size()) != chain_.head()->nodes->nodes.size() ||
        std::ranges::any_of(request.validators(), has_wrong_power))
        return std::unexpected{CallFault::wrong_validators};
    has_begun_ = true;
    abci::InitChainResponse response;
    response.set_app_hash(text_of(start));
    return response;
}

// Peers alone are asked for here: the ledger is served over HTTP.
Called<abci::QueryResponse> Application::query(abci::QueryRequest const& request) const {
    constexpr std::string_view by_address = "/p2p/filter/addr/";
    constexpr std::string_view by_id = "/p2p/filter/id/";
    std::string_view const path = request.path();
    abci::QueryResponse response;
    if (path.starts_with(by_address))
        return response;
    if (path.starts_with(by_id) && (surroundings_.peers.contains(path.substr(by_id.size())) ||
                                    is_peer(*heads_.newest()->nodes, path.substr(by_id.size()))))
        return response;
    response.set_code(code_refused);
    response.set_log(path.starts_with(by_id) ? "not a node of this network"
                                             : "the ledger is served over HTTP");
    return response;
}

Called<abci::TransactionOutcome> Application::check_tx(abci::CheckTxRequest const& request) {
    auto const head = heads_.newest();
    Trial const trial{.ledger = surroundings_.ledger, .head = *head, .now = surroundings_.clock.now()};
    auto const entry = bytes_of(request.tx());
    auto const outcome =
        TRY(map_fault(request.type() == abci::CheckTxRequest::RECHECK ? try_entry_again(trial, entry)
                                                                      : try_entry(trial, entry, checks_),
                      [this](store::StoreFault const& fault) { return report(fault); }));
    return outcome ? abci::TransactionOutcome{} : outcome_of(outcome.error());
}

// An entry proposed under an old time would see delays pass that nobody has waited for. What is left out
// stays in the engine's queue, and the next block comes at once with a fresh time.
Called<abci::PrepareProposalResponse> Application::prepare_proposal(
    abci::PrepareProposalRequest const& request) {
    base::Lock const lock(mutex_);
    auto const time = block_time(request.time());
    abci::PrepareProposalResponse response;
    if (!is_next(request.height()) || !knows_rules() || surroundings_.clock.now() - time > proposal_age_max)
        return response;
    BlockMaker trial(surroundings_.ledger, chain_.tip());
    auto room = request.max_tx_bytes();
    for (auto const& transaction : request.txs()) {
        auto const size = static_cast<std::int64_t>(proto_size_of_element(transaction.size()));
        if (size > room || trial.entry_count() == ledger::block_entries_max)
            continue;
        auto const outcome =
            TRY(map_fault(trial.execute({.entry = base::to_buffer(bytes_of(transaction)), .side_writes = {}},
                                        time, checks_),
                          [this](store::StoreFault const& fault) { return report(fault); }));
        if (!outcome)
            continue;
        room -= size;
        response.add_txs(transaction);
    }
    return response;
}

Called<bool> Application::all_accepted(abci::BlockRequest const& request, base::Timestamp time) {
    BlockMaker trial(surroundings_.ledger, chain_.tip());
    for (auto const& transaction : request.txs()) {
        if (trial.entry_count() == ledger::block_entries_max)
            return false;
        auto const outcome =
            TRY(map_fault(trial.execute({.entry = base::to_buffer(bytes_of(transaction)), .side_writes = {}},
                                        time, checks_),
                          [this](store::StoreFault const& fault) { return report(fault); }));
        if (!outcome) {
            surroundings_.log->warn("a proposal holds an entry that is refused: {}",
                                    ledger::name(outcome.error()));
            return false;
        }
    }
    return true;
}

Called<abci::StatusResponse> Application::process_proposal(abci::BlockRequest const& request) {
    base::Lock const lock(mutex_);
    if (request.txs().empty())
        return status(abci::StatusResponse::ACCEPT);
    if (!knows_rules())
        return status(abci::StatusResponse::REJECT);
    auto const time = block_time(request.time());
    if (!is_next(request.height()) || surroundings_.clock.now() - time > accepted_age_max) {
        surroundings_.log->warn("a proposal at height {} is refused: its time is old, or its height is not "
                                "the next: compare the clocks of the nodes",
                                request.height());
        return status(abci::StatusResponse::REJECT);
    }
    bool const accepted = TRY(all_accepted(request, time));
    return status(accepted ? abci::StatusResponse::ACCEPT : abci::StatusResponse::REJECT);
}

Called<abci::TransactionOutcome> Application::execute_one(BlockMaker& maker, std::string const& transaction,
                                                          base::Timestamp time, PendingBlock& pending) {
    auto const to_call_fault = [this](store::StoreFault const& fault) { return report(fault); };
    auto const entry = bytes_of(transaction);
    auto found = TRY(map_fault(find_side_writes(surroundings_.ledger, entry), to_call_fault));
    Submission submission{.entry = base::to_buffer(entry), .side_writes = std::move(found.writes)};
    auto outcome = TRY(map_fault(maker.execute(std::move(submission), time, checks_), to_call_fault));
    if (!outcome)
        return outcome_of(outcome.error());
    pending.outcomes.emplace(hash_transaction(transaction),
                             Outcome{.code = 0, .receipt = *std::move(outcome)});
    if (found.taken)
        pending.step.taken.push_back(*found.taken);
    if (found.lacking)
        pending.lacking.push_back(*found.lacking);
    return abci::TransactionOutcome{};
}

// From the committed state and the block alone. A block before that was finalized and never committed is
// forgotten with its maker.
Called<Application::Execution> Application::execute(abci::BlockRequest const& request) {
    BlockMaker maker(surroundings_.ledger, chain_.tip());
    Execution execution;
    auto& [pending, results] = execution;
    pending.step.height = height_.next();
    pending.header = HeaderHash::parse(bytes_of(request.hash())).value_or(HeaderHash{});
    auto const time = block_time(request.time());
    for (auto const& transaction : request.txs()) {
        auto& result = results.emplace_back();
        if (maker.entry_count() == ledger::block_entries_max)
            result.set_code(code_block_full);
        else
            result = TRY(execute_one(maker, transaction, time, pending));
        // Of a transaction that stands twice in the block, the first counts.
        pending.outcomes.emplace(hash_transaction(transaction),
                                 Outcome{.code = result.code(), .receipt = std::nullopt});
    }
    for (auto const& [hash, outcome] : pending.outcomes)
        pending.step.results.emplace(
            hash, store::TransactionResult{.code = outcome.code,
                                           .index = outcome.receipt ? std::optional(outcome.receipt->index)
                                                                    : std::nullopt,
                                           .engine_height = pending.step.height.number()});
    if (maker.entry_count() > 0)
        pending.made = maker.close(pending.step);
    return execution;
}

bool Application::await_room() {
    if (surroundings_.ledger.has_space())
        return true;
    surroundings_.log->error("the disk is full: no block is taken until there is room again");
    base::Lock const lock(room_mutex_);
    while (!has_ended_ && !surroundings_.ledger.has_space())
        room_changed_.wait_for(room_mutex_, room_interval);
    if (!has_ended_)
        surroundings_.log->info("the disk has room again: blocks are taken");
    return !has_ended_;
}

void Application::end_waiting() {
    base::Lock const lock(room_mutex_);
    has_ended_ = true;
    room_changed_.notify_all();
}

Called<abci::FinalizeBlockResponse> Application::finalize_block(abci::BlockRequest const& request) {
    if (!await_room())
        return std::unexpected{CallFault::no_space};
    base::Lock const lock(mutex_);
    if (!is_next(request.height()))
        return std::unexpected{CallFault::out_of_order};
    if (!knows_rules())
        return std::unexpected{CallFault::unknown_rules};
    pending_.reset();
    auto execution = TRY(execute(request));
    if (surroundings_.on_misbehaviour)
        for (auto const& each : request.misbehavior())
            surroundings_.on_misbehaviour({.node = find_validator(*chain_.tip().head->nodes,
                                                                  base::as_bytes(each.validator().address())),
                                           .height = static_cast<std::uint64_t>(each.height()),
                                           .block_height = static_cast<std::uint64_t>(request.height())});
    abci::FinalizeBlockResponse response;
    for (auto& result : execution.results)
        *response.add_tx_results() = std::move(result);
    auto const& end = execution.pending.made ? execution.pending.made->after : chain_.tip();
    for (auto& update : validator_updates(*chain_.tip().head->nodes, *end.head->nodes))
        *response.add_validator_updates() = std::move(update);
    // From the next header on the engines name the new version.
    if (auto const& upgrade = chain_.head()->policy->upgrade;
        upgrade && upgrade->height == height_.next().number())
        response.mutable_consensus_param_updates()->mutable_version()->set_app(upgrade->rules_version);
    response.set_app_hash(text_of(end.chain.block_hash));
    pending_ = std::move(execution.pending);
    return response;
}

// A full disk leaves everything as it was. Any other fault of store or guard ends the process.
Called<void> Application::write(PendingBlock& pending) {
    if (!pending.made)
        return map_fault(surroundings_.ledger.note_engine_step(pending.step),
                         [this](store::StoreFault const& fault) { return report(fault); });
    auto const head = chain_.commit(*pending.made);
    if (!head && is_full_disk(head.error()))
        return std::unexpected{CallFault::no_space};
    if (!head)
        end_process(head.error());
    for (auto& [hash, outcome] : pending.outcomes)
        if (outcome.receipt)
            outcome.receipt->head = *head;
    for (auto const& label : pending.lacking)
        surroundings_.lacking.add(label);
    heads_.publish(*head);
    return {};
}

// The view is taken before the next block can change a row; it is written meanwhile.
void Application::take_snapshot() const {
    auto const& head = *chain_.head();
    if (surroundings_.snapshots == nullptr || surroundings_.snapshots->is_busy() ||
        !is_snapshot_height(height_, surroundings_.snapshot_every, head.directory.size()))
        return;
    surroundings_.snapshots->take({.offer = {.height = height_,
                                             .header = pending_->header,
                                             .block_entry = head.block_bytes,
                                             .hashes = {}},
                                   .view = surroundings_.ledger.view_state()});
}

Called<BlockOutcomes> Application::commit_pending() {
    base::Lock const lock(mutex_);
    if (!pending_)
        return std::unexpected{CallFault::out_of_order};
    TRY(write(*pending_));
    height_ = pending_->step.height;
    take_snapshot();
    auto outcomes = std::move(pending_->outcomes);
    pending_.reset();
    return outcomes;
}

bool Application::can_go_on() const {
    base::Lock const lock(mutex_);
    return knows_rules();
}

Called<abci::CommitResponse> Application::commit() {
    auto outcomes = commit_pending();
    while (!outcomes && outcomes.error() == CallFault::no_space && !surroundings_.ledger.has_space() &&
           await_room())
        outcomes = commit_pending();
    surroundings_.outcomes.settle(TRY(std::move(outcomes)));
    if (!can_go_on() && surroundings_.on_unknown_rules)
        surroundings_.on_unknown_rules();
    return abci::CommitResponse{};
}

} // namespace bulla::sequencer::comet
