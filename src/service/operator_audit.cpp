#include "service/operator_audit.hpp"

#include "ledger/network_rows.hpp"
#include "token/jwk.hpp"

namespace bulla::service {
namespace {

using ledger::EntryKind;

// The second and third byte of an entry are its field 0, the kind: nothing else is decoded of most entries.
std::optional<EntryKind> kind_of(base::ByteView entry) {
    if (entry.size() < 3 || entry[1] != 0 || entry[2] > ledger::entry_kind_last)
        return std::nullopt;
    return static_cast<EntryKind>(entry[2]);
}

bool is_of_operators(EntryKind kind) {
    return kind >= EntryKind::register_client && kind <= EntryKind::apply_change;
}

// Of most entries nothing more is decoded; of blocks only what gives such an entry its time.
bool is_looked_at(EntryKind kind) {
    return kind == EntryKind::block || kind == EntryKind::begin_recovery ||
           kind == EntryKind::publish_signing_key || is_of_operators(kind);
}

struct Reader {
    OperatorDeed& deed;

    template <class Statement>
    void operator()(Statement const& statement) const {
        if constexpr (std::is_same_v<decltype(statement.asks), ledger::OperatorPart>)
            deed.person = statement.asks.signer;
        if constexpr (requires { statement.change; })
            deed.change = statement.change;
    }
};

OperatorDeed read_deed(ledger::LeafIndex index, ledger::DecodedEntry const& entry) {
    OperatorDeed deed{.index = index, .time = {}, .kind = entry.entry.kind, .act = entry.act};
    std::visit(Reader{deed}, entry.statement);
    if (deed.kind == EntryKind::propose_change)
        deed.change = entry.leaf_hash;
    return deed;
}

} // namespace

void OperatorAudit::take_block(ledger::BlockEntry const& block) {
    for (; untimed_ > 0; --untimed_)
        deeds_[deeds_.size() - untimed_].time = block.time;
    for (auto const& kid : untimed_keys_)
        published_.emplace(kid, block.time);
    untimed_keys_.clear();
}

void OperatorAudit::take_entry(ledger::LeafIndex index, ledger::DecodedEntry const& entry) {
    if (auto const* const begin = ledger::recovery_of(entry))
        recovering_.insert(begin->asks.label);
    if (auto const* const made = std::get_if<ledger::PublishSigningKey>(&entry.statement))
        if (auto const public_key = ledger::Ed25519PublicKey::parse(made->public_key))
            untimed_keys_.push_back(token::make_key_id(*public_key));
    if (!is_of_operators(entry.entry.kind))
        return;
    deeds_.push_back(read_deed(index, entry));
    ++untimed_;
    if (auto const* const proposal = std::get_if<ledger::ProposeChange>(&entry.statement))
        proposals_.push_back({.change = entry.leaf_hash, .act = proposal->act});
}

void OperatorAudit::take(ledger::LeafIndex index, base::ByteView bytes) {
    auto const kind = kind_of(bytes);
    if (!kind || !is_looked_at(*kind))
        return;
    bool const is_idle_block = kind == EntryKind::block && untimed_ == 0 && untimed_keys_.empty();
    if (is_idle_block)
        return;
    if (kind == EntryKind::block) {
        auto const block = ledger::decode<ledger::BlockEntry>(bytes);
        if (block)
            take_block(*block);
    } else if (auto const entry = ledger::decode_entry(bytes)) {
        take_entry(index, *entry);
    }
}

store::Stored<void> OperatorAudit::walk(ledger::LeafIndex end) {
    auto const first = end.number() > audit_entries_max ? end.number() - audit_entries_max : 0;
    if (!next_)
        next_ = ledger::LeafIndex{first};
    if (*next_ >= end)
        return {};
    auto const walked = ground_.ledger.each_entry(*next_, [&](ledger::LeafIndex index, base::ByteView entry)
                                                              REQUIRES(mutex_) {
                                                                  if (index >= end)
                                                                      return false;
                                                                  take(index, entry);
                                                                  next_ = index.next();
                                                                  return true;
                                                              });
    while (deeds_.size() > audit_rows_max && deeds_.size() > untimed_)
        deeds_.pop_front();
    return walked;
}

// A proposal without a row is over: applied, or it is not in the ledger's state for another reason.
store::Stored<std::vector<WaitingChange>> OperatorAudit::find_waiting() {
    std::vector<WaitingChange> waiting;
    std::vector<Proposal> pending;
    for (auto& proposal : proposals_) {
        auto const bytes =
            TRY(ground_.ledger.load_network_row(ledger::NetworkRowName::pending_change(proposal.change)));
        if (!bytes)
            continue;
        auto row = ledger::decode<ledger::PendingChangeRow>(*bytes);
        auto act = ledger::decode_act(proposal.act);
        bool const is_alive = row && row->proposed + ledger::change_lifetime > ground_.entry_time();
        if (is_alive && act)
            waiting.push_back({.change = proposal.change,
                               .row = *std::move(row),
                               .act_bytes = proposal.act,
                               .act = *std::move(act)});
        if (is_alive)
            pending.push_back(std::move(proposal));
    }
    proposals_ = std::move(pending);
    return waiting;
}

store::Stored<std::vector<WaitingRecovery>> OperatorAudit::find_recoveries() {
    std::vector<WaitingRecovery> recoveries;
    for (auto const& label : recovering_) {
        auto const account = TRY(ground_.ledger.load_account(label));
        if (account && account->state && account->state->recovery)
            recoveries.push_back({.label = label, .recovery = *account->state->recovery});
    }
    recovering_.clear();
    for (auto const& recovery : recoveries)
        recovering_.insert(recovery.label);
    return recoveries;
}

store::Stored<OperatorAudit::View> OperatorAudit::read() {
    auto const end = ledger::LeafIndex{ground_.head()->size.number()};
    base::Lock const lock(mutex_);
    TRY(walk(end));
    return View{.deeds = {deeds_.rbegin(), deeds_.rend()},
                .waiting = TRY(find_waiting()),
                .recoveries = TRY(find_recoveries()),
                .published = published_};
}

} // namespace bulla::service
