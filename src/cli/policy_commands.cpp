#include "cli/policy_commands.hpp"

#include "cli/operator_session.hpp"
#include "ledger/rules.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

// Proposal, votes and the change itself are blocks too.
constexpr std::uint64_t upgrade_distance_min = 20;

Stop malformed() {
    return {ExitCode::unreachable, "the server's answer is not of the form"};
}

Went<ledger::PolicyRow> present_policy(Operating const& operating) {
    auto const overview = TRY(map_fault(operating.client.overview(), to_stop));
    auto const* const policy = object_member(overview, "policy");
    auto const bytes = policy == nullptr ? std::nullopt : bytes_member(*policy, "bytes");
    auto row = bytes ? ledger::decode<ledger::PolicyRow>(*bytes)
                     : Result<ledger::PolicyRow, base::CborFault>{std::unexpect, base::CborFault{}};
    if (!row)
        return std::unexpected{malformed()};
    return *std::move(row);
}

Went<void> propose(OperatorChoice const& choice, Operating const& operating, ledger::PolicyRow policy) {
    if (!is_sound(policy))
        return std::unexpected{to_usage("the ledger's rules allow no such policy")};
    ledger::ChangePolicy act;
    act.policy = std::move(policy);
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

// What browsers call an origin: scheme, host, and a port that is not the scheme's own. Lower case.
bool is_origin(std::string_view text) {
    auto const scheme = text.starts_with("https://")  ? std::string_view("https://")
                        : text.starts_with("http://") ? std::string_view("http://")
                                                      : std::string_view();
    auto const rest = text.substr(scheme.size());
    auto const is_allowed = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' ||
               letter == '.' || letter == ':' || letter == '[' || letter == ']';
    };
    return !scheme.empty() && !rest.empty() && std::ranges::all_of(rest, is_allowed) &&
           !rest.ends_with(scheme == "https://" ? ":443" : ":80");
}

Went<void> try_add_origin(OperatorChoice const& choice, std::string const& origin) {
    if (!is_origin(origin))
        return std::unexpected{to_usage(
            fmt::format("{} is no origin: https://HOST or https://HOST:PORT, nothing behind it", origin))};
    auto const operating = TRY(sign_in_operator(choice));
    auto policy = TRY(present_policy(operating));
    if (std::ranges::find(policy.origins, origin) != policy.origins.end())
        return std::unexpected{to_refused("the policy has this origin already")};
    policy.origins.push_back(origin);
    return propose(choice, operating, std::move(policy));
}

struct Rules {
    std::uint64_t quorum = 0; // 0: a single node
    std::uint64_t engine_height = 0;
};

Went<Rules> ask_rules(OperatorChoice const& choice) {
    auto const api = TRY(reach(choice.server));
    auto const network = TRY(map_fault(api.get("/v1/network"), to_stop));
    auto const* const rules = object_member(network, "rules");
    auto const quorum = number_member(network, "quorum");
    auto const height = rules == nullptr ? std::nullopt : number_member(*rules, "engine_height");
    if (!quorum || !height)
        return std::unexpected{malformed()};
    return Rules{.quorum = *quorum, .engine_height = *height};
}

// The version before goes on to hold: since always, if it is the first.
Went<void> cancel(ledger::PolicyRow& policy, Rules const& rules) {
    if (!policy.upgrade || policy.upgrade->height <= rules.engine_height)
        return std::unexpected{to_refused("nothing is agreed that does not hold yet")};
    auto const before = ledger::rules_at(policy, rules.engine_height);
    policy.upgrade.reset();
    if (before > 1)
        policy.upgrade = ledger::PendingUpgrade{.rules_version = before, .height = 0};
    return {};
}

Went<void> agree(ledger::PolicyRow& policy, Rules const& rules, UpgradeCommand const& command) {
    auto const present = ledger::rules_at(policy, rules.engine_height);
    if (command.version != present + 1)
        return std::unexpected{to_usage(
            fmt::format("version {} of the rules holds now: the next one is {}", present, present + 1))};
    auto const least = rules.engine_height + upgrade_distance_min;
    if (command.height < least)
        return std::unexpected{
            to_usage(fmt::format("the engine is at height {}: --height must be at least {}, and far enough "
                                 "away for everybody to install what knows the version",
                                 rules.engine_height, least))};
    policy.upgrade = ledger::PendingUpgrade{.rules_version = command.version, .height = command.height};
    return {};
}

Went<void> try_upgrade(OperatorChoice const& choice, UpgradeCommand const& command) {
    auto const rules = TRY(ask_rules(choice));
    if (rules.quorum == 0)
        return std::unexpected{
            to_refused("a single node agrees with nobody: it takes new rules with a new program")};
    auto const operating = TRY(sign_in_operator(choice));
    auto policy = TRY(present_policy(operating));
    TRY(command.wish == UpgradeWish::cancel ? cancel(policy, rules) : agree(policy, rules, command));
    return propose(choice, operating, std::move(policy));
}

// All nodes hold the whole set until thresholds are built.
Went<std::vector<ledger::NodeId>> listed_nodes(Operating const& operating) {
    auto const overview = TRY(map_fault(operating.client.overview(), to_stop));
    auto const* const nodes = overview.if_contains("nodes");
    std::vector<ledger::NodeId> ids;
    if (nodes != nullptr && nodes->is_array())
        for (auto const& value : nodes->get_array())
            if (auto const* const node = value.if_object())
                if (auto const id = fixed_member<ledger::NodeId>(*node, "id"))
                    ids.push_back(*id);
    if (ids.empty())
        return std::unexpected{malformed()};
    return ids;
}

Went<void> try_new_keyset(OperatorChoice const& choice) {
    using OpaquePublicKey = decltype(ledger::Keyset::opaque_public_key);
    auto const operating = TRY(sign_in_operator(choice));
    auto const policy = TRY(present_policy(operating));
    if (policy.keysets.size() >= ledger::keysets_max)
        return std::unexpected{to_refused("the ledger takes no more keysets")};
    ledger::ChangeKeyset act;
    act.keyset = {.number = policy.keysets.back().number + 1,
                  .threshold = 1,
                  .nodes = TRY(listed_nodes(operating)),
                  .seeds = {},
                  .opaque_public_key = {}};
    auto const made = TRY(map_fault(operating.client.make_secret("keyset"), to_stop));
    auto const public_key = fixed_member<OpaquePublicKey>(made, "public_key");
    auto const seed = fixed_member<ledger::SeedHash>(made, "seed_hash");
    if (!public_key || !seed)
        return std::unexpected{malformed()};
    act.keyset.seeds = {*seed};
    act.keyset.opaque_public_key = *public_key;
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

} // namespace

ExitCode propose_new_keyset(OperatorChoice const& choice) {
    return end(try_new_keyset(choice));
}
ExitCode add_origin_to_policy(OperatorChoice const& choice, std::string const& origin) {
    return end(try_add_origin(choice, origin));
}
ExitCode propose_upgrade(OperatorChoice const& choice, UpgradeCommand const& command) {
    return end(try_upgrade(choice, command));
}

} // namespace bulla::cli
