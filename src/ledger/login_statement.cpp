#include "ledger/login_statement.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<LoginFault>;

Result<void, LoginFault> check_expected(LoginStatement const& statement, LoginExpectation const& expected) {
    if (statement.asks.network != expected.network)
        return Refusal{LoginFault::wrong_network};
    if (statement.asks.not_after < expected.now ||
        statement.asks.not_after > expected.now + login_validity_max)
        return Refusal{LoginFault::expired};
    bool const as_given_out =
        statement.asks.label == expected.label && statement.challenge == expected.challenge &&
        statement.client == expected.client && statement.origin == expected.origin && !statement.request;
    if (!as_given_out)
        return Refusal{LoginFault::unexpected};
    return {};
}

} // namespace

Result<credential::EvidenceCheck, LoginFault> check_login(base::ByteView statement_bytes,
                                                          std::span<base::ByteBuffer const> evidence,
                                                          LoginExpectation const& expected,
                                                          AccountRow const& account) {
    auto const statement = decode<LoginStatement>(statement_bytes);
    if (!statement)
        return Refusal{LoginFault::malformed};
    TRY(check_expected(*statement, expected));
    if (statement->asks.version != account.head.version || statement->asks.previous != account.head.head)
        return Refusal{LoginFault::stale};
    if (account.head.status != AccountStatus::active || !account.state)
        return Refusal{LoginFault::not_active};
    auto const* const row = account.state->find(statement->credential);
    if (row == nullptr || !is_active(*row) || row->key.generation != statement->generation)
        return Refusal{LoginFault::not_active};
    auto const digest = credential::statement_digest(login_domain, statement_bytes);
    auto check = credential::evidence_check({row->key.kind, row->key.public_key}, expected.relying_party,
                                            digest, evidence);
    if (!check)
        return Refusal{LoginFault::wrong_evidence};
    return *std::move(check);
}

} // namespace bulla::ledger
