#include "service/new_log.hpp"

#include "ledger/act.hpp"
#include "ledger/change_rules.hpp"
#include "ledger/node_list_walk.hpp"
#include "sequencer/stored_tiles.hpp"
#include "service/client_walk.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

using Kind = NewLogFault::Kind;
template <class T>
using Renewing = Result<T, NewLogFault>;

std::unexpected<NewLogFault> fault(Kind kind) {
    return std::unexpected{NewLogFault{.kind = kind}};
}
NewLogFault of_founding(FoundingFault from) {
    return {.kind = Kind::founding, .founding = std::move(from)};
}
auto const key_fault = [](KeyFault const& from) {
    return of_founding({.kind = FoundingFaultKind::key, .place = from.file, .key = from});
};
auto const store_fault = [](store::StoreFault const& from) {
    return of_founding({.kind = FoundingFaultKind::store, .place = from.place, .store = from});
};
auto const guard_fault = [](sequencer::GuardFault from) {
    if (from == sequencer::GuardFault::moved)
        return NewLogFault{.kind = Kind::moved};
    return of_founding({.kind = FoundingFaultKind::guard, .place = "guard", .guard = from});
};
auto const chain_fault = [](sequencer::ChainFault const& from) {
    return of_founding({.kind = FoundingFaultKind::chain, .place = "ledger", .chain = from});
};

Renewing<crypto::Kept<NodeKeys>> load(DataPaths const& paths, Passphrase const& passphrase,
                                      base::Randomness& randomness) {
    auto directory = TRY(map_fault(KeyDirectory::open(paths.keys(), passphrase), key_fault));
    TRY(map_fault(erase_unfinished_signing_key(directory), key_fault));
    TRY(map_fault(finish_adoptions(directory, randomness), key_fault));
    return crypto::keep(TRY(map_fault(load_keys(std::move(directory)), key_fault)));
}

Renewing<std::string> load_first_name(store::LedgerDatabase& ledger) {
    auto const bytes = TRY(map_fault(ledger.load_entry(ledger::LeafIndex{0}), store_fault));
    auto const genesis = ledger::decode<ledger::Genesis>(bytes);
    return genesis ? genesis->nodes.origin : std::string();
}

// What the ledger has once named stays its name for what was signed then.
Renewing<bool> has_named(store::LedgerDatabase& ledger, std::string_view origin) {
    bool is_named = TRY(load_first_name(ledger)) == origin;
    auto const look = [&](ledger::LeafIndex, base::ByteView bytes) {
        if (ledger::peek_kind(bytes) == ledger::EntryKind::apply_change) {
            auto const entry = ledger::decode_entry(bytes);
            auto const* const change = entry ? std::get_if<ledger::ChangeLog>(&*entry->act) : nullptr;
            is_named = is_named || (change != nullptr && change->origin == origin);
        }
        return !is_named;
    };
    TRY(map_fault(ledger.each_entry(ledger::LeafIndex{0}, look), store_fault));
    return is_named;
}

// The node's own block, without anybody else and without a signature under any origin.
class Change {
public:
    Change(store::LedgerDatabase& ledger, NodeKeys const& keys, sequencer::Chain& chain, base::Timestamp now)
        : ledger_(ledger), keys_(keys), chain_(chain), head_(*chain.head()), maker_(ledger, chain.tip()),
          time_(std::max(now, chain.tip().chain.time)) {}

    // Nothing: it is applied. Else the time from which it can be.
    Renewing<std::optional<base::Timestamp>> decide(ledger::Act const& act) {
        auto const act_bytes = ledger::encode_act(act);
        auto pending = TRY(find_pending(act_bytes));
        if (!pending) {
            auto const proposal = TRY(proposal_of(act_bytes));
            pending = Pending{.change = TRY(order(proposal)), .proposed = time_};
        }
        auto const apply_from = pending->proposed + ledger::wait_for(*head_.policy, act);
        if (time_ >= apply_from)
            TRY(order(application_of(act, act_bytes, pending->change)));
        if (maker_.entry_count() > 0)
            TRY(map_fault(chain_.commit(*maker_.close()), chain_fault));
        return time_ >= apply_from ? std::nullopt : std::optional(apply_from);
    }

private:
    struct Pending {
        ledger::LeafHash change;
        base::Timestamp proposed;
    };

    Renewing<std::optional<Pending>> find_pending(base::ByteView act_bytes) const {
        std::optional<Pending> found;
        auto const act_hash = ledger::Sha256Digest::from(crypto::sha256(act_bytes));
        auto const look = [&](ledger::NetworkRowName const& name, base::ByteView value) {
            if (name.kind != ledger::NetworkRowKind::pending_change)
                return true;
            auto const row = ledger::decode<ledger::PendingChangeRow>(value);
            if (row && row->act == act_hash && time_ < row->proposed + ledger::change_lifetime &&
                ledger::count_approvals(*row, *head_.nodes) >= head_.nodes->quorum())
                found = Pending{.change = ledger::LeafHash::from(name.id), .proposed = row->proposed};
            return !found;
        };
        TRY(map_fault(ledger_.each_network_row(look), store_fault));
        return found;
    }

    Renewing<ledger::Entry> proposal_of(base::ByteBuffer act_bytes) const {
        auto const key = credential::PublicKey(keys_.operator_key.public_key());
        auto const& people = head_.nodes->nodes.front().operators;
        auto const person = std::ranges::find(people, key, &ledger::Operator::public_key);
        if (person == people.end())
            return fault(Kind::no_operator);
        ledger::ProposeChange statement;
        statement.asks = {.network = head_.network,
                          .signer = person->id,
                          .sequence = person->sequence.next(),
                          .not_after = time_ + entry_validity};
        statement.act = std::move(act_bytes);
        auto bytes = ledger::encode(statement);
        auto evidence = make_evidence(statement.kind, bytes, person->id, keys_.operator_key);
        return ledger::Entry{.kind = statement.kind,
                             .statement = std::move(bytes),
                             .evidence = {std::move(evidence)},
                             .admissions = {}};
    }

    ledger::Entry application_of(ledger::Act const& act, base::ByteBuffer act_bytes,
                                 ledger::LeafHash const& change) const {
        ledger::ApplyChange statement;
        statement.asks.network = head_.network;
        statement.change = change;
        statement.act = std::move(act_bytes);
        ledger::Entry entry{
            .kind = statement.kind, .statement = ledger::encode(statement), .evidence = {}, .admissions = {}};
        auto const next = ledger::next_node_list(make_node_list(*head_.nodes), act);
        if (next && *next)
            entry.evidence = {
                {.signer = base::to_buffer(head_.nodes->nodes.front().id),
                 .parts = {base::to_buffer(keys_.node_key.sign(ledger::digest_node_list(**next)))}}};
        return entry;
    }

    Renewing<ledger::LeafHash> order(ledger::Entry const& entry) {
        auto bytes = ledger::encode(entry);
        auto const leaf_hash = merkle::hash_leaf(bytes);
        auto const outcome = TRY(map_fault(
            maker_.execute({.entry = std::move(bytes), .side_writes = {}}, time_, checks_), store_fault));
        if (!outcome)
            return std::unexpected{
                NewLogFault{.kind = Kind::refused, .founding = std::nullopt, .rejection = outcome.error()}};
        return leaf_hash;
    }

    store::LedgerDatabase& ledger_;
    NodeKeys const& keys_;
    sequencer::Chain& chain_;
    sequencer::Head const head_;
    sequencer::BlockMaker maker_;
    sequencer::CheckMemory checks_;
    base::Timestamp const time_;
};

Renewing<crypto::Ed25519PublicKey> find_next_key(KeyDirectory const& directory,
                                                 base::Randomness& randomness) {
    if (auto const next = TRY(map_fault(load_next_keys(directory), key_fault)); next.log)
        return next.log->public_key();
    TRY(map_fault(make_next_key(directory, "log", randomness), key_fault));
    return TRY(map_fault(load_next_keys(directory), key_fault)).log->public_key();
}

// Whether the ledger goes on from what was signed last: the record is then kept, and moves with the next
// signature as after any change_log.
bool goes_on_from(store::LedgerDatabase& ledger,
                  Result<merkle::Checkpoint, sequencer::GuardFault> const& last) {
    if (!last || last->size == merkle::TreeSize{})
        return false;
    auto const root = merkle::load_root(sequencer::StoredTiles(ledger), last->size);
    return root && *root == last->root;
}

// Refusals before anything is touched.
Renewing<void> check_wish(store::LedgerDatabase& ledger, DataPaths const& paths, std::string_view origin) {
    auto const nodes = TRY(map_fault(ledger.load_nodes(), store_fault));
    if (!merkle::is_key_name(origin))
        return fault(Kind::malformed_origin);
    if (nodes.nodes.size() != 1 || nodes.nodes.front().validator_key)
        return fault(Kind::a_network);
    auto const record = sequencer::Guard::read(paths.guard());
    if (!record && record.error() == sequencer::GuardFault::moved)
        return fault(Kind::moved);
    bool const is_of_origin = record && record->origin == origin;
    if (is_of_origin && record->size == merkle::TreeSize{})
        return {}; // begun before
    bool const is_done =
        nodes.origin == origin && goes_on_from(ledger, record) && TRY(load_first_name(ledger)) != origin;
    bool const is_free = is_done || (!is_of_origin && !TRY(has_named(ledger, origin)));
    return is_free ? Renewing<void>{} : fault(Kind::used_origin);
}

// Nothing: it is changed. Else the time from which it can be.
Renewing<std::optional<base::Timestamp>> change_log(store::LedgerDatabase& ledger, NodeKeys const& keys,
                                                    LogRenewal const& wish) {
    ledger::ChangeLog act;
    act.log_key = TRY(find_next_key(keys.directory, wish.randomness));
    act.origin = wish.origin;
    auto const place = wish.paths.guard();
    if (!goes_on_from(ledger, sequencer::Guard::read(place)))
        TRY(map_fault(sequencer::Guard::begin_origin(place, wish.origin), guard_fault));
    auto guard = TRY(
        map_fault(sequencer::Guard::open(place, wish.origin, sequencer::Guard::Start::again), guard_fault));
    auto chain =
        TRY(map_fault(sequencer::Chain::open(ledger, std::move(guard), sequencer::LogKeys{}), chain_fault));
    return Change(ledger, keys, chain, wish.clock.now()).decide(act);
}

// Takes the key into use that the list names, and signs what is there.
Renewing<std::uint64_t> sign_on(store::LedgerDatabase& ledger, crypto::Kept<NodeKeys> keys,
                                LogRenewal const& wish) {
    auto const log_key = TRY(map_fault(ledger.load_nodes(), store_fault)).log_key;
    auto const next = TRY(map_fault(load_next_keys(keys->directory), key_fault));
    if (next.log && next.log->public_key() == log_key) {
        TRY(map_fault(adopt_next_key(keys->directory, "log", wish.randomness), key_fault));
        keys = TRY(load(wish.paths, wish.passphrase, wish.randomness));
    }
    if (keys->log_key.public_key() != log_key)
        return std::unexpected{
            of_founding({.kind = FoundingFaultKind::foreign_key, .place = wish.paths.keys() / "log"})};
    auto guard =
        TRY(map_fault(sequencer::Guard::open(wish.paths.guard(), wish.origin, sequencer::Guard::Start::again),
                      guard_fault));
    auto const chain =
        TRY(map_fault(sequencer::Chain::open(ledger, std::move(guard), keys->log_key), chain_fault));
    return chain.head()->size.number();
}

} // namespace

Result<NewLog, NewLogFault> begin_new_log(LogRenewal const& wish) {
    auto keys = TRY(load(wish.paths, wish.passphrase, wish.randomness));
    auto const ledger = TRY(
        map_fault(store::LedgerDatabase::open(wish.paths.ledger(), store::OpenMode::existing), store_fault));
    TRY(check_wish(*ledger, wish.paths, wish.origin));
    NewLog made{.origin = wish.origin};
    if (TRY(map_fault(ledger->load_nodes(), store_fault)).origin != wish.origin)
        made.apply_from = TRY(change_log(*ledger, *keys, wish));
    if (!made.apply_from)
        made.size = TRY(sign_on(*ledger, std::move(keys), wish));
    made.log_key = TRY(map_fault(ledger->load_nodes(), store_fault)).log_key;
    return made;
}

} // namespace bulla::service
