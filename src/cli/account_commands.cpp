#include "cli/account_commands.hpp"

#include "base/encoding.hpp"
#include "cli/entry_text.hpp"
#include "cli/ssh_signer.hpp"
#include "cli/state_files.hpp"
#include "service/password_policy.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>

namespace bulla::cli {
namespace {

namespace json = boost::json;

// Why a command ends before its end.
struct Stop {
    ExitCode code = ExitCode::refused;
    std::string reason;
};
template <class T>
using Went = Result<T, Stop>;

Stop to_stop(ApiFault const& fault) {
    switch (fault.kind) {
    case ApiFault::Kind::unreachable:
    case ApiFault::Kind::malformed: return {ExitCode::unreachable, fault.reason};
    case ApiFault::Kind::refused:
    case ApiFault::Kind::other_network: return {ExitCode::refused, fault.reason};
    }
    CHECK_UNREACHABLE();
}
auto const to_refused = [](std::string const& reason) { return Stop{ExitCode::refused, reason}; };
auto const to_usage = [](std::string const& reason) { return Stop{ExitCode::usage, reason}; };

ExitCode end(Went<void> const& went) {
    return went ? ExitCode::good : fail(went.error().code, went.error().reason);
}

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

Went<void> keep_session(ServerChoice const& choice, json::object const& token) {
    SignedIn const session{.server = choice.server,
                           .username = text_member(token, "username").value_or(""),
                           .access_token = text_member(token, "access_token").value_or(""),
                           .session_id = text_member(token, "session_id").value_or("")};
    return map_fault(store_session(session), to_usage);
}

void answer(ServerChoice const& choice, json::object const& object, std::string_view text) {
    if (choice.form == OutputForm::json)
        print_json(object);
    else
        fmt::print("{}\n", text);
}

std::string receipt_text(json::object const& receipt) {
    return fmt::format("entry {} in block {}", number_member(receipt, "index").value_or(0),
                       number_member(receipt, "height").value_or(0));
}

// A login just made: who changes an account shows the password again.
Went<SignInClient::LoggedIn> login_again(SignInClient& client, ServerChoice const& choice,
                                         SignedIn const& session) {
    auto password = TRY(
        map_fault(read_password(choice.passwords, fmt::format("Present password of {}: ", session.username)),
                  to_usage));
    auto logged_in = TRY(map_fault(client.login(session.username, std::move(password)), to_stop));
    TRY(keep_session(choice, logged_in.token));
    return logged_in;
}

// What may change an account: a password shown again, or an SSH key of it. Signed in by it just now.
struct Authority {
    ledger::AccountPart asks; // of the entry that comes next
    std::function<Went<ledger::Evidence>(ledger::EntryKind, base::ByteView)> sign;
};

Went<ledger::Evidence> sign_by_ssh(SshKey const& key, ledger::Label const& label, ledger::EntryKind kind,
                                   base::ByteView statement) {
    auto const id = credential::credential_id(credential::CredentialOwner::from(label),
                                              ledger::CredentialKind::ssh_key, key.public_key);
    auto signature =
        TRY(map_fault(sign_with_ssh(key, ledger::digest_statement(kind, statement)), to_refused));
    return ledger::Evidence{.signer = base::to_buffer(id), .parts = {std::move(signature)}};
}

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

Went<void> confirm(Confirmation confirmation, std::string const& name) {
    if (confirmation == Confirmation::given)
        return {};
    fmt::print(stderr, "This erases the account {} for good. Type its name to go on: ", name);
    std::string typed;
    std::getline(std::cin, typed);
    if (typed != name)
        return std::unexpected{Stop{ExitCode::refused, "nothing was erased"}};
    return {};
}

void print_account(json::object const& account) {
    fmt::print("{} {}, version {}, last entry {}\n", text_member(account, "username").value_or("?"),
               text_member(account, "status").value_or("?"), number_member(account, "version").value_or(0),
               number_member(account, "last_index").value_or(0));
    fmt::print("  account id  {}\n", text_member(account, "account_id").value_or("?"));
    auto const* const credentials = account.if_contains("credentials");
    if (credentials == nullptr || !credentials->is_array())
        return;
    for (auto const& value : credentials->get_array())
        if (auto const* const credential = value.if_object())
            fmt::print("  {:<12}{}  since {}\n", text_member(*credential, "kind").value_or("?"),
                       text_member(*credential, "public_key").value_or("?"),
                       print_time(base::from_unix_milliseconds(
                           number_member(*credential, "added_time").value_or(0))));
}

// From the command line, or a line of standard input. Only what can stand in a header field.
Went<std::string> read_token(ServerChoice const& choice, std::optional<std::string> const& given) {
    if (!given)
        return TRY(present_session(choice)).access_token;
    auto token = *given;
    if (token == "-")
        std::getline(std::cin, token);
    auto const is_printable = [](char character) { return character > ' ' && character <= '~'; };
    if (token.empty() || !std::ranges::all_of(token, is_printable))
        return std::unexpected{Stop{ExitCode::refused, "this is no token"}};
    return token;
}

// --- the commands, which end with the first thing that does not work
// -------------------------------------------

Went<void> try_register(ServerChoice const& choice, std::string const& name) {
    auto client = TRY(connect(choice));
    auto password =
        TRY(map_fault(read_new_password(choice.passwords, fmt::format("Password for {}: ", name)), to_usage));
    TRY(check_strength(password, name, client.passwords()));
    auto const made = TRY(map_fault(client.register_account(name, std::move(password)), to_stop));
    auto const* const receipt = object_member(made, "receipt");
    answer(choice, made,
           fmt::format("registered {}: {}", text_member(made, "username").value_or(name),
                       receipt == nullptr ? "" : receipt_text(*receipt)));
    return {};
}

Went<void> try_login(ServerChoice const& choice, std::string const& name) {
    auto client = TRY(connect(choice));
    auto password =
        TRY(map_fault(read_password(choice.passwords, fmt::format("Password of {}: ", name)), to_usage));
    auto const logged_in = TRY(map_fault(client.login(name, std::move(password)), to_stop));
    TRY(keep_session(choice, logged_in.token));
    answer(choice, logged_in.token,
           fmt::format("signed in as {}", text_member(logged_in.token, "username").value_or(name)));
    return {};
}

Went<void> try_login_by_key(ServerChoice const& choice, std::string const& name) {
    auto client = TRY(connect(choice));
    auto const key = TRY(map_fault(load_ssh_key(*choice.ssh_key), to_usage));
    auto const logged_in = TRY(map_fault(client.login_by_key(name, key.public_key,
                                                             [&](credential::StatementDigest const& digest) {
                                                                 return sign_with_ssh(key, digest);
                                                             }),
                                         to_stop));
    TRY(keep_session(choice, logged_in.token));
    answer(choice, logged_in.token,
           fmt::format("signed in as {}", text_member(logged_in.token, "username").value_or(name)));
    return {};
}

void print_credential(json::object const& credential) {
    fmt::print("{}  {:<12}  since {}  {}\n", text_member(credential, "id").value_or("?"),
               text_member(credential, "kind").value_or("?"),
               print_time(base::from_unix_milliseconds(number_member(credential, "added_time").value_or(0))),
               text_member(credential, "name").value_or(""));
}

Went<void> try_list_credentials(ServerChoice const& choice) {
    auto api = TRY(reach(choice));
    api.sign_in(TRY(present_session(choice)).access_token);
    auto const account = TRY(map_fault(api.get("/v1/account"), to_stop));
    auto const* const credentials = account.if_contains("credentials");
    if (credentials == nullptr || !credentials->is_array())
        return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
    if (choice.form == OutputForm::json)
        print_json({{"credentials", *credentials}});
    else
        for (auto const& value : credentials->get_array())
            if (auto const* const credential = value.if_object())
                print_credential(*credential);
    return {};
}

Went<void> try_add_ssh_key(ServerChoice const& choice, std::filesystem::path const& file) {
    auto const session = TRY(present_session(choice));
    auto const key = TRY(map_fault(load_ssh_key(file), to_usage));
    auto client = TRY(connect(choice));
    auto const authority = TRY(authority_of(client, choice, session));
    auto const kind = ledger::EntryKind::add_credential;
    ledger::AddCredential adding;
    adding.asks = authority.asks;
    adding.credential.kind = ledger::CredentialKind::ssh_key;
    adding.credential.public_key = key.public_key;
    auto const statement = ledger::encode(adding);
    auto old_evidence = TRY(authority.sign(kind, statement));
    auto new_evidence = TRY(sign_by_ssh(key, adding.asks.label, kind, statement));
    auto const id = base::to_base64url(new_evidence.signer);
    auto receipt = TRY(map_fault(
        client.submit("add_credential", statement, {std::move(old_evidence), std::move(new_evidence)}),
        to_stop));
    receipt["credential"] = id;
    answer(choice, receipt, fmt::format("added the SSH key {}: {}", id, receipt_text(receipt)));
    return {};
}

Went<void> try_revoke(ServerChoice const& choice, std::string const& id) {
    auto const session = TRY(present_session(choice));
    auto const bytes = base::parse_base64url(id);
    auto const credential = bytes ? ledger::CredentialId::parse(*bytes) : std::nullopt;
    if (!credential)
        return std::unexpected{
            Stop{ExitCode::usage, fmt::format("{}: no credential's id: bulla account credentials", id)}};
    auto client = TRY(connect(choice));
    auto const authority = TRY(authority_of(client, choice, session));
    ledger::RevokeCredential revoking;
    revoking.asks = authority.asks;
    revoking.credential = *credential;
    auto const statement = ledger::encode(revoking);
    auto evidence = TRY(authority.sign(ledger::EntryKind::revoke_credential, statement));
    auto const receipt =
        TRY(map_fault(client.submit("revoke_credential", statement, {std::move(evidence)}), to_stop));
    answer(choice, receipt, fmt::format("revoked {}: {}", id, receipt_text(receipt)));
    return {};
}

Went<void> try_show(ServerChoice const& choice) {
    auto api = TRY(reach(choice));
    api.sign_in(TRY(present_session(choice)).access_token);
    auto const account = TRY(map_fault(api.get("/v1/account"), to_stop));
    if (choice.form == OutputForm::json)
        print_json(account);
    else
        print_account(account);
    return {};
}

Went<void> try_change(ServerChoice const& choice) {
    auto const session = TRY(present_session(choice));
    auto client = TRY(connect(choice));
    auto const logged_in = TRY(login_again(client, choice, session));
    auto password = TRY(
        map_fault(read_new_password(choice.passwords, fmt::format("New password of {}: ", session.username)),
                  to_usage));
    TRY(check_strength(password, session.username, client.passwords()));
    auto again = SecretBytes::from(password.expose());
    auto const receipt = TRY(map_fault(client.change_password(logged_in, std::move(password)), to_stop));
    // The old credential's sessions have ended with it.
    auto const renewed = TRY(map_fault(client.login(session.username, std::move(again)), to_stop));
    TRY(keep_session(choice, renewed.token));
    answer(choice, receipt, fmt::format("the password is changed: {}", receipt_text(receipt)));
    return {};
}

Went<void> try_erase(ServerChoice const& choice, Confirmation confirmation) {
    auto const session = TRY(present_session(choice));
    TRY(confirm(confirmation, session.username));
    auto client = TRY(connect(choice));
    auto const logged_in = TRY(login_again(client, choice, session));
    auto const receipt = TRY(map_fault(client.erase_account(logged_in), to_stop));
    forget_session();
    answer(choice, receipt, fmt::format("{} is erased: {}", session.username, receipt_text(receipt)));
    return {};
}

Went<void> try_who_am_i(ServerChoice const& choice) {
    auto api = TRY(reach(choice));
    api.sign_in(TRY(present_session(choice)).access_token);
    auto const account = TRY(map_fault(api.get("/v1/account"), to_stop));
    auto const name = text_member(account, "username").value_or("?");
    answer(choice,
           {{"username", name},
            {"account_id", text_member(account, "account_id").value_or("")},
            {"server", choice.server}},
           name);
    return {};
}

Went<void> try_check_token(ServerChoice const& choice, std::optional<std::string> const& token) {
    auto api = TRY(reach(choice));
    api.sign_in(TRY(read_token(choice, token)));
    auto const verified = TRY(map_fault(api.ask("GET", "/verify"), to_stop));
    bool const is_good = verified.status == 200;
    auto const name = verified.field("Remote-User").value_or("");
    if (choice.form == OutputForm::json)
        print_json({{"ok", is_good}, {"username", name}, {"status", verified.status}});
    if (!is_good)
        return std::unexpected{Stop{verified.status == 401 ? ExitCode::refused : ExitCode::unreachable,
                                    fmt::format("the token is refused: {}", verified.body)}};
    if (choice.form == OutputForm::text)
        fmt::print("the token is good: {}\n", name);
    return {};
}

} // namespace

ExitCode register_account(ServerChoice const& choice, std::string const& name) {
    return end(try_register(choice, name));
}
ExitCode login(ServerChoice const& choice, std::string const& name) {
    return end(try_login(choice, name));
}
ExitCode login_by_key(ServerChoice const& choice, std::string const& name) {
    return end(try_login_by_key(choice, name));
}
ExitCode list_credentials(ServerChoice const& choice) {
    return end(try_list_credentials(choice));
}
ExitCode add_ssh_key(ServerChoice const& choice, std::filesystem::path const& file) {
    return end(try_add_ssh_key(choice, file));
}
ExitCode revoke_credential(ServerChoice const& choice, std::string const& id) {
    return end(try_revoke(choice, id));
}
ExitCode show_account(ServerChoice const& choice) {
    return end(try_show(choice));
}
ExitCode change_password(ServerChoice const& choice) {
    return end(try_change(choice));
}
ExitCode erase_account(ServerChoice const& choice, Confirmation confirmation) {
    return end(try_erase(choice, confirmation));
}
ExitCode who_am_i(ServerChoice const& choice) {
    return end(try_who_am_i(choice));
}
ExitCode check_token(ServerChoice const& choice, std::optional<std::string> const& token) {
    return end(try_check_token(choice, token));
}

} // namespace bulla::cli
