#include "cli/account_session.hpp"

#include "service/password_policy.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

std::string_view sentence(service::PasswordWeakness weakness) {
    switch (weakness) {
    case service::PasswordWeakness::too_short: return "the password is too short";
    case service::PasswordWeakness::too_long: return "the password is too long";
    case service::PasswordWeakness::common: return "the password is one of those that are tried first";
    case service::PasswordWeakness::is_username: return "the password is the name";
    case service::PasswordWeakness::repeated: return "the password repeats a short pattern";
    case service::PasswordWeakness::not_text: return "the password is not text";
    }
    CHECK_UNREACHABLE();
}

} // namespace

Stop to_stop(ApiFault const& fault) {
    switch (fault.kind) {
    case ApiFault::Kind::unreachable:
    case ApiFault::Kind::malformed: return {ExitCode::unreachable, fault.reason};
    case ApiFault::Kind::refused:
    case ApiFault::Kind::other_network: return {ExitCode::refused, fault.reason};
    }
    CHECK_UNREACHABLE();
}
Stop to_usage(std::string const& reason) {
    return {ExitCode::usage, reason};
}

Stop to_refused(std::string const& reason) {
    return {ExitCode::refused, reason};
}

ExitCode end(Went<void> const& went) {
    return went ? ExitCode::good : fail(went.error().code, went.error().reason);
}

Went<ApiClient> reach(ServerChoice const& choice) {
    auto api = ApiClient::make(choice.server);
    if (!api)
        return std::unexpected{
            Stop{ExitCode::usage, fmt::format("{}: the server must be http://HOST[:PORT]", choice.server)}};
    return *std::move(api);
}

Went<SignInClient> connect(ServerChoice const& choice) {
    return map_fault(SignInClient::connect(choice.server, TRY(reach(choice)), choice.trust), to_stop);
}

Went<void> check_strength(SecretBytes const& password, std::string const& name,
                          ledger::PasswordPolicy policy) {
    auto const username = service::Username::parse(name, {});
    auto const weakness = username ? service::find_weakness(password, *username, policy) : std::nullopt;
    if (weakness)
        return std::unexpected{Stop{ExitCode::refused, std::string(sentence(*weakness))}};
    return {};
}

Went<SignedIn> present_session(ServerChoice const& choice) {
    auto session = load_session();
    if (!session || session->server != choice.server)
        return std::unexpected{
            Stop{ExitCode::refused, fmt::format("not signed in at {}: bulla login NAME", choice.server)}};
    return *std::move(session);
}

Went<void> keep_session(ServerChoice const& choice, boost::json::object const& token) {
    SignedIn const session{.server = choice.server,
                           .username = text_member(token, "username").value_or(""),
                           .access_token = text_member(token, "access_token").value_or(""),
                           .session_id = text_member(token, "session_id").value_or("")};
    return map_fault(store_session(session), to_usage);
}

void answer(ServerChoice const& choice, boost::json::object const& object, std::string_view text) {
    if (choice.form == OutputForm::json)
        print_json(object);
    else
        fmt::print("{}\n", text);
}

std::string receipt_text(boost::json::object const& receipt) {
    return fmt::format("entry {} in block {}", number_member(receipt, "index").value_or(0),
                       number_member(receipt, "height").value_or(0));
}

Went<SignInClient::LoggedIn> login_again(SignInClient& client, ServerChoice const& choice,
                                         SignedIn const& session) {
    auto password = TRY(
        map_fault(read_password(choice.passwords, fmt::format("Present password of {}: ", session.username)),
                  to_usage));
    auto logged_in = TRY(map_fault(client.login(session.username, std::move(password)), to_stop));
    TRY(keep_session(choice, logged_in.token));
    return logged_in;
}

Went<ledger::Evidence> sign_by_ssh(SshKey const& key, ledger::Label const& label, ledger::EntryKind kind,
                                   base::ByteView statement) {
    auto const id = credential::credential_id(credential::CredentialOwner::from(label),
                                              ledger::CredentialKind::ssh_key, key.public_key);
    auto signature =
        TRY(map_fault(sign_with_ssh(key, ledger::digest_statement(kind, statement)), to_refused));
    return ledger::Evidence{.signer = base::to_buffer(id), .parts = {std::move(signature)}};
}

namespace {

Went<Authority> authority_by_ssh(SignInClient& client, ServerChoice const& choice, std::string const& name) {
    auto const key = TRY(map_fault(load_ssh_key(*choice.ssh_key), to_usage));
    auto const logged_in = TRY(map_fault(client.login_by_key(name, key.public_key,
                                                             [&](credential::StatementDigest const& digest) {
                                                                 return sign_with_ssh(key, digest);
                                                             }),
                                         to_stop));
    TRY(keep_session(choice, logged_in.token));
    auto const asks = TRY(map_fault(client.next_entry(logged_in.time), to_stop));
    return Authority{.asks = asks,
                     .sign = [key, label = asks.label](ledger::EntryKind kind, base::ByteView statement) {
                         return sign_by_ssh(key, label, kind, statement);
                     }};
}

} // namespace

Went<Authority> authority_of(SignInClient& client, ServerChoice const& choice, SignedIn const& session) {
    if (choice.ssh_key)
        return authority_by_ssh(client, choice, session.username);
    auto const logged_in =
        std::make_shared<SignInClient::LoggedIn>(TRY(login_again(client, choice, session)));
    auto const asks = TRY(map_fault(client.next_entry(logged_in->parameters.time), to_stop));
    return Authority{
        .asks = asks,
        .sign = [logged_in](ledger::EntryKind kind, base::ByteView statement) -> Went<ledger::Evidence> {
            return service::make_evidence(kind, statement, logged_in->parameters.credential,
                                          logged_in->password_key);
        }};
}

} // namespace bulla::cli
