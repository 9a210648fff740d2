#include "cli/recovery_commands.hpp"

#include "base/encoding.hpp"
#include "cli/account_session.hpp"
#include "cli/entry_text.hpp"
#include "cli/kept_recovery.hpp"
#include "cli/recovery_request_commands.hpp"
#include "crypto/random.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t recovery_codes_made = 10;

// --- codes

std::vector<ledger::CredentialId> recovery_keys_of(json::object const& account) {
    std::vector<ledger::CredentialId> keys;
    auto const* const credentials = account.if_contains("credentials");
    if (credentials == nullptr || !credentials->is_array())
        return keys;
    for (auto const& value : credentials->get_array()) {
        auto const* const credential = value.if_object();
        if (credential == nullptr || text_member(*credential, "kind") != "recovery_key" ||
            credential->contains("ends"))
            continue;
        if (auto const id = fixed_member<ledger::CredentialId>(*credential, "id"))
            keys.push_back(*id);
    }
    return keys;
}

void print_codes(ServerChoice const& choice, std::string const& name,
                 std::vector<credential::RecoveryCode> const& codes) {
    if (choice.form == OutputForm::json) {
        json::array printed;
        for (auto const& code : codes)
            printed.emplace_back(base::as_text(code.print().expose()));
        return print_json({{"username", name}, {"server", choice.server}, {"codes", std::move(printed)}});
    }
    fmt::print("Recovery codes of {} at {}\n\n", name, choice.server);
    for (auto const& code : codes)
        fmt::print("    {}\n", base::as_text(code.print().expose()));
    fmt::print("\nEach opens the account once, without any password: bulla recover {}\n"
               "Write them down or print them; they are not shown again. Use them from the top.\n",
               name);
}

// The entries of one account one after the other: each moves its chain on.
class Entries {
public:
    Entries(SignInClient const& client, Authority authority)
        : client_(client), authority_(std::move(authority)) {}

    Went<credential::RecoveryCode> add_code();
    Went<void> revoke(ledger::CredentialId const& code);

private:
    Went<void> submit(std::string_view kind, base::ByteView statement,
                      std::vector<ledger::Evidence> const& evidence);

    SignInClient const& client_;
    Authority authority_;
};

Went<void> Entries::submit(std::string_view kind, base::ByteView statement,
                           std::vector<ledger::Evidence> const& evidence) {
    auto const receipt = TRY(map_fault(client_.submit(kind, statement, evidence), to_stop));
    auto const head = fixed_member<ledger::LeafHash>(receipt, "leaf_hash");
    auto const time = number_member(receipt, "time");
    if (!head || !time)
        return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
    authority_.asks.version = authority_.asks.version.next();
    authority_.asks.previous = *head;
    authority_.asks.not_after = base::from_unix_milliseconds(*time) + service::entry_validity;
    return {};
}

Went<credential::RecoveryCode> Entries::add_code() {
    crypto::SystemRandomness randomness;
    auto code = credential::RecoveryCode::generate(randomness);
    auto const key = code.derive_key(client_.keys().network);
    ledger::AddCredential statement;
    statement.asks = authority_.asks;
    statement.credential.kind = ledger::CredentialKind::recovery_key;
    statement.credential.public_key = ledger::PublicKey(key.public_key());
    auto const bytes = ledger::encode(statement);
    auto const id = credential::credential_id(credential::CredentialOwner::from(statement.asks.label),
                                              statement.credential.kind, statement.credential.public_key);
    auto present = TRY(authority_.sign(statement.kind, bytes));
    auto added = service::make_evidence(statement.kind, bytes, id, key);
    TRY(submit("add_credential", bytes, {std::move(present), std::move(added)}));
    return code;
}

Went<void> Entries::revoke(ledger::CredentialId const& code) {
    ledger::RevokeCredential statement;
    statement.asks = authority_.asks;
    statement.credential = code;
    auto const bytes = ledger::encode(statement);
    auto evidence = TRY(authority_.sign(statement.kind, bytes));
    return submit("revoke_credential", bytes, {std::move(evidence)});
}

Went<void> try_make(ServerChoice const& choice) {
    auto const session = TRY(present_session(choice));
    auto client = TRY(connect(choice));
    Entries entries(client, TRY(authority_of(client, choice, session)));
    auto const before = recovery_keys_of(TRY(map_fault(client.api().get("/v1/account"), to_stop)));
    std::vector<credential::RecoveryCode> codes;
    while (codes.size() < recovery_codes_made)
        codes.insert(codes.begin(), TRY(entries.add_code()));
    for (auto const& code : before)
        TRY(entries.revoke(code));
    print_codes(choice, session.username, codes);
    return {};
}

// --- a recovery that has to wait

struct Begun {
    KeptRecovery kept;
    bool is_over = false; // there was no delay
};

// The server's clock decides.
Begun read_begun(RecoveryClient::Begun begun) {
    auto const* const receipt = object_member(begun.answer, "receipt");
    auto const time = receipt == nullptr ? std::nullopt : number_member(*receipt, "time");
    auto const finish_from = number_member(begun.answer, "finish_from");
    bool const is_over = time && finish_from && *time >= *finish_from;
    // Without a delay there is nothing to wait for, whatever this machine's clock says.
    return {.kept = {.finish_from = base::from_unix_milliseconds(is_over ? 0 : finish_from.value_or(0)),
                     .end = std::move(begun.end)},
            .is_over = is_over};
}

Went<Begun> begin(ServerChoice const& choice, SignInClient const& client, std::string const& name) {
    auto const line =
        TRY(map_fault(read_password(choice.passwords, fmt::format("Recovery code of {}: ", name)), to_usage));
    auto const code = credential::RecoveryCode::parse(line.expose());
    if (!code)
        return std::unexpected{to_refused("this is no recovery code: a symbol is wrong or missing")};
    auto password = TRY(
        map_fault(read_new_password(choice.passwords, fmt::format("New password of {}: ", name)), to_usage));
    TRY(check_strength(password, name, client.passwords()));
    auto begun =
        read_begun(TRY(map_fault(RecoveryClient(client).begin(name, *code, std::move(password)), to_stop)));
    begun.kept.place = name;
    TRY(map_fault(store_recovery(choice.server, name, kept_recovery_json(begun.kept)), to_usage));
    return begun;
}

Went<void> try_recover(ServerChoice const& choice, std::string const& name, RecoveryBy by) {
    auto const client = TRY(connect(choice));
    if (by == RecoveryBy::operators)
        return recover_by_operators(choice, client, name);
    auto const kept = load_recovery(choice.server, name);
    if (auto const recovery = kept ? read_kept_recovery(*kept, name) : std::nullopt)
        return finish_recovery(choice, client, name, *recovery);
    auto const begun = TRY(begin(choice, client, name));
    if (begun.is_over)
        return finish_recovery(choice, client, name, begun.kept);
    answer(
        choice, kept_recovery_json(begun.kept),
        fmt::format("the recovery of {} has begun. From {} on the same command ends it; until then whoever "
                    "is signed in can cancel it",
                    name, print_time(begun.kept.finish_from)));
    return {};
}

// --- what the account's owner says of recoveries

Went<void> try_cancel(ServerChoice const& choice) {
    auto const session = TRY(present_session(choice));
    auto client = TRY(connect(choice));
    auto const authority = TRY(authority_of(client, choice, session));
    auto const account = TRY(map_fault(client.api().get("/v1/account"), to_stop));
    auto const* const pending = object_member(account, "recovery");
    auto const begin =
        pending == nullptr ? std::nullopt : fixed_member<ledger::StatementDigest>(*pending, "begin");
    if (!begin)
        return std::unexpected{to_refused("no recovery of this account is under way")};
    auto const& asks = authority.asks;
    ledger::CancelRecovery statement;
    statement.asks = {.network = asks.network, .label = asks.label, .not_after = asks.not_after};
    statement.begin = *begin;
    auto const bytes = ledger::encode(statement);
    auto evidence = TRY(authority.sign(statement.kind, bytes));
    auto const receipt =
        TRY(map_fault(client.submit("cancel_recovery", bytes, {std::move(evidence)}), to_stop));
    answer(choice, receipt, fmt::format("the recovery is cancelled: {}", receipt_text(receipt)));
    return {};
}

template <class Statement>
Went<void> try_change(ServerChoice const& choice, std::string_view kind, std::string_view what) {
    auto const session = TRY(present_session(choice));
    auto client = TRY(connect(choice));
    auto const authority = TRY(authority_of(client, choice, session));
    auto const bytes = ledger::encode(Statement{{authority.asks}});
    auto evidence = TRY(authority.sign(Statement::kind, bytes));
    auto const receipt = TRY(map_fault(client.submit(kind, bytes, {std::move(evidence)}), to_stop));
    answer(choice, receipt,
           fmt::format("operators {} begin a recovery of this account: {}", what, receipt_text(receipt)));
    return {};
}

} // namespace

ExitCode make_recovery_codes(ServerChoice const& choice) {
    return end(try_make(choice));
}
ExitCode cancel_recovery(ServerChoice const& choice) {
    return end(try_cancel(choice));
}
ExitCode change_operator_recovery(ServerChoice const& choice, OperatorRecovery wanted) {
    using enum OperatorRecovery;
    return end(
        wanted == allow
            ? try_change<ledger::AllowOperatorRecovery>(choice, "allow_operator_recovery", "may")
            : try_change<ledger::ForbidOperatorRecovery>(choice, "forbid_operator_recovery", "may not"));
}
ExitCode recover_account(ServerChoice const& choice, std::string const& name, RecoveryBy by) {
    return end(try_recover(choice, name, by));
}

} // namespace bulla::cli
