#include "service/verify_rows.hpp"

#include "base/encoding.hpp"
#include "crypto/vrf.hpp"
#include "sequencer/side_rows.hpp"
#include "store/ledger_rows.hpp"

#include <fmt/format.h>

namespace bulla::service {
namespace {

using Found = std::optional<WrongThing>;

std::string row_name(std::string_view kind, base::ByteView key) {
    return fmt::format("ledger: {} {}", kind, base::to_hex(key));
}

Found wrong_account(ledger::Label const& label, std::optional<ledger::LeafIndex> index) {
    return WrongThing{
        .index = index, .file = row_name("account", label), .reason = VerifyReason::account_row_differs};
}

Found check_accounts(store::LedgerDatabase& ledger, ledger::MemoryState const& state) {
    Found found;
    auto next = state.accounts().begin();
    auto const walked = ledger.each_account([&](ledger::Label const& label, ledger::AccountRow const& row) {
        if (next == state.accounts().end() || label < next->first)
            found = wrong_account(label, std::nullopt);
        else if (label != next->first || row != next->second)
            found = wrong_account(next->first, next->second.head.last_index);
        else
            ++next;
        return !found;
    });
    if (!walked)
        return wrong_store(walked.error(), std::nullopt);
    if (!found && next != state.accounts().end())
        return wrong_account(next->first, next->second.head.last_index);
    return found;
}

// The first key under which two maps do not hold the same.
template <class Map>
std::optional<typename Map::key_type> first_difference(Map const& stored, Map const& made) {
    auto const [in_store, in_state] = std::ranges::mismatch(stored, made);
    if (in_store == stored.end() && in_state == made.end())
        return std::nullopt;
    return in_store == stored.end() ? in_state->first : in_store->first;
}

Found check_signing_keys(store::LedgerDatabase& ledger, ledger::MemoryState const& state) {
    std::map<ledger::KeyId, ledger::SigningKeyRow> stored;
    auto const walked =
        ledger.each_signing_key([&](ledger::KeyId const& kid, ledger::SigningKeyRow const& row) {
            stored.emplace(kid, row);
            return true;
        });
    if (!walked)
        return wrong_store(walked.error(), std::nullopt);
    auto const kid = first_difference(stored, state.signing_keys());
    if (!kid)
        return std::nullopt;
    return WrongThing{
        .index = {}, .file = row_name("signing key", *kid), .reason = VerifyReason::signing_key_row_differs};
}

Found check_named_rows(store::LedgerDatabase& ledger, ledger::MemoryState const& state) {
    std::map<ledger::NetworkRowName, base::ByteBuffer> stored;
    auto const walked =
        ledger.each_network_row([&](ledger::NetworkRowName const& name, base::ByteView value) {
            stored.emplace(name, base::to_buffer(value));
            return true;
        });
    if (!walked)
        return wrong_store(walked.error(), std::nullopt);
    auto const name = first_difference(stored, state.rows());
    if (!name)
        return std::nullopt;
    return WrongThing{.index = {},
                      .file = row_name("network row", store::encode_network_key(*name)),
                      .reason = VerifyReason::network_row_differs};
}

Found check_network_rows(store::LedgerDatabase& ledger, ledger::MemoryState const& state) {
    auto const nodes = ledger.load_nodes();
    if (!nodes)
        return wrong_store(nodes.error(), std::nullopt);
    if (*nodes != state.nodes())
        return WrongThing{.index = {}, .file = "ledger: nodes", .reason = VerifyReason::nodes_row_differs};
    auto const policy = ledger.load_policy();
    if (!policy)
        return wrong_store(policy.error(), std::nullopt);
    if (*policy != state.policy())
        return WrongThing{.index = {}, .file = "ledger: policy", .reason = VerifyReason::policy_row_differs};
    return std::nullopt;
}

bool is_proof_of(crypto::VrfProof const& vrf_proof, ledger::Label const& label) {
    auto const output = crypto::unverified_output(vrf_proof);
    return output && ledger::Label::from(output->view().first(ledger::Label::size)) == label;
}

// The name itself stands nowhere, so of the VRF proof only its output can be compared.
std::optional<VerifyReason> wrong_in(store::SideRow const& row, ledger::Label const& label,
                                     ledger::AccountState const& state) {
    if (ledger::hash_opening(row.opening) != state.opening)
        return VerifyReason::wrong_opening;
    if (!sequencer::has_records_of(row, state))
        return VerifyReason::wrong_opaque_record;
    if (!is_proof_of(row.vrf_proof, label))
        return VerifyReason::wrong_vrf_proof;
    return std::nullopt;
}

WrongThing wrong_side_row(ledger::Label const& label, ledger::AccountRow const* account,
                          VerifyReason reason) {
    return {.index = account == nullptr ? std::nullopt : std::optional(account->head.last_index),
            .file = row_name("erasable row", label),
            .reason = reason};
}

bool may_lack(std::optional<VerifyReason> reason, Records records) {
    return reason == VerifyReason::wrong_opaque_record && records == Records::may_lack;
}

RowsFound check_side_rows(store::LedgerDatabase& ledger, ledger::MemoryState const& state, Records records) {
    Found found;
    std::uint64_t count = 0;
    std::uint64_t outdated = 0;
    auto const walked = ledger.each_side_row([&](ledger::Label const& label, store::SideRow const& row) {
        auto const* const account = state.find_account(label);
        ++count;
        if (account == nullptr || !account->state)
            found = wrong_side_row(label, account, VerifyReason::stray_side_row);
        else if (auto const reason = wrong_in(row, label, *account->state); may_lack(reason, records))
            ++outdated;
        else if (reason)
            found = wrong_side_row(label, account, *reason);
        return !found;
    });
    if (!walked)
        return {.wrong = wrong_store(walked.error(), std::nullopt)};
    if (found)
        return {.wrong = std::move(found)};
    auto const has_state = [](auto const& each) { return each.second.state.has_value(); };
    auto const wanted = static_cast<std::uint64_t>(std::ranges::count_if(state.accounts(), has_state));
    if (count == wanted || records == Records::may_lack)
        return {.wrong = {}, .lacking = wanted - count + outdated};
    for (auto const& [label, account] : state.accounts())
        if (auto const row = ledger.load_side_row(label); account.state && row && !*row)
            return {.wrong = wrong_side_row(label, &account, VerifyReason::side_row_missing)};
    return {};
}

} // namespace

RowsFound check_rows(store::LedgerDatabase& ledger, ledger::Audit const& audit, Records records) {
    auto const& state = audit.state();
    for (auto* const check : {check_accounts, check_signing_keys, check_network_rows, check_named_rows})
        if (auto found = check(ledger, state))
            return {.wrong = std::move(found)};
    return check_side_rows(ledger, state, records);
}

} // namespace bulla::service
