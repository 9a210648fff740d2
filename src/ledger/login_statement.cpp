#include "ledger/login_statement.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<LoginFault>;

// What both forms must say, as it was given out.
struct Said {
    NetworkId const& network;
    base::Timestamp not_after;
    LoginChallenge const& challenge;
    std::string_view client;
    std::string_view origin;
    bool has_request;
};

Said said_by(LoginStatement const& statement) {
    return {statement.asks.network, statement.asks.not_after, statement.challenge,
            statement.client,       statement.origin,         statement.request.has_value()};
}
Said said_by(NamelessLogin const& statement) {
    return {statement.network, statement.not_after, statement.challenge,
            statement.client,  statement.origin,    statement.request.has_value()};
}

Result<void, LoginFault> check_expected(Said const& said, LoginExpectation const& expected) {
    if (said.network != expected.network)
        return Refusal{LoginFault::wrong_network};
    if (said.not_after < expected.now || said.not_after > expected.now + login_validity_max)
        return Refusal{LoginFault::expired};
    bool const as_given_out = said.challenge == expected.challenge && said.client == expected.client &&
                              said.origin == expected.origin && !said.has_request;
    if (!as_given_out)
        return Refusal{LoginFault::unexpected};
    return {};
}

Result<Credential const*, LoginFault> find_active(AccountRow const& account, CredentialId const& id) {
    if (account.head.status != AccountStatus::active || !account.state)
        return Refusal{LoginFault::not_active};
    auto const* const row = account.state->find(id);
    if (row == nullptr || !is_active(*row))
        return Refusal{LoginFault::not_active};
    return row;
}

Result<credential::EvidenceCheck, LoginFault> check_signed(base::ByteView statement,
                                                           std::span<base::ByteBuffer const> evidence,
                                                           LoginExpectation const& expected,
                                                           Credential const& row) {
    auto const digest = credential::statement_digest(login_domain, statement);
    auto check = credential::evidence_check({row.key.kind, row.key.public_key}, expected.relying_party,
                                            digest, evidence);
    if (!check)
        return Refusal{LoginFault::wrong_evidence};
    return *std::move(check);
}

} // namespace

Result<credential::EvidenceCheck, LoginFault> check_login(base::ByteView statement_bytes,
                                                          std::span<base::ByteBuffer const> evidence,
                                                          LoginExpectation const& expected,
                                                          AccountRow const& account) {
    auto const statement = decode<LoginStatement>(statement_bytes);
    if (!statement)
        return Refusal{LoginFault::malformed};
    TRY(check_expected(said_by(*statement), expected));
    if (statement->asks.label != expected.label)
        return Refusal{LoginFault::unexpected};
    if (statement->asks.version != account.head.version || statement->asks.previous != account.head.head)
        return Refusal{LoginFault::stale};
    auto const* const row = TRY(find_active(account, statement->credential));
    if (row->key.generation != statement->generation)
        return Refusal{LoginFault::not_active};
    return check_signed(statement_bytes, evidence, expected, *row);
}

Result<credential::EvidenceCheck, LoginFault> check_key_login(base::ByteView statement_bytes,
                                                              std::span<base::ByteBuffer const> evidence,
                                                              LoginExpectation const& expected,
                                                              KeyOfAccount const& signer) {
    auto const* const row = TRY(find_active(signer.account, signer.credential));
    if (row->key.kind == CredentialKind::password)
        return Refusal{LoginFault::not_active};
    auto const nameless = decode<NamelessLogin>(statement_bytes);
    if (!nameless) {
        auto const named = decode<LoginStatement>(statement_bytes);
        if (named && named->credential != signer.credential)
            return Refusal{LoginFault::unexpected};
        return check_login(statement_bytes, evidence, expected, signer.account);
    }
    TRY(check_expected(said_by(*nameless), expected));
    return check_signed(statement_bytes, evidence, expected, *row);
}

} // namespace bulla::ledger
