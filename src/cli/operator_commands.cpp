#include "cli/operator_commands.hpp"

#include "base/encoding.hpp"
#include "cli/account_session.hpp"
#include "cli/configuration_value.hpp"
#include "cli/entry_text.hpp"
#include "cli/operator_session.hpp"
#include "cli/start_messages.hpp"
#include "credential/crockford.hpp"
#include "crypto/random.hpp"
#include "service/recovery_request_row.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view key_name = operator_key_name;

// --- printing

// Returns how many there were.
template <class Print>
std::size_t each_of(json::object const& object, std::string_view name, Print const& print) {
    std::size_t count = 0;
    auto const* const list = object.if_contains(name);
    if (list == nullptr || !list->is_array())
        return count;
    for (auto const& value : list->get_array())
        if (value.is_object()) {
            print(value.get_object());
            ++count;
        }
    return count;
}

// "suspend LABEL", "grant_operator NODE device_key KEY".
std::string act_line(json::object const& act) {
    auto line = text_of(act, "act");
    for (std::string_view const name : {"label", "node", "operator", "kid"})
        if (auto const value = text_member(act, name))
            line += " " + *value;
    if (auto const* const person = object_member(act, "person"))
        line += fmt::format(" {} {}", text_of(*person, "kind"), text_of(*person, "public_key"));
    return line;
}

void print_node(json::object const& node) {
    auto const height = number_member(node, "height");
    fmt::print("node {}{}\n", text_of(node, "id"),
               node.contains("here") && node.at("here") == true ? "  (here)" : "");
    if (height)
        fmt::print("  height {}, {} behind\n", *height, number_member(node, "lag").value_or(0));
    else
        fmt::print("  not reached\n");
    each_of(node, "operators", [](json::object const& person) {
        fmt::print("  operator {}  {:<10} {}\n", text_of(person, "id"), text_of(person, "kind"),
                   text_of(person, "public_key"));
    });
    each_of(node, "signing_keys", [](json::object const& key) {
        fmt::print("  signing key {}  ends {}\n", text_of(key, "kid"), time_of(key, "ends"));
    });
}

// What is decided, from the bytes that are signed: the node's words are not taken for it.
template <class Act>
std::optional<Act> read_act(json::object const& described) {
    auto const bytes = bytes_member(described, "act_bytes");
    auto const act = bytes ? ledger::decode_act(*bytes) : std::nullopt;
    auto const* const wanted = act ? std::get_if<Act>(&*act) : nullptr;
    return wanted == nullptr ? std::nullopt : std::optional(*wanted);
}

void print_policy(ledger::PolicyRow const& policy) {
    fmt::print("  origins {}\n", fmt::join(policy.origins, " "));
    fmt::print("  delays {} by code, {} by operators, {} of changes\n",
               print_duration(policy.delays.recovery_by_key),
               print_duration(policy.delays.recovery_by_operators), print_duration(policy.delays.change));
    if (policy.upgrade)
        fmt::print("  rules {} from engine height {} on\n", policy.upgrade->rules_version,
                   policy.upgrade->height);
}

std::string fingerprint_of(ledger::RecoverAccount const& act) {
    auto const& wanted = act.begin;
    return credential::fingerprint(
        credential::credential_id(credential::CredentialOwner::from(wanted.asks.label),
                                  wanted.credential.kind, wanted.credential.public_key));
}

void print_change(json::object const& change) {
    auto const approvals = each_of(change, "approvals", [](json::object const&) {});
    fmt::print("{}  {}\n", text_of(change, "change"), act_line(change));
    if (auto const act = read_act<ledger::RecoverAccount>(change))
        fmt::print("  fingerprint {}, as the person has it\n", fingerprint_of(*act));
    if (auto const act = read_act<ledger::ChangePolicy>(change))
        print_policy(act->policy);
    fmt::print("  proposed {}, {}, can be applied from {} on, until {}\n", time_of(change, "proposed"),
               print_count(approvals, "approval", "approvals"), time_of(change, "apply_from"),
               time_of(change, "expires"));
}

void print_request(json::object const& request) {
    auto const state = text_of(request, "state");
    fmt::print("request {} of {}, asked {}, until {}: {}\n", text_of(request, "number"),
               text_member(request, "username").value_or(text_of(request, "label")),
               time_of(request, "asked"), time_of(request, "ends"),
               state == "asked"      ? "waits for an operator"
               : state == "accepted" ? "waits for the new credential"
               : state == "made"     ? "waits for the operators' decision"
                                     : "the recovery has begun");
    if (auto const act = read_act<ledger::RecoverAccount>(request))
        fmt::print("  fingerprint {}\n", fingerprint_of(*act));
}

void print_recovery(json::object const& recovery) {
    fmt::print("recovery of {} by {}, can end from {} on\n", text_of(recovery, "label"),
               text_of(recovery, "by") == "operators" ? "operators" : "a code",
               time_of(recovery, "finish_from"));
}

void print_deed(json::object const& deed) {
    fmt::print("{:>8}  {}  {:<14} {}  {}\n", number_member(deed, "index").value_or(0), time_of(deed, "time"),
               text_of(deed, "kind"), text_member(deed, "by").value_or("-"), act_line(deed));
}

// --- the commands

using Show = void (*)(json::object const& overview);

Went<void> try_show(OperatorChoice const& choice, Show show) {
    auto const operating = TRY(sign_in_operator(choice));
    auto const overview = TRY(map_fault(operating.client.overview(), to_stop));
    if (choice.server.form == OutputForm::json)
        print_json(overview);
    else
        show(overview);
    return {};
}

Went<ledger::Label> find_label(OperatorClient const& client, std::string const& name) {
    auto const account = client.find_account(name);
    if (!account && account.error().status == 404)
        return std::unexpected{to_refused(fmt::format("nobody has the name {}", name))};
    auto const label = fixed_member<ledger::Label>(TRY(map_fault(account, to_stop)), "label");
    if (!label)
        return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
    return *label;
}

template <class Act>
Went<void> try_act_on(OperatorChoice const& choice, std::string const& name) {
    auto const operating = TRY(sign_in_operator(choice));
    Act act;
    act.label = TRY(find_label(operating.client, name));
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

Went<void> try_account(OperatorChoice const& choice, std::string const& name) {
    auto const operating = TRY(sign_in_operator(choice));
    auto const label = TRY(find_label(operating.client, name));
    auto const account = TRY(map_fault(operating.client.find_account(name), to_stop));
    answer(choice.server, account,
           fmt::format("{} {}, version {}, label {}", name, text_of(account, "status"),
                       number_member(account, "version").value_or(0), base::to_base64url(label)));
    return {};
}

Went<json::object> find_request(json::object const& answer, base::ByteView number) {
    json::object found;
    each_of(answer, "requests", [&](json::object const& request) {
        auto const bytes = credential::parse_spelling(text_of(request, "number"), number.size());
        if (bytes && std::ranges::equal(*bytes, number))
            found = request;
    });
    if (found.empty())
        return std::unexpected{to_refused("no request of this number waits here: bulla operator pending")};
    return found;
}

Went<base::ByteBuffer> parse_number(std::string const& number) {
    auto bytes = credential::parse_spelling(number, service::RequestNumber::size);
    if (!bytes)
        return std::unexpected{to_usage("a request's number has eight symbols: bulla operator pending")};
    return *std::move(bytes);
}

Went<void> propose_recovery(OperatorChoice const& choice, OperatorClient const& client,
                            json::object const& request, std::string const& fingerprint) {
    auto const act = read_act<ledger::RecoverAccount>(request);
    if (!act)
        return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
    if (fingerprint.empty())
        return std::unexpected{to_usage("ask the person for the fingerprint of the new credential, and give "
                                        "it as --fingerprint")};
    auto const read = credential::parse_spelling(fingerprint, credential::fingerprint_size);
    if (!read || credential::spell(*read) != fingerprint_of(*act))
        return std::unexpected{to_refused("this is not the fingerprint of the request's new credential: "
                                          "somebody else may have made it. Nothing was proposed")};
    tell(choice, TRY(map_fault(client.propose(*act), to_stop)));
    return {};
}

Went<void> try_recover(OperatorChoice const& choice, std::string const& number,
                       std::string const& fingerprint) {
    auto const bytes = TRY(parse_number(number));
    auto const operating = TRY(sign_in_operator(choice));
    auto const& client = operating.client;
    auto const overview = TRY(map_fault(client.overview(), to_stop));
    auto request = TRY(find_request(overview, bytes));
    auto const name = text_member(request, "username").value_or(text_of(request, "label"));
    auto const state = text_of(request, "state");
    if (state == "made")
        return propose_recovery(choice, client, request, fingerprint);
    if (state == "begun")
        return std::unexpected{to_refused(fmt::format("the recovery of {} has begun", name))};
    if (state == "asked") {
        auto const accepted = TRY(map_fault(client.decide_request(number, "accept"), to_stop));
        request = TRY(find_request(accepted, bytes));
    }
    answer(choice.server, request,
           fmt::format("{}: the person makes the new credential now, and reads its fingerprint to you; then "
                       "the same command proposes the recovery",
                       name));
    return {};
}

Went<void> try_drop(OperatorChoice const& choice, std::string const& number) {
    TRY(parse_number(number));
    auto const operating = TRY(sign_in_operator(choice));
    auto const left = TRY(map_fault(operating.client.decide_request(number, "drop"), to_stop));
    answer(choice.server, left, fmt::format("request {} is dropped", number));
    return {};
}

Went<void> try_vote(OperatorChoice const& choice, std::string const& change, Vote kind) {
    auto const operating = TRY(sign_in_operator(choice));
    auto const& client = operating.client;
    auto const state = kind == Vote::approve  ? client.approve(change)
                       : kind == Vote::object ? client.object(change)
                                              : client.apply(change);
    tell(choice, TRY(map_fault(state, to_stop)));
    return {};
}

std::optional<ledger::CredentialKind> kind_of(std::string_view name) {
    if (name == "device_key")
        return ledger::CredentialKind::device_key;
    if (name == "passkey")
        return ledger::CredentialKind::passkey;
    if (name == "ssh_key")
        return ledger::CredentialKind::ssh_key;
    return std::nullopt;
}

Went<void> try_grant(OperatorChoice const& choice, OperatorGrant const& grant) {
    auto const bytes = base::parse_base64url(grant.public_key);
    auto const public_key = bytes ? ledger::PublicKey::parse(*bytes) : std::nullopt;
    auto const kind = kind_of(grant.kind);
    if (!public_key || !kind)
        return std::unexpected{to_usage("a public key is 32 or 64 bytes in base64url")};
    auto const operating = TRY(sign_in_operator(choice));
    ledger::GrantOperator act;
    act.node = TRY(node_for(operating.client, grant.node));
    act.person = {.kind = *kind, .public_key = *public_key};
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

Went<void> try_revoke(OperatorChoice const& choice, std::string const& person, std::string const& node) {
    auto const bytes = base::parse_base64url(person);
    auto const id = bytes ? ledger::CredentialId::parse(*bytes) : std::nullopt;
    if (!id)
        return std::unexpected{
            to_usage("an operator's id is 22 characters of base64url: bulla operator overview")};
    auto const operating = TRY(sign_in_operator(choice));
    ledger::RevokeOperator act;
    act.node = TRY(node_for(operating.client, node));
    act.person = *id;
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

Went<void> try_make_key(std::filesystem::path const& path) {
    auto const to_reason = [](service::KeyFault const& fault) { return to_refused(describe(fault)); };
    std::error_code error;
    std::filesystem::create_directories(path, error);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
    if (error)
        return std::unexpected{to_refused(fmt::format("{}: {}", path.string(), error.message()))};
    crypto::SystemRandomness randomness;
    auto const key = crypto::Ed25519KeyPair::generate(randomness);
    auto const seed = key.seed();
    TRY(map_fault(service::KeyDirectory::bare(path).write({.name = key_name, .in_the_end = key_name},
                                                          seed.expose(), randomness),
                  to_reason));
    fmt::print("{}\n", base::to_base64url(key.public_key()));
    return {};
}

} // namespace

ExitCode make_operator_key(std::filesystem::path const& directory) {
    return end(try_make_key(directory));
}
ExitCode show_overview(OperatorChoice const& choice) {
    return end(
        try_show(choice, [](json::object const& overview) { each_of(overview, "nodes", print_node); }));
}
ExitCode show_pending(OperatorChoice const& choice) {
    return end(try_show(choice, [](json::object const& overview) {
        auto const count = each_of(overview, "requests", print_request) +
                           each_of(overview, "changes", print_change) +
                           each_of(overview, "recoveries", print_recovery);
        if (count == 0)
            fmt::print("nothing waits\n");
    }));
}
ExitCode show_audit(OperatorChoice const& choice) {
    return end(try_show(choice, [](json::object const& overview) {
        if (each_of(overview, "audit", print_deed) == 0)
            fmt::print("no operator has done anything yet\n");
    }));
}
ExitCode show_account_of(OperatorChoice const& choice, std::string const& name) {
    return end(try_account(choice, name));
}
ExitCode suspend_account(OperatorChoice const& choice, std::string const& name) {
    return end(try_act_on<ledger::Suspend>(choice, name));
}
ExitCode restore_account(OperatorChoice const& choice, std::string const& name) {
    return end(try_act_on<ledger::Restore>(choice, name));
}
ExitCode recover_by_request(OperatorChoice const& choice, std::string const& number,
                            std::string const& fingerprint) {
    return end(try_recover(choice, number, fingerprint));
}
ExitCode drop_request(OperatorChoice const& choice, std::string const& number) {
    return end(try_drop(choice, number));
}
ExitCode vote(OperatorChoice const& choice, std::string const& change, Vote kind) {
    return end(try_vote(choice, change, kind));
}
ExitCode grant_operator(OperatorChoice const& choice, OperatorGrant const& grant) {
    return end(try_grant(choice, grant));
}
ExitCode revoke_operator(OperatorChoice const& choice, std::string const& person, std::string const& node) {
    return end(try_revoke(choice, person, node));
}

} // namespace bulla::cli
