#include "sequencer/trial.hpp"

namespace bulla::sequencer {
namespace {

store::Stored<ledger::WorkingSet> load_working_set(Trial const& trial, ledger::ReadSet const& keys) {
    auto const& head = trial.head;
    ledger::WorkingSet working_set{.place = {.network = head.network,
                                             .time = std::max(trial.now, head.block.time),
                                             .index = ledger::LeafIndex{head.size.number()}},
                                   .nodes = *head.nodes,
                                   .policy = *head.policy};
    if (keys.account)
        working_set.account = TRY(trial.ledger.load_account(*keys.account));
    for (auto const& kid : keys.signing_keys)
        if (auto const found = head.signing_keys->find(kid); found != head.signing_keys->end())
            working_set.signing_keys.insert(*found);
    for (auto const& name : keys.rows)
        if (auto row = TRY(trial.ledger.load_network_row(name)))
            working_set.rows.emplace(name, *std::move(row));
    return working_set;
}

// Null: the signatures are not looked at.
store::Stored<TrialOutcome> try_with(Trial const& trial, base::ByteView bytes, CheckMemory* checks) {
    auto const entry = ledger::decode_entry(bytes);
    if (!entry)
        return TrialOutcome{std::unexpect, entry.error()};
    auto const working_set = TRY(load_working_set(trial, ledger::read_set(*entry)));
    auto const planned = ledger::plan(working_set, *entry);
    if (!planned)
        return TrialOutcome{std::unexpect, planned.error()};
    if (checks == nullptr)
        return TrialOutcome{};
    for (auto const& planned_check : planned->checks)
        if (!checks->check(planned_check.check))
            return TrialOutcome{std::unexpect, planned_check.otherwise};
    return TrialOutcome{};
}

} // namespace

store::Stored<TrialOutcome> try_entry(Trial const& trial, base::ByteView entry, CheckMemory& checks) {
    return try_with(trial, entry, &checks);
}

store::Stored<TrialOutcome> try_entry_again(Trial const& trial, base::ByteView entry) {
    return try_with(trial, entry, nullptr);
}

} // namespace bulla::sequencer
