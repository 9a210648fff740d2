#include "cli/account_commands.hpp"

#include "base/encoding.hpp"
#include "cli/account_session.hpp"
#include "cli/entry_text.hpp"
#include "cli/since_last.hpp"
#include "cli/ssh_signer.hpp"
#include "ledger/names.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>

namespace bulla::cli {
namespace {

namespace json = boost::json;

template <class Visit>
void each_object(json::object const& object, std::string_view name, Visit const& visit) {
    auto const* const list = object.if_contains(name);
    if (list == nullptr || !list->is_array())
        return;
    for (auto const& value : list->get_array())
        if (auto const* const each = value.if_object())
            visit(*each);
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

// What may become a recovery: it begins nothing yet, and ends when the account forbids it.
void print_help_by_operators(json::object const& account) {
    auto const* const help = object_member(account, "operator_help");
    if (help == nullptr)
        return;
    bool is_any = false;
    each_object(*help, "requests", [&](json::object const& request) {
        is_any = true;
        fmt::print("  somebody asked operators to recover the account: request {}, {}\n",
                   text_member(request, "number").value_or("?"),
                   print_time(base::from_unix_milliseconds(number_member(request, "asked").value_or(0))));
    });
    each_object(*help, "proposals", [&](json::object const& proposal) {
        is_any = true;
        fmt::print("  an operator proposed to recover the account, fingerprint {}: {} of {} approvals\n",
                   text_member(proposal, "fingerprint").value_or("?"),
                   number_member(proposal, "approvals").value_or(0),
                   number_member(proposal, "quorum").value_or(0));
    });
    if (is_any)
        fmt::print("  if that was not you: bulla account forbid-operator-recovery\n");
}

void print_account(json::object const& account) {
    fmt::print("{} {}, version {}, last entry {}\n", text_member(account, "username").value_or("?"),
               text_member(account, "status").value_or("?"), number_member(account, "version").value_or(0),
               number_member(account, "last_index").value_or(0));
    fmt::print("  account id  {}\n", text_member(account, "account_id").value_or("?"));
    if (auto const* const recovery = object_member(account, "recovery"))
        fmt::print(
            "  recovery by {} under way, can end from {} on: bulla account cancel-recovery\n",
            text_member(*recovery, "by") == "operators" ? "operators" : "a code",
            print_time(base::from_unix_milliseconds(number_member(*recovery, "finish_from").value_or(0))));
    print_help_by_operators(account);
    std::size_t codes = 0;
    each_object(account, "credentials", [&](json::object const& credential) {
        if (text_member(credential, "kind") == ledger::name_of(ledger::CredentialKind::recovery_key))
            ++codes; // nobody signs in by them, and nobody knows them by their keys
        else
            fmt::print("  {:<10}  {}  since {}\n", text_member(credential, "kind").value_or("?"),
                       text_member(credential, "public_key").value_or("?"),
                       print_time(base::from_unix_milliseconds(
                           number_member(credential, "added_time").value_or(0))));
    });
    if (codes > 0)
        fmt::print("  {}\n", print_count(codes, "recovery code", "recovery codes"));
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

// The session is kept, and what has changed since the last one from here is said: who takes an account over
// changes what opens it.
Went<void> greet(ServerChoice const& choice, SignInClient const& client, json::object token,
                 std::string const& name) {
    TRY(keep_session(choice, token));
    auto const account = client.api().get("/v1/account"); // signed in one is without it too
    auto const lines = account ? see_account(choice.server, *account) : std::vector<std::string>();
    auto text = fmt::format("signed in as {}", text_member(token, "username").value_or(name));
    if (!lines.empty())
        text += fmt::format("\nsince your last sign-in here:\n  {}\nif you did not do that, look at bulla "
                            "account credentials, and revoke what is not yours",
                            fmt::join(lines, "\n  "));
    token["since_last"] = json::array(lines.begin(), lines.end());
    answer(choice, token, text);
    return {};
}

// A password of an older keyset is registered again under the newest one, which ends its session; it stays
// as it is when that cannot be, and moves another time.
void move_password(SignInClient& client, SignInClient::LoggedIn& present, std::string const& name,
                   SecretBytes password) {
    auto const moved = client.change_password(present, SecretBytes::from(password.expose()));
    auto again = moved ? client.login(name, std::move(password))
                       : Answered<SignInClient::LoggedIn>(std::unexpect, moved.error());
    if (again)
        present = *std::move(again);
    else
        fmt::print(stderr, "bulla: the password could not be moved to the network's new keys; the next "
                           "sign-in tries again\n");
}

Went<void> try_login(ServerChoice const& choice, std::string const& name) {
    auto client = TRY(connect(choice));
    auto password =
        TRY(map_fault(read_password(choice.passwords, fmt::format("Password of {}: ", name)), to_usage));
    auto again = SecretBytes::from(password.expose());
    auto logged_in = TRY(map_fault(client.login(name, std::move(password)), to_stop));
    if (logged_in.parameters.moves_to)
        move_password(client, logged_in, name, std::move(again));
    return greet(choice, client, logged_in.token, name);
}

Went<void> try_login_by_key(ServerChoice const& choice, std::string const& name) {
    auto client = TRY(connect(choice));
    auto const key = TRY(map_fault(load_ssh_key(*choice.ssh_key), to_usage));
    auto const logged_in = TRY(map_fault(client.login_by_key(name, key.public_key,
                                                             [&](credential::StatementDigest const& digest) {
                                                                 return sign_with_ssh(key, digest);
                                                             }),
                                         to_stop));
    return greet(choice, client, logged_in.token, name);
}

void print_credential(json::object const& credential) {
    auto const name = text_member(credential, "name");
    fmt::print("{}  {:<12}  since {}{}\n", text_member(credential, "id").value_or("?"),
               text_member(credential, "kind").value_or("?"),
               print_time(base::from_unix_milliseconds(number_member(credential, "added_time").value_or(0))),
               name ? "  " + *name : "");
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

// An SSH key allows it: who has a password changes it, and a passkey is used on pages.
Went<void> try_add_password(ServerChoice const& choice) {
    auto const session = TRY(present_session(choice));
    auto client = TRY(connect(choice));
    auto const authority = TRY(authority_of(client, choice, session));
    auto password = TRY(map_fault(
        read_new_password(choice.passwords, fmt::format("Password for {}: ", session.username)), to_usage));
    TRY(check_strength(password, session.username, client.passwords()));
    auto const by_key = [&](ledger::EntryKind kind, base::ByteView statement) {
        return map_fault(authority.sign(kind, statement), [](Stop const& stop) { return stop.reason; });
    };
    auto const receipt = TRY(map_fault(client.add_password(std::move(password), by_key), to_stop));
    answer(choice, receipt, fmt::format("the account has a password: {}", receipt_text(receipt)));
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
ExitCode add_password(ServerChoice const& choice) {
    return end(try_add_password(choice));
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
