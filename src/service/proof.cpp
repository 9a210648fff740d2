#include "service/proof.hpp"

#include "ledger/node_list_walk.hpp"
#include "merkle/checkpoint.hpp"
#include "merkle/proof_file.hpp"

namespace bulla::service {
namespace {

using Refusal = std::unexpected<AccountProofFault>;

// What the `extra` line holds.
struct Extra {
    base::ByteBuffer block;
    std::optional<base::ByteBuffer> genesis;
    std::optional<std::vector<merkle::NodeHash>> genesis_path;
    crypto::VrfProof vrf_proof;
    base::ByteBuffer map_proof;
    std::optional<base::ByteBuffer> head;
    std::optional<base::ByteBuffer> state;
    std::optional<std::vector<base::ByteBuffer>> changes;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, 1);
        visitor.field(1, self.block);
        visitor.optional(2, self.genesis);
        visitor.optional(3, self.genesis_path);
        visitor.field(4, self.vrf_proof);
        visitor.field(5, self.map_proof);
        visitor.optional(6, self.head);
        visitor.optional(7, self.state);
        visitor.optional(8, self.changes);
    }
};

class Tiles final : public merkle::TileSource {
public:
    explicit Tiles(store::LedgerDatabase& ledger) : ledger_(ledger) {}
    std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const override {
        auto tile = ledger_.load_tile(level, number);
        return tile ? *std::move(tile) : std::nullopt;
    }

private:
    store::LedgerDatabase& ledger_;
};

std::unexpected<store::StoreFault> damaged(std::string place) {
    return std::unexpected{
        store::StoreFault{.kind = store::StoreFaultKind::damaged, .place = std::move(place), .detail = {}}};
}

// Whether the list names this key and origin, or one does that the nodes have signed since.
bool leads_to(ledger::NodesRow const& nodes, std::optional<std::vector<base::ByteBuffer>> const& changes,
              merkle::VerifierKey const& log_key) {
    auto const list =
        ledger::walk_node_lists(make_node_list(nodes), changes.value_or(std::vector<base::ByteBuffer>()));
    return list && list->log_key == log_key.public_key() && list->origin == log_key.name();
}

// The genesis entry must be entry 0 of the log and lead to this log's key: it then vouches for the VRF key.
Result<ledger::Genesis, AccountProofFault> check_genesis(Extra const& extra, merkle::Tree const& tree,
                                                         merkle::VerifierKey const& log_key) {
    auto genesis = ledger::decode<ledger::Genesis>(*extra.genesis);
    bool const included = merkle::check_inclusion(merkle::hash_leaf(*extra.genesis), ledger::LeafIndex{0},
                                                  tree, *extra.genesis_path)
                              .has_value();
    if (!included || !genesis || !leads_to(genesis->nodes, extra.changes, log_key))
        return Refusal{AccountProofFault::wrong_genesis};
    return *std::move(genesis);
}

// What names are checked with, and the network where the file shows it.
struct NameKey {
    crypto::VrfPublicKey vrf_key;
    std::optional<ledger::NetworkId> network;
};
Result<NameKey, AccountProofFault> find_name_key(Extra const& extra, merkle::Tree const& tree,
                                                 ProofKeys const& keys) {
    if (extra.genesis.has_value() != extra.genesis_path.has_value() ||
        (extra.changes && (!extra.genesis || extra.changes->empty())))
        return Refusal{AccountProofFault::malformed};
    if (!extra.genesis && !keys.vrf_key)
        return Refusal{AccountProofFault::vrf_key_needed};
    if (!extra.genesis)
        return NameKey{.vrf_key = *keys.vrf_key, .network = std::nullopt};
    auto const genesis = TRY(check_genesis(extra, tree, keys.log_key));
    auto const vrf_key = crypto::VrfPublicKey::from(genesis.vrf_public_key);
    if (keys.vrf_key && *keys.vrf_key != vrf_key)
        return Refusal{AccountProofFault::wrong_genesis};
    return NameKey{.vrf_key = vrf_key, .network = ledger::make_network_id(merkle::hash_leaf(*extra.genesis))};
}

// A proof about now must show the block entry at index size − 1; an older one would be a stale answer.
Result<ledger::BlockEntry, AccountProofFault> check_block(Extra const& extra, merkle::ProofFile const& file,
                                                          merkle::Tree const& tree) {
    auto block = ledger::decode<ledger::BlockEntry>(extra.block);
    bool const is_last = file.index.number() + 1 == tree.size.number();
    if (!block || !is_last ||
        !merkle::check_inclusion(merkle::hash_leaf(extra.block), file.index, tree, file.path))
        return Refusal{AccountProofFault::wrong_block};
    return *std::move(block);
}

Result<ledger::Label, AccountProofFault> check_label(Extra const& extra, crypto::VrfPublicKey const& vrf_key,
                                                     std::string_view username) {
    auto const output = crypto::check_vrf(vrf_key, base::as_bytes(username), extra.vrf_proof);
    if (!output)
        return Refusal{AccountProofFault::wrong_name};
    return ledger::Label::from(output->view().first(ledger::Label::size));
}

Result<std::optional<ledger::AccountRow>, AccountProofFault> check_row(Extra const& extra,
                                                                       merkle::MapAnswer const& answer) {
    auto const* const present = std::get_if<merkle::KeyPresent>(&answer);
    if (present == nullptr) {
        if (extra.head || extra.state)
            return Refusal{AccountProofFault::wrong_state};
        return std::optional<ledger::AccountRow>{};
    }
    auto const head = extra.head ? ledger::AccountHead::parse(*extra.head) : std::nullopt;
    if (!head || merkle::hash_value(*extra.head) != present->value_hash ||
        head->is_erased() == extra.state.has_value())
        return Refusal{AccountProofFault::wrong_state};
    ledger::AccountRow row{.head = *head, .state = std::nullopt};
    if (extra.state) {
        auto state = ledger::decode<ledger::AccountState>(*extra.state);
        if (!state || ledger::commit(*state) != head->commitment)
            return Refusal{AccountProofFault::wrong_state};
        row.state = *std::move(state);
    }
    return std::optional(std::move(row));
}

} // namespace

std::string_view name(AccountProofFault fault) {
    switch (fault) {
    case AccountProofFault::malformed: return "malformed";
    case AccountProofFault::wrong_checkpoint: return "wrong_checkpoint";
    case AccountProofFault::wrong_genesis: return "wrong_genesis";
    case AccountProofFault::vrf_key_needed: return "vrf_key_needed";
    case AccountProofFault::wrong_block: return "wrong_block";
    case AccountProofFault::wrong_name: return "wrong_name";
    case AccountProofFault::wrong_directory: return "wrong_directory";
    case AccountProofFault::wrong_state: return "wrong_state";
    }
    CHECK_UNREACHABLE();
}

store::Stored<std::vector<base::ByteBuffer>> ListChanges::up_to(store::LedgerDatabase& ledger,
                                                                ledger::TreeSize size) {
    base::Lock const lock(mutex_);
    auto const look = [&](ledger::LeafIndex index, base::ByteView bytes) REQUIRES(mutex_) {
        if (index.number() >= size.number())
            return false;
        next_ = index.next();
        if (ledger::peek_kind(bytes) != ledger::EntryKind::apply_change)
            return true;
        auto const entry = ledger::decode_entry(bytes);
        if (entry && entry->act && ledger::makes_node_list(*entry->act))
            changes_.emplace_back(index, base::to_buffer(bytes));
        return true;
    };
    if (next_.number() < size.number())
        TRY(ledger.each_entry(next_, look));
    std::vector<base::ByteBuffer> changes;
    for (auto const& [index, bytes] : changes_)
        if (index.number() < size.number())
            changes.push_back(bytes);
    return changes;
}

store::Stored<ProofFrame> load_proof_frame(store::LedgerDatabase& ledger, sequencer::HeadPointer head,
                                           ListChanges& changes) {
    Tiles const tiles(ledger);
    auto path = merkle::make_inclusion_proof(tiles, head->block_index, head->size);
    auto genesis_path = merkle::make_inclusion_proof(tiles, ledger::LeafIndex{0}, head->size);
    if (!path || !genesis_path)
        return damaged("tiles");
    ProofFrame frame{.head = std::move(head),
                     .genesis = TRY(ledger.load_entry(ledger::LeafIndex{0})),
                     .path = *std::move(path),
                     .genesis_path = *std::move(genesis_path),
                     .changes = {}};
    auto const genesis = ledger::decode<ledger::Genesis>(frame.genesis);
    auto const& nodes = *frame.head->nodes;
    if (genesis && (genesis->nodes.log_key != nodes.log_key || genesis->nodes.origin != nodes.origin))
        frame.changes = TRY(changes.up_to(ledger, frame.head->size));
    return frame;
}

store::Stored<std::string> make_account_proof(store::LedgerDatabase& ledger, ProofFrame const& frame,
                                              ProofSubject const& subject) {
    auto const& head = *frame.head;
    auto const map_key = merkle::map_key(subject.label);
    auto const account = TRY(ledger.load_account(subject.label));
    auto const shown = head.directory.find(map_key);
    auto const stored = account ? std::optional(merkle::hash_value(account->head.encode())) : std::nullopt;
    if (shown != stored)
        return std::unexpected{
            store::StoreFault{.kind = store::StoreFaultKind::absent, .place = "newer head", .detail = {}}};
    // What a map file claims leaves the house only when it is true; see sequencer/directory_file.hpp.
    if (head.directory.has_believed_hashes() && !head.directory.has_true_path(map_key))
        return damaged("maps/directory");
    Extra extra{.block = head.block_bytes,
                .genesis = std::nullopt,
                .genesis_path = std::nullopt,
                .vrf_proof = subject.vrf_proof,
                .map_proof = merkle::encode_map_proof(head.directory.prove(map_key)),
                .head = std::nullopt,
                .state = std::nullopt,
                .changes = std::nullopt};
    if (subject.form == ProofForm::whole) {
        extra.genesis = frame.genesis;
        extra.genesis_path = frame.genesis_path;
        if (!frame.changes.empty())
            extra.changes = frame.changes;
    }
    if (account)
        extra.head = base::to_buffer(account->head.encode());
    if (account && account->state)
        extra.state = ledger::encode(*account->state);
    return merkle::print_proof_file({.extra = ledger::encode(extra),
                                     .index = head.block_index,
                                     .path = frame.path,
                                     .checkpoint = head.checkpoint});
}

store::Stored<std::string> make_account_proof(store::LedgerDatabase& ledger, sequencer::HeadPointer head,
                                              ProofSubject const& subject) {
    ListChanges changes;
    return make_account_proof(ledger, TRY(load_proof_frame(ledger, std::move(head), changes)), subject);
}

store::Stored<std::shared_ptr<ProofFrame const>> ProofFrames::of(sequencer::HeadPointer const& head) {
    {
        base::Lock const lock(mutex_);
        if (last_ && last_->head == head)
            return last_;
    }
    auto frame = std::make_shared<ProofFrame const>(TRY(load_proof_frame(ledger_, head, changes_)));
    base::Lock const lock(mutex_);
    last_ = frame;
    return frame;
}

Result<ProvedAccount, AccountProofFault> check_account_proof(std::string_view text, std::string_view username,
                                                             ProofKeys const& keys) {
    auto const file = merkle::parse_proof_file(text);
    if (!file)
        return Refusal{AccountProofFault::malformed};
    auto const extra = ledger::decode<Extra>(file->extra);
    if (!extra)
        return Refusal{AccountProofFault::malformed};
    auto const opened = merkle::open_checkpoint(file->checkpoint, keys.log_key, {});
    if (!opened)
        return Refusal{AccountProofFault::wrong_checkpoint};
    auto const tree = opened->checkpoint.tree();
    auto const name_key = TRY(find_name_key(*extra, tree, keys));
    auto const block = TRY(check_block(*extra, *file, tree));
    auto const label = TRY(check_label(*extra, name_key.vrf_key, username));
    auto const answer = merkle::check_map_proof(merkle::as_map_root(block.directory_root),
                                                merkle::map_key(label), base::ByteView(extra->map_proof));
    if (!answer)
        return Refusal{AccountProofFault::wrong_directory};
    auto row = TRY(check_row(*extra, *answer));
    return ProvedAccount{.size = tree.size.number(),
                         .network = name_key.network,
                         .vrf_key = name_key.vrf_key,
                         .label = label,
                         .block = block,
                         .row = std::move(row)};
}

} // namespace bulla::service
