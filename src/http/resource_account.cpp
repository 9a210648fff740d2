#include "http/resource_account.hpp"

#include "base/encoding.hpp"
#include "http/bearer.hpp"
#include "http/json_body.hpp"
#include "http/ledger_names.hpp"
#include "http/resource_recovery.hpp"
#include "http/resource_recovery_request.hpp"
#include "http/resource_sign_in.hpp"
#include "http/service_problem.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;

std::optional<ledger::EntryKind> own_entry_kind(std::string_view name) {
    if (name == "add_credential")
        return ledger::EntryKind::add_credential;
    if (name == "revoke_credential")
        return ledger::EntryKind::revoke_credential;
    if (name == "end_sessions")
        return ledger::EntryKind::end_sessions;
    if (name == "erase")
        return ledger::EntryKind::erase;
    if (name == "cancel_recovery")
        return ledger::EntryKind::cancel_recovery;
    if (name == "allow_operator_recovery")
        return ledger::EntryKind::allow_operator_recovery;
    if (name == "forbid_operator_recovery")
        return ledger::EntryKind::forbid_operator_recovery;
    return std::nullopt;
}

// COSE algorithms (RFC 9053): -8 EdDSA, -7 ES256.
int algorithm_number(ledger::PublicKey const& public_key) {
    return public_key.ed25519() != nullptr ? -8 : -7;
}

json::object credential_json(ledger::Credential const& credential, store::CredentialNames const& names) {
    json::object object{{"id", base64url(credential.id)},
                        {"kind", ledger::name_of(credential.key.kind)},
                        {"public_key", base64url(credential.key.public_key.view())},
                        {"algorithm", algorithm_number(credential.key.public_key)},
                        {"added_version", credential.added_version.number()},
                        {"added_time", base::unix_milliseconds(credential.added_time)}};
    if (credential.key.webauthn_id)
        object["passkey"] = base64url(*credential.key.webauthn_id);
    if (credential.ends)
        object["ends"] = base::unix_milliseconds(*credential.ends);
    if (auto const name = names.find(credential.id); name != names.end())
        object["name"] = name->second;
    return object;
}

json::object view_json(service::AccountView const& view) {
    json::array credentials;
    for (auto const& credential : view.state.credentials)
        credentials.push_back(credential_json(credential, view.names));
    json::object object{{"username", view.username},
                        {"account_id", base64url(view.account)},
                        {"label", base64url(view.label)},
                        {"status", status_name(view.head.status)},
                        {"version", view.head.version.number()},
                        {"last_index", view.head.last_index.number()},
                        {"head", base64url(view.head.head)},
                        {"epoch", view.state.epoch.number()},
                        {"credentials", std::move(credentials)},
                        {"checkpoint", view.at->checkpoint},
                        {"operator_recovery", view.state.operator_recovery}};
    if (view.state.recovery)
        object["recovery"] = recovery_json(*view.state.recovery, view.state);
    return object;
}

json::array sessions_json(service::Tokens::SessionList const& list, token::SessionId const& present) {
    json::array rows;
    for (auto const& [session, node] : list.sessions)
        rows.push_back(json::object{{"id", base64url(session.id)},
                                    {"client", session.client},
                                    {"began", base::unix_milliseconds(session.began)},
                                    {"ends", base::unix_milliseconds(session.ends)},
                                    {"current", session.id == present},
                                    {"node", base64url(node)}});
    return rows;
}

json::array silent_json(service::Tokens::SessionList const& list) {
    json::array nodes;
    for (auto const& node : list.silent)
        nodes.push_back(json::string(base64url(node)));
    return nodes;
}

// Of the OPAQUE record only its digest, which is on the ledger too: the record is the server's half of a
// password.
json::object export_json(service::AccountExport const& held) {
    json::array counts;
    for (auto const& [credential, count] : held.sign_counts)
        counts.push_back(json::object{{"credential", base64url(credential)}, {"count", count.count}});
    json::object object{{"account", view_json(held.view)},
                        {"opening", base64url(held.side_row.opening)},
                        {"vrf_proof", base64url(held.side_row.vrf_proof)},
                        {"sign_counts", std::move(counts)},
                        {"failed_guesses", held.guesses ? held.guesses->failures : 0}};
    if (auto const record = store::hash_record(held.side_row.opaque_record))
        object["opaque_record_sha256"] = base64url(*record);
    if (held.side_row.username)
        object["stored_name"] = *held.side_row.username;
    return object;
}

Result<service::Accounts::Change, Problem> parse_change(Request const& request) {
    auto const body = TRY(JsonBody::parse(request, {"kind", "statement", "evidence"}));
    auto const name = TRY(body.text("kind"));
    auto const kind = own_entry_kind(name);
    if (!kind)
        return std::unexpected{Problem::value_not_allowed};
    return service::Accounts::Change{
        .kind = *kind, .statement = TRY(body.bytes("statement")), .evidence = TRY(body.evidence("evidence"))};
}

Response created(service::Served<sequencer::Receipt> const& receipt) {
    return receipt ? json_response(201, receipt_json(*receipt)) : make_problem(receipt.error());
}

Response prove_in_form(Request const& request, Context const& context, service::ProofForm form) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        return make_problem(principal.error());
    auto proof = context.application.accounts().prove(principal->label, form);
    return proof ? make_text(200, *std::move(proof)) : make_problem(proof.error());
}

} // namespace

boost::asio::awaitable<Response> show_account(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const view = context.application.accounts().view(*principal);
    if (!view)
        co_return make_problem(view.error());
    auto object = view_json(*view);
    if (view->state.operator_recovery) { // else operators can begin nothing
        auto const audit = co_await context.application.read_operator_audit();
        if (!audit)
            co_return make_problem(audit.error());
        object["operator_help"] = operator_help_json(context.application, view->label, audit->waiting);
    }
    co_return json_response(200, object);
}

boost::asio::awaitable<Response> prove_account(Request request, Context context) {
    co_return prove_in_form(request, context, service::ProofForm::whole);
}

boost::asio::awaitable<Response> prove_account_briefly(Request request, Context context) {
    co_return prove_in_form(request, context, service::ProofForm::brief);
}

boost::asio::awaitable<Response> begin_password_change(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const body = JsonBody::parse(request, {"registration_request"});
    if (!body)
        co_return make_problem(body.error());
    auto const blinded = body->bytes("registration_request");
    if (!blinded)
        co_return make_problem(blinded.error());
    auto const offer =
        context.application.accounts().begin_password_change(*principal, *blinded, context.client.prefix);
    co_return offer ? json_response(201, offer_json(*offer, context)) : make_problem(offer.error());
}

boost::asio::awaitable<Response> finish_password_change(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const id = parse_pending_id(request);
    if (!id)
        co_return make_problem(id.error());
    auto made = parse_new_password(request);
    if (!made)
        co_return make_problem(made.error());
    co_return created(
        co_await context.application.accounts().finish_password_change(*principal, *id, *std::move(made)));
}

boost::asio::awaitable<Response> submit_entry(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto change = parse_change(request);
    if (!change)
        co_return make_problem(change.error());
    co_return created(co_await context.application.accounts().change(*principal, *std::move(change)));
}

boost::asio::awaitable<Response> name_credential(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const bytes = base::parse_base64url(request.parameter("id"));
    auto const id = bytes ? ledger::CredentialId::parse(*bytes) : std::nullopt;
    if (!id)
        co_return make_problem(Problem::not_found);
    auto const body = JsonBody::parse(request, {"name"});
    if (!body)
        co_return make_problem(body.error());
    auto name = body->text("name");
    if (!name)
        co_return make_problem(name.error());
    auto const named = context.application.accounts().name_credential(*principal, *id, *std::move(name));
    co_return named ? make_empty(204) : make_problem(named.error());
}

boost::asio::awaitable<Response> export_account(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const held = context.application.accounts().take_out(*principal);
    if (!held)
        co_return make_problem(held.error());
    auto const sessions = co_await context.application.tokens().sessions_anywhere(principal->account);
    if (!sessions)
        co_return make_problem(sessions.error());
    auto object = export_json(*held);
    object["sessions"] = sessions_json(*sessions, principal->session);
    object["silent_nodes"] = silent_json(*sessions);
    co_return json_response(200, object);
}

boost::asio::awaitable<Response> list_sessions(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const sessions = co_await context.application.tokens().sessions_anywhere(principal->account);
    if (!sessions)
        co_return make_problem(sessions.error());
    co_return json_response(200, {{"sessions", sessions_json(*sessions, principal->session)},
                                  {"silent_nodes", silent_json(*sessions)}});
}

boost::asio::awaitable<Response> end_session(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return make_problem(principal.error());
    auto const bytes = base::parse_base64url(request.parameter("id"));
    auto const id = bytes ? token::SessionId::parse(*bytes) : std::nullopt;
    if (!id)
        co_return make_problem(Problem::not_found);
    auto const ended = co_await context.application.tokens().end_session_anywhere(*principal, *id);
    if (!ended)
        co_return make_problem(ended.error());
    co_return *ended ? make_empty(204) : make_problem(Problem::not_found);
}

} // namespace bulla::http
