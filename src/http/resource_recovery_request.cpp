#include "http/resource_recovery_request.hpp"

#include "base/encoding.hpp"
#include "credential/crockford.hpp"
#include "http/json_body.hpp"
#include "http/limits.hpp"
#include "http/resource_operator.hpp"
#include "http/resource_recovery.hpp"
#include "http/service_problem.hpp"
#include "ledger/change_rules.hpp"
#include "ledger/names.hpp"

namespace bulla::http {
namespace {

namespace json = boost::json;

Result<service::RequestId, Problem> parse_id(Request const& request) {
    auto const bytes = base::parse_base64url(request.parameter("id"));
    auto const id = bytes ? service::RequestId::parse(*bytes) : std::nullopt;
    if (!id)
        return std::unexpected{Problem::not_found};
    return *id;
}

std::string_view name_of(service::RequestState state) {
    switch (state) {
    case service::RequestState::asked: return "asked";
    case service::RequestState::accepted: return "accepted";
    case service::RequestState::made: return "made";
    case service::RequestState::begun: return "begun";
    }
    CHECK_UNREACHABLE();
}

json::object view_json(service::RecoveryRequestView const& view, base::Timestamp time) {
    json::object object{{"state", name_of(view.state)},
                        {"number", credential::spell(view.number)},
                        {"time", base::unix_milliseconds(time)},
                        {"ends", base::unix_milliseconds(view.ends)}};
    if (view.begin)
        object["begin"] = base64url(*view.begin);
    if (view.finish_from)
        object["finish_from"] = base::unix_milliseconds(*view.finish_from);
    return object;
}

json::object request_json(service::Application& application, service::RecoveryRequest const& request) {
    json::object object{{"number", credential::spell(request.number)},
                        {"state", name_of(request.state)},
                        {"label", base64url(request.label)},
                        {"asked", base::unix_milliseconds(request.asked)},
                        {"ends", base::unix_milliseconds(request.ends)}};
    auto const side_row = application.ground().ledger.load_side_row(request.label);
    if (side_row && *side_row && (*side_row)->username)
        object["username"] = *(*side_row)->username;
    if (auto const credential = request.credential())
        object["fingerprint"] = credential::fingerprint(*credential);
    if (auto const act = request.act())
        object["act_bytes"] = base64url(ledger::encode_act(*act));
    return object;
}

json::object own_request_json(service::RecoveryRequest const& request) {
    json::object object{{"number", credential::spell(request.number)},
                        {"state", name_of(request.state)},
                        {"asked", base::unix_milliseconds(request.asked)}};
    if (auto const credential = request.credential())
        object["fingerprint"] = credential::fingerprint(*credential);
    return object;
}

json::object proposal_json(sequencer::Head const& head, service::WaitingChange const& change,
                           ledger::BeginRecovery const& begin) {
    auto const id = credential::credential_id(credential::CredentialOwner::from(begin.asks.label),
                                              begin.credential.kind, begin.credential.public_key);
    auto const apply_from = change.row.proposed + ledger::wait_for(*head.policy, change.act);
    return {{"change", base64url(change.change)},
            {"kind", ledger::name_of(begin.credential.kind)},
            {"fingerprint", credential::fingerprint(id)},
            {"proposed", base::unix_milliseconds(change.row.proposed)},
            {"apply_from", base::unix_milliseconds(apply_from)},
            {"approvals", ledger::count_approvals(change.row, *head.nodes)},
            {"quorum", head.nodes->quorum()}};
}

} // namespace

json::object operator_help_json(service::Application& application, ledger::Label const& label,
                                std::vector<service::WaitingChange> const& waiting) {
    json::array requests;
    for (auto const& request : application.recovery_requests().of(label))
        if (request.state != service::RequestState::begun)
            requests.push_back(own_request_json(request));
    json::array proposals;
    auto const head = application.ground().head();
    for (auto const& change : waiting)
        if (auto const* const recover = std::get_if<ledger::RecoverAccount>(&change.act))
            if (recover->begin.asks.label == label)
                proposals.push_back(proposal_json(*head, change, recover->begin));
    return {{"requests", std::move(requests)}, {"proposals", std::move(proposals)}};
}

json::array recovery_requests_json(service::Application& application) {
    json::array requests;
    for (auto const& request : application.recovery_requests().list())
        requests.push_back(request_json(application, request));
    return requests;
}

boost::asio::awaitable<Response> ask_operators(Request request, Context context) {
    auto const body = JsonBody::parse(request, {"username"});
    if (!body)
        co_return make_problem(body.error());
    auto const username = body->text("username");
    if (!username || username->size() > form_value_size_max)
        co_return make_problem(Problem::value_not_allowed);
    auto const asked = context.application.recovery_requests().ask(*username, context.client.prefix);
    if (!asked)
        co_return make_problem(asked.error());
    co_return json_response(201, {{"id", base64url(asked->id)},
                                  {"number", credential::spell(asked->number)},
                                  {"network", base64url(asked->network)},
                                  {"time", base::unix_milliseconds(asked->time)},
                                  {"ends", base::unix_milliseconds(asked->ends)}});
}

boost::asio::awaitable<Response> show_recovery_request(Request request, Context context) {
    auto const id = parse_id(request);
    if (!id)
        co_return make_problem(id.error());
    auto const view = context.application.recovery_requests().look(*id);
    co_return view ? json_response(200, view_json(*view, context.application.ground().entry_time()))
                   : make_problem(view.error());
}

boost::asio::awaitable<Response> offer_to_request(Request request, Context context) {
    auto const id = parse_id(request);
    if (!id)
        co_return make_problem(id.error());
    auto const body = JsonBody::parse(request, {}, {"registration_request"});
    if (!body)
        co_return make_problem(body.error());
    auto blinded = body->optional_bytes("registration_request");
    if (!blinded)
        co_return make_problem(blinded.error());
    auto const offer = context.application.recovery_requests().offer(*id, *blinded, context.client.prefix);
    co_return offer ? json_response(200, offer_json(*offer)) : make_problem(offer.error());
}

boost::asio::awaitable<Response> make_requested_credential(Request request, Context context) {
    auto const id = parse_id(request);
    if (!id)
        co_return make_problem(id.error());
    auto made = parse_new_recovery(request);
    if (!made)
        co_return make_problem(made.error());
    auto const begin = context.application.recovery_requests().make(*id, *std::move(made));
    co_return begin ? json_response(201, {{"begin", base64url(*begin)}}) : make_problem(begin.error());
}

boost::asio::awaitable<Response> begin_requested_recovery(Request request, Context context) {
    auto const id = parse_id(request);
    if (!id)
        co_return make_problem(id.error());
    if (auto const body = JsonBody::parse(request, {}); !body)
        co_return make_problem(body.error());
    // Before the ledger is walked for what operators have proposed.
    auto& requests = context.application.recovery_requests();
    if (auto const view = requests.look(*id); !view)
        co_return make_problem(view.error());
    auto audit = co_await context.application.read_operator_audit();
    if (!audit)
        co_return make_problem(audit.error());
    auto const begun = co_await requests.begin(*id, std::move(audit->waiting));
    co_return begun ? json_response(201, begun_json(*begun)) : make_problem(begun.error());
}

boost::asio::awaitable<Response> decide_recovery_request(Request request, Context context) {
    if (auto const who = check_operator(request, context); !who)
        co_return make_problem(who.error());
    auto const body = JsonBody::parse(request, {"number", "decision"});
    if (!body)
        co_return make_problem(body.error());
    auto const text = body->text("number");
    auto const bytes = text ? credential::parse_spelling(*text, service::RequestNumber::size) : std::nullopt;
    auto const decision = body->text("decision");
    if (!bytes || !decision || (*decision != "accept" && *decision != "drop"))
        co_return make_problem(Problem::value_not_allowed);
    auto const number = service::RequestNumber::from(*bytes);
    auto& requests = context.application.recovery_requests();
    auto const decided = *decision == "accept" ? requests.accept(number) : requests.drop(number);
    if (!decided)
        co_return make_problem(decided.error());
    co_return json_response(200, {{"requests", recovery_requests_json(context.application)}});
}

} // namespace bulla::http
