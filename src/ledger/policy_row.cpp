#include "ledger/policy_row.hpp"

#include "ledger/nodes_row.hpp"
#include "ledger/rules.hpp"

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

// Upgrades go one version up each, so the version before a pending one is in force until then.
std::uint64_t rules_at(PolicyRow const& policy, std::uint64_t engine_height) {
    if (!policy.upgrade)
        return 1;
    auto const& [version, height] = *policy.upgrade;
    return engine_height >= height || version == 0 ? version : version - 1;
}

bool is_sound(Keyset const& keyset, NodesRow const& nodes) {
    return keyset.threshold >= 1 && keyset.threshold <= keyset.nodes.size() && !keyset.seeds.empty() &&
           std::ranges::all_of(keyset.nodes, [&](NodeId const& id) { return nodes.find(id) != nullptr; });
}

} // namespace bulla::ledger
