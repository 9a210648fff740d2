#include "ledger/policy_row.hpp"

#include "ledger/nodes_row.hpp"

namespace bulla::ledger {
namespace {

// As it stands inside a JSON string, byte for byte.
bool is_plain(std::string const& origin) {
    return !origin.empty() && std::ranges::all_of(origin, [](char letter) {
        return letter > ' ' && letter <= '~' && letter != '"' && letter != '\\';
    });
}

// A delay that outlasts a proposal could never be shortened again.
bool is_sound(Delays const& delays) {
    return delays.recovery_by_key < change_lifetime && delays.change < change_lifetime &&
           delays.recovery_by_operators < change_lifetime &&
           delays.recovery_by_operators >= operator_recovery_delay_min;
}

} // namespace

bool is_sound(PolicyRow const& policy) {
    return !policy.issuer.empty() && !policy.rp_id.empty() && std::ranges::all_of(policy.origins, is_plain) &&
           is_sound(policy.delays) && crypto::is_acceptable(policy.stretching);
}

bool is_sound(Keyset const& keyset, NodesRow const& nodes) {
    return keyset.threshold >= 1 && keyset.threshold <= keyset.nodes.size() && !keyset.seeds.empty() &&
           std::ranges::all_of(keyset.nodes, [&](NodeId const& id) { return nodes.find(id) != nullptr; });
}

} // namespace bulla::ledger
