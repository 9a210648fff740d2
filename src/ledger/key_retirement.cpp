#include "ledger/key_retirement.hpp"

namespace bulla::ledger {

Result<SigningKeyRow, Rejection> retired_row(WorkingSet const& working_set, Retirement const& wanted) {
    auto const* const known = working_set.find(wanted.kid);
    if (known == nullptr)
        return std::unexpected{Rejection::unknown_signing_key};
    auto const time = working_set.place.time;
    auto row = *known;
    auto const ends = wanted.compromised ? time : time + working_set.policy.max_token_lifetime;
    if (row.ends && *row.ends <= ends)
        return std::unexpected{Rejection::retirement_not_shorter};
    row.ends = ends;
    return row;
}

void retire(Node& node, KeyId const& kid, base::Timestamp ends) {
    auto const live = std::ranges::find(node.signing_keys, kid, &LiveSigningKey::kid);
    if (live != node.signing_keys.end())
        live->ends = ends;
}

void drop_ended(Node& node, base::Timestamp time) {
    std::erase_if(node.signing_keys,
                  [&](LiveSigningKey const& key) { return key.ends && *key.ends <= time; });
}

} // namespace bulla::ledger
