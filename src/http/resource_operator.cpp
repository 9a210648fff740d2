#include "http/resource_operator.hpp"

#include "base/encoding.hpp"
#include "http/json_body.hpp"
#include "http/limits.hpp"
#include "http/operator_json.hpp"
#include "http/resource_recovery_request.hpp"
#include "http/resource_sign_in.hpp"
#include "http/service_problem.hpp"

namespace bulla::http {
namespace {

namespace json = boost::json;

Result<service::OperatorLogin, Problem> parse_login(Request const& request) {
    auto const id = TRY(parse_pending_id(request));
    auto const body = TRY(JsonBody::parse(request, {"statement", "evidence"}, {"credential"}));
    return service::OperatorLogin{.id = id,
                                  .statement = TRY(body.bytes("statement")),
                                  .parts = TRY(body.parts("evidence")),
                                  .credential = TRY(body.optional_fixed<ledger::CredentialId>("credential"))};
}

std::optional<ledger::EntryKind> decision_kind(std::string_view name) {
    using enum ledger::EntryKind;
    if (name == "propose_change")
        return propose_change;
    if (name == "approve_change")
        return approve_change;
    if (name == "object_change")
        return object_change;
    if (name == "apply_change")
        return apply_change;
    return std::nullopt;
}

Result<service::OperatorDesk::Change, Problem> parse_decision(Request const& request) {
    auto const body = TRY(JsonBody::parse(request, {"kind", "statement", "evidence"}));
    auto const name = TRY(body.text("kind"));
    auto const kind = decision_kind(name);
    if (!kind)
        return std::unexpected{Problem::value_not_allowed};
    return service::OperatorDesk::Change{
        .kind = *kind, .statement = TRY(body.bytes("statement")), .evidence = TRY(body.evidence("evidence"))};
}

std::optional<service::SecretKind> parse_secret_kind(std::string_view name) {
    if (name == "keyset")
        return service::SecretKind::keyset;
    if (name == "log_key")
        return service::SecretKind::log_key;
    return std::nullopt;
}

// What the ledger is to say of it.
json::object public_half(service::HeldSecret const& secret) {
    json::object object{{"public_key", base64url(service::name_of(secret).id)}};
    if (auto const* const keyset = std::get_if<std::shared_ptr<service::KeysetKeys const>>(&secret))
        object["seed_hash"] = base64url(service::hash_seed((*keyset)->oprf_seed));
    return object;
}

// An approval of this node's ledger's change; others are looked at by the rules alone.
boost::asio::awaitable<std::optional<Response>> refuse_early_approval(
    Context context, service::OperatorDesk::Change const* change) {
    if (change->kind != ledger::EntryKind::approve_change)
        co_return std::nullopt;
    auto const statement = ledger::decode<ledger::ApproveChange>(change->statement);
    if (!statement)
        co_return std::nullopt;
    auto const lacks = co_await context.application.lacks_secret_of(statement->change);
    if (!lacks)
        co_return make_problem(lacks.error());
    if (*lacks)
        co_return make_problem(Problem::too_busy, std::chrono::seconds{1});
    co_return std::nullopt;
}

Response answer_account(Context const& context, ledger::Label const& label) {
    auto const account = context.application.operator_desk().find_account(label);
    if (!account)
        return make_problem(account.error());
    return *account ? json_response(200, account_json(label, **account)) : make_problem(Problem::not_found);
}

} // namespace

Result<service::OperatorPrincipal, Problem> check_operator(Request const& request, Context const& context) {
    constexpr std::string_view scheme = "bearer ";
    auto const field = request.field("authorization");
    if (!field || field->empty())
        return std::unexpected{Problem::token_missing};
    bool const is_bearer =
        field->size() > scheme.size() && equals_ignoring_case(field->substr(0, scheme.size()), scheme);
    auto who =
        is_bearer ? context.application.operator_desk().check(field->substr(scheme.size())) : std::nullopt;
    if (!who)
        return std::unexpected{Problem::token_invalid};
    return *std::move(who);
}

boost::asio::awaitable<Response> begin_operator_login(Request request, Context context) {
    auto const body = JsonBody::parse(request, {"origin"});
    if (!body)
        co_return make_problem(body.error());
    auto origin = body->text("origin");
    if (!origin)
        co_return make_problem(origin.error());
    auto const offer = context.application.operator_desk().begin(*std::move(origin), context.client.prefix);
    if (!offer)
        co_return make_problem(offer.error());
    co_return json_response(201, {{"id", base64url(offer->id)},
                                  {"network", base64url(context.application.ground().network)},
                                  {"challenge", base64url(offer->challenge)},
                                  {"checkpoint", offer->head->checkpoint},
                                  {"time", base::unix_milliseconds(offer->time)}});
}

boost::asio::awaitable<Response> finish_operator_login(Request request, Context context) {
    auto const made = parse_login(request);
    if (!made)
        co_return make_problem(made.error());
    auto const token = context.application.operator_desk().finish(*made);
    if (!token)
        co_return make_problem(token.error());
    co_return json_response(200, {{"access_token", token->access_token},
                                  {"token_type", "Bearer"},
                                  {"expires_in", token->lifetime.count()},
                                  {"operator", base64url(token->who.person.id)},
                                  {"node", base64url(token->who.node)}});
}

boost::asio::awaitable<Response> show_overview(Request request, Context context) {
    auto const who = check_operator(request, context);
    if (!who)
        co_return make_problem(who.error());
    auto audit = co_await context.application.read_operator_audit();
    if (!audit)
        co_return make_problem(audit.error());
    Overview overview{.who = *who, .audit = *std::move(audit), .peers = {}};
    if (auto* const peers = context.application.peers())
        overview.peers = co_await peers->ask_heads();
    auto object = overview_json(context.application, overview);
    object["requests"] = recovery_requests_json(context.application);
    co_return json_response(200, object);
}

boost::asio::awaitable<Response> show_account_to_operator(Request request, Context context) {
    auto const who = check_operator(request, context);
    if (!who)
        co_return make_problem(who.error());
    auto const bytes = base::parse_base64url(request.parameter("label"));
    auto const label = bytes ? ledger::Label::parse(*bytes) : std::nullopt;
    co_return label ? answer_account(context, *label) : make_problem(Problem::not_found);
}

boost::asio::awaitable<Response> find_account_by_name(Request request, Context context) {
    auto const who = check_operator(request, context);
    if (!who)
        co_return make_problem(who.error());
    auto const body = JsonBody::parse(request, {"username"});
    if (!body)
        co_return make_problem(body.error());
    auto const username = body->text("username");
    if (!username || username->size() > form_value_size_max)
        co_return make_problem(Problem::value_not_allowed);
    auto const label = context.application.operator_desk().label_of_name(*username);
    co_return label ? answer_account(context, *label) : make_problem(Problem::not_found);
}

boost::asio::awaitable<Response> make_shared_secret(Request request, Context context) {
    auto const who = check_operator(request, context);
    if (!who)
        co_return make_problem(who.error());
    auto const body = JsonBody::parse(request, {"kind"});
    if (!body)
        co_return make_problem(body.error());
    auto const name = body->text("kind");
    auto const kind = name ? parse_secret_kind(*name) : std::nullopt;
    if (!kind)
        co_return make_problem(Problem::value_not_allowed);
    auto const made = co_await context.application.make_shared_secret(*kind);
    co_return made ? json_response(201, public_half(*made)) : make_problem(made.error());
}

boost::asio::awaitable<Response> submit_decision(Request request, Context context) {
    auto const who = check_operator(request, context);
    if (!who)
        co_return make_problem(who.error());
    auto change = parse_decision(request);
    if (!change)
        co_return make_problem(change.error());
    if (auto refusal = co_await refuse_early_approval(context, &*change))
        co_return *std::move(refusal);
    auto const receipt = co_await context.application.operator_desk().submit(*who, *std::move(change));
    co_return receipt ? json_response(201, receipt_json(*receipt)) : make_problem(receipt.error());
}

} // namespace bulla::http
