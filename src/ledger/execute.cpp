#include "ledger/execute.hpp"

#include "ledger/account_rules.hpp"
#include "ledger/change_rules.hpp"
#include "ledger/node_rules.hpp"
#include "ledger/operator_rules.hpp"
#include "ledger/recovery_rules.hpp"

namespace bulla::ledger {
namespace {

template <class Kind>
concept AboutAccount = requires(Kind const& statement) { statement.asks.label; };

struct Reads {
    DecodedEntry const& entry;

    template <AboutAccount Kind>
    ReadSet operator()(Kind const& statement) const {
        return {.account = statement.asks.label};
    }
    ReadSet operator()(PublishSigningKey const& statement) const {
        auto const kid = signing_key_id(statement);
        return kid ? ReadSet{.signing_keys = {*kid}} : ReadSet{};
    }
    ReadSet operator()(RetireSigningKey const& statement) const { return {.signing_keys = {statement.kid}}; }
    ReadSet operator()(Issuance const&) const { return {}; }
    ReadSet operator()(ProposeChange const&) const { return {}; }
    ReadSet operator()(ApplyChange const& statement) const {
        auto const* const removed = std::get_if<RemoveNode>(&*entry.act);
        auto const* const retired = std::get_if<RetireKey>(&*entry.act);
        ReadSet reads{.account = label_of(*entry.act),
                      .rows = {NetworkRowName::pending_change(statement.change)}};
        if (removed != nullptr)
            reads.signing_keys = removed->kids;
        if (retired != nullptr)
            reads.signing_keys = {retired->kid};
        return reads;
    }
    // Votes, clients and roles.
    template <class Kind>
    ReadSet operator()(Kind const& statement) const {
        if constexpr (requires { statement.change; })
            return {.rows = {NetworkRowName::pending_change(statement.change)}};
        else if constexpr (requires { statement.role; })
            return {.account = statement.label,
                    .rows = {NetworkRowName::client(statement.client), role_name(statement)}};
        else
            return {.rows = {NetworkRowName::client(statement.client)}};
    }
};

} // namespace

SigningKeyRow const* WorkingSet::find(KeyId const& kid) const {
    auto const found = signing_keys.find(kid);
    return found == signing_keys.end() ? nullptr : &found->second;
}

ReadSet read_set(DecodedEntry const& entry) {
    return std::visit(Reads{entry}, entry.statement);
}

Result<Plan, Rejection> plan(WorkingSet const& working_set, DecodedEntry const& entry) {
    return std::visit([&](auto const& statement) { return plan_entry(working_set, entry, statement); },
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
