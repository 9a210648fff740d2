#include "ledger/execute.hpp"

#include "ledger/account_rules.hpp"
#include "ledger/node_rules.hpp"

namespace bulla::ledger {

ReadSet read_set(DecodedEntry const& entry) {
    return std::visit(
        [](auto const& statement) -> ReadSet {
            if constexpr (requires { statement.asks.label; })
                return {.account = statement.asks.label, .signing_key = std::nullopt};
            else if constexpr (requires { statement.kid; })
                return {.account = std::nullopt, .signing_key = statement.kid};
            else
                return {.account = std::nullopt, .signing_key = signing_key_id(statement)};
        },
        entry.statement);
}

Result<Plan, Rejection> plan(WorkingSet const& working_set, DecodedEntry const& entry) {
    return std::visit(
        [&](auto const& statement) {
            if constexpr (requires { statement.asks.label; })
                return plan_account_entry(working_set, entry, statement);
            else
                return plan_node_entry(working_set, entry, statement);
        },
        entry.statement);
}

Result<ChangeSet, Rejection> execute(WorkingSet const& working_set, DecodedEntry const& entry) {
    auto planned = TRY(plan(working_set, entry));
    for (auto const& check : planned.checks)
        if (!credential::check(check.check))
            return std::unexpected{check.otherwise};
    return std::move(planned.changes);
}

} // namespace bulla::ledger
