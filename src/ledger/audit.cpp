#include "ledger/audit.hpp"

#include "ledger/block.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<AuditFault>;

Refusal refuse(LeafIndex index, AuditReason reason) {
    return Refusal{AuditFault{.index = index, .reason = reason, .rejection = std::nullopt}};
}

Refusal refuse(LeafIndex index, Rejection rejection) {
    return Refusal{AuditFault{.index = index, .reason = AuditReason::rejected, .rejection = rejection}};
}

} // namespace

std::string_view name(AuditReason reason) {
    switch (reason) {
    case AuditReason::not_a_genesis: return "not_a_genesis";
    case AuditReason::wrong_genesis_time: return "wrong_genesis_time";
    case AuditReason::rejected: return "rejected";
    case AuditReason::malformed_block: return "malformed_block";
    case AuditReason::wrong_height: return "wrong_height";
    case AuditReason::wrong_previous_block: return "wrong_previous_block";
    case AuditReason::time_went_back: return "time_went_back";
    case AuditReason::wrong_first_index: return "wrong_first_index";
    case AuditReason::wrong_entry_count: return "wrong_entry_count";
    case AuditReason::wrong_log_root: return "wrong_log_root";
    case AuditReason::wrong_directory_root: return "wrong_directory_root";
    case AuditReason::wrong_network_root: return "wrong_network_root";
    case AuditReason::block_too_large: return "block_too_large";
    case AuditReason::wrong_signature: return "wrong_signature";
    case AuditReason::incomplete_block: return "incomplete_block";
    }
    CHECK_UNREACHABLE();
}

struct Audit::Progress {
    using Step = Result<std::vector<AuditCheck>, AuditFault>;

    struct Started {
        Genesis genesis;
        NetworkId network;
        MemoryState state;
    };
    struct Held {
        LeafIndex index;
        DecodedEntry entry;
    };

    std::optional<Started> started; // after entry 0
    std::optional<ChainHead> head;  // after block 0
    merkle::Frontier frontier;      // of all entries fed
    LeafHash last_leaf;
    std::vector<Held> open; // entries since the last block entry, the genesis not among them
    bool failed = false;

    LeafIndex next_index() const { return LeafIndex{frontier.size().number()}; }
    std::uint64_t open_count() const { return head ? open.size() : frontier.size().number(); }

    Step feed(base::ByteView bytes);
    Result<void, AuditFault> begin(base::ByteView bytes);
    Result<void, AuditFault> hold(base::ByteView bytes);
    Step close(base::ByteView bytes);
    Result<void, AuditFault> check_chain(BlockEntry const& block) const;
    Result<void, AuditFault> check_time(BlockEntry const& block) const;
    Step execute(base::Timestamp time);
};

Audit::Progress::Step Audit::Progress::feed(base::ByteView bytes) {
    std::vector<AuditCheck> checks;
    bool const is_block = started && peek_kind(bytes) == EntryKind::block;
    if (!started)
        TRY(begin(bytes));
    else if (is_block)
        checks = TRY(close(bytes));
    else
        TRY(hold(bytes));
    last_leaf = merkle::hash_leaf(bytes);
    frontier.append(last_leaf);
    if (is_block)
        head->frontier = frontier;
    return checks;
}

Result<void, AuditFault> Audit::Progress::begin(base::ByteView bytes) {
    auto genesis = decode<Genesis>(bytes);
    if (bytes.size() > entry_size_max || !genesis || !is_consistent(*genesis))
        return refuse(LeafIndex{0}, AuditReason::not_a_genesis);
    auto const network = make_network_id(merkle::hash_leaf(bytes));
    MemoryState state(*genesis);
    started.emplace(*std::move(genesis), network, std::move(state));
    return {};
}

Result<void, AuditFault> Audit::Progress::hold(base::ByteView bytes) {
    if (!head) // block 0 holds the genesis alone
        return refuse(next_index(), AuditReason::wrong_entry_count);
    if (open.size() == block_entries_max)
        return refuse(next_index(), AuditReason::block_too_large);
    auto entry = decode_entry(bytes);
    if (!entry)
        return refuse(next_index(), entry.error());
    open.push_back({.index = next_index(), .entry = *std::move(entry)});
    return {};
}

Result<void, AuditFault> Audit::Progress::check_time(BlockEntry const& block) const {
    if (!head && block.time != started->genesis.time)
        return refuse(next_index(), AuditReason::wrong_genesis_time);
    if (head && block.time < head->time)
        return refuse(next_index(), AuditReason::time_went_back);
    return {};
}

Result<void, AuditFault> Audit::Progress::check_chain(BlockEntry const& block) const {
    auto const index = next_index();
    if (block.height != (head ? head->height.next() : BlockHeight{}))
        return refuse(index, AuditReason::wrong_height);
    if (block.previous != (head ? head->block_hash : LeafHash{}))
        return refuse(index, AuditReason::wrong_previous_block);
    TRY(check_time(block));
    if (block.first_index.number() + open_count() != index.number())
        return refuse(index, AuditReason::wrong_first_index);
    if (block.entry_count != open_count() || block.entry_count == 0)
        return refuse(index, AuditReason::wrong_entry_count);
    if (block.log_root != frontier.root())
        return refuse(index, AuditReason::wrong_log_root);
    return {};
}

Audit::Progress::Step Audit::Progress::execute(base::Timestamp time) {
    std::vector<AuditCheck> checks;
    auto& state = started->state;
    for (auto const& [index, entry] : open) {
        auto const working_set =
            state.load(read_set(entry), {.network = started->network, .time = time, .index = index});
        auto planned = plan(working_set, entry);
        if (!planned)
            return refuse(index, planned.error());
        state.apply(planned->changes);
        for (auto& check : planned->checks)
            checks.push_back({.index = index, .planned = std::move(check)});
    }
    open.clear();
    return checks;
}

Audit::Progress::Step Audit::Progress::close(base::ByteView bytes) {
    auto const index = next_index();
    auto const block = decode<BlockEntry>(bytes);
    if (!block)
        return refuse(index, AuditReason::malformed_block);
    TRY(check_chain(*block));
    auto checks = TRY(execute(block->time));
    if (block->directory_root != started->state.directory_root())
        return refuse(index, AuditReason::wrong_directory_root);
    if (block->network_root != started->state.network_root())
        return refuse(index, AuditReason::wrong_network_root);
    head = ChainHead{.network = started->network,
                     .frontier = {},
                     .height = block->height,
                     .block_hash = merkle::hash_leaf(bytes),
                     .time = block->time};
    return checks;
}

Audit::Audit() : progress_(std::make_unique<Progress>()) {}
Audit::Audit(Audit&&) noexcept = default;
Audit::~Audit() = default;

Result<std::vector<AuditCheck>, AuditFault> Audit::feed(base::ByteView entry) {
    CHECK(!progress_->failed);
    auto step = progress_->feed(entry);
    progress_->failed = !step;
    return step;
}

Result<void, AuditFault> Audit::finish() const {
    CHECK(!progress_->failed);
    if (!progress_->head || !progress_->open.empty())
        return refuse(progress_->next_index(), AuditReason::incomplete_block);
    return {};
}

TreeSize Audit::size() const {
    return progress_->frontier.size();
}

std::uint64_t Audit::block_count() const {
    return progress_->head ? progress_->head->height.number() + 1 : 0;
}

MemoryState const& Audit::state() const {
    CHECK(progress_->started);
    return progress_->started->state;
}

ChainHead const& Audit::head() const {
    CHECK(progress_->head);
    return *progress_->head;
}

Genesis const& Audit::genesis() const {
    CHECK(progress_->started);
    return progress_->started->genesis;
}

LeafHash const& Audit::last_leaf() const {
    return progress_->last_leaf;
}

} // namespace bulla::ledger
