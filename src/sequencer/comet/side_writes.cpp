#include "sequencer/comet/side_writes.hpp"

#include "ledger/entry.hpp"

namespace bulla::sequencer::comet {
namespace {

// Of an act that begins a recovery: the begin statement's, for admissions are of that one.
store::KeptKey key_of(ledger::DecodedEntry const& entry) {
    if (auto const* const begin = ledger::recovery_of(entry))
        return store::KeptKey::from(
            ledger::digest_statement(ledger::EntryKind::begin_recovery, ledger::encode(*begin)).view());
    return store::KeptKey::from(entry.digest.view());
}

// Of an entry that brings something to stand beside its account.
std::optional<ledger::Label> label_of_record(ledger::DecodedEntry const& entry) {
    if (auto const* const made = std::get_if<ledger::Register>(&entry.statement))
        return made->asks.label;
    auto const* const replaced = std::get_if<ledger::ReplaceCredential>(&entry.statement);
    if (replaced != nullptr && replaced->credential.record)
        return replaced->asks.label;
    auto const* const added = std::get_if<ledger::AddCredential>(&entry.statement);
    if (added != nullptr && added->credential.record)
        return added->asks.label;
    auto const* const begin = ledger::recovery_of(entry);
    if (begin != nullptr && begin->credential.record)
        return begin->asks.label;
    return std::nullopt;
}

// The record of a revoked password goes, on every node.
store::Stored<std::vector<store::SideWrite>> writes_of(store::LedgerDatabase& ledger,
                                                       ledger::RevokeCredential const& revoked) {
    auto const& label = revoked.asks.label;
    auto const account = TRY(ledger.load_account(label));
    auto const* const password = account && account->state ? account->state->password() : nullptr;
    if (password == nullptr || password->id != revoked.credential)
        return std::vector<store::SideWrite>{};
    auto row = TRY(ledger.load_side_row(label));
    if (!row)
        return std::vector<store::SideWrite>{};
    row->opaque_record.reset();
    return std::vector<store::SideWrite>{{.label = label, .row = std::move(row)}};
}

} // namespace

std::optional<store::KeptKey> kept_key_of(base::ByteView entry) {
    auto const decoded = ledger::decode_entry(entry);
    if (!decoded)
        return std::nullopt;
    return key_of(*decoded);
}

store::Stored<FoundWrites> find_side_writes(store::LedgerDatabase& ledger, base::ByteView entry) {
    auto const decoded = ledger::decode_entry(entry);
    if (!decoded)
        return FoundWrites{};
    if (auto const* const erased = std::get_if<ledger::Erase>(&decoded->statement))
        return FoundWrites{.writes = {{.label = erased->asks.label, .row = std::nullopt}}};
    if (auto const* const revoked = std::get_if<ledger::RevokeCredential>(&decoded->statement))
        return FoundWrites{.writes = TRY(writes_of(ledger, *revoked)), .taken = key_of(*decoded)};
    FoundWrites found;
    auto kept = TRY(ledger.load_kept(key_of(*decoded)));
    if (kept) {
        found.writes = std::move(kept->writes);
        found.taken = key_of(*decoded);
    } else {
        found.lacking = label_of_record(*decoded);
    }
    return found;
}

} // namespace bulla::sequencer::comet
