#include "service/password_statement.hpp"

namespace bulla::service {
namespace {

template <class Statement>
std::optional<PasswordStatement> decode_as(base::ByteView bytes) {
    auto const decoded = ledger::decode<Statement>(bytes);
    if (!decoded || decoded->credential.kind != ledger::CredentialKind::password)
        return std::nullopt;
    return PasswordStatement{
        .kind = Statement::kind, .asks = decoded->asks, .credential = decoded->credential};
}

} // namespace

std::optional<PasswordStatement> decode_password_statement(base::ByteView statement) {
    auto const replacing = decode_as<ledger::ReplaceCredential>(statement);
    return replacing ? replacing : decode_as<ledger::AddCredential>(statement);
}

} // namespace bulla::service
