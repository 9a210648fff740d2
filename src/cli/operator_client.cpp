#include "cli/operator_client.hpp"

#include "base/encoding.hpp"
#include "merkle/checkpoint.hpp"
#include "service/operator_desk.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

std::unexpected<ApiFault> malformed() {
    return std::unexpected{
        ApiFault{.kind = ApiFault::Kind::malformed, .reason = "the server's answer is not of the form"}};
}

std::optional<ledger::CheckpointReference> read_checkpoint(json::object const& answer) {
    auto const note = text_member(answer, "checkpoint");
    if (!note)
        return std::nullopt;
    auto const checkpoint =
        merkle::parse_checkpoint(std::string_view(*note).substr(0, note->find("\n\n") + 1));
    if (!checkpoint)
        return std::nullopt;
    return ledger::CheckpointReference{.size = checkpoint->size, .root = checkpoint->root};
}

std::optional<ledger::LeafHash> parse_change(std::string const& change) {
    auto const bytes = base::parse_base64url(change);
    return bytes ? ledger::LeafHash::parse(*bytes) : std::nullopt;
}

std::unexpected<ApiFault> no_change() {
    return std::unexpected{ApiFault{.kind = ApiFault::Kind::refused,
                                    .reason = "no change of this name waits: bulla operator pending"}};
}

} // namespace

bool ChangeState::is_approved() const {
    auto const* const approved = described.if_contains("approved");
    return approved != nullptr && approved->is_bool() && approved->get_bool();
}

std::optional<base::Timestamp> ChangeState::apply_from() const {
    auto const time = number_member(described, "apply_from");
    return time ? std::optional(base::from_unix_milliseconds(*time)) : std::nullopt;
}

bool ChangeState::can_be_applied_here() const {
    return text_member(described, "act") != "recover_account" || described.contains("request");
}

Answered<OperatorClient> OperatorClient::sign_in(SignInClient const& client, crypto::Ed25519KeyPair key) {
    auto const offer = TRY(client.api().post("/v1/operator/logins", {{"origin", "cli"}}));
    auto const id = text_member(offer, "id");
    auto const challenge = fixed_member<ledger::LoginChallenge>(offer, "challenge");
    auto const checkpoint = read_checkpoint(offer);
    auto const time = number_member(offer, "time");
    if (!id || !challenge || !checkpoint || !time)
        return malformed();
    auto const statement = ledger::encode(service::OperatorLoginStatement{
        .network = client.keys().network,
        .challenge = *challenge,
        .origin = "cli",
        .checkpoint = *checkpoint,
        .not_after = base::from_unix_milliseconds(*time) + std::chrono::seconds{60}});
    auto const signature = key.sign(credential::statement_digest(service::operator_login_domain, statement));
    auto const token = TRY(client.api().post(fmt::format("/v1/operator/logins/{}", *id),
                                             {{"statement", base::to_base64url(statement)},
                                              {"evidence", json::array{base::to_base64url(signature)}}}));
    auto access_token = text_member(token, "access_token");
    if (!access_token)
        return malformed();
    OperatorClient made(client, std::move(key));
    made.api_.sign_in(*std::move(access_token));
    made.node_ = fixed_member<ledger::NodeId>(token, "node");
    return made;
}

// No name is looked for that reads as a label: 43 characters of base64url, with a capital letter among them.
Answered<json::object> OperatorClient::find_account(std::string const& name) const {
    auto const bytes = base::parse_base64url(name);
    bool const has_capital = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (has_capital && bytes && ledger::Label::parse(*bytes))
        return api_.get(fmt::format("/v1/operator/accounts/{}", name));
    return api_.post("/v1/operator/accounts", {{"username", name}});
}

Answered<ledger::OperatorPart> OperatorClient::asks() const {
    auto const seen = TRY(overview());
    auto const* const you = object_member(seen, "you");
    auto const signer = you ? fixed_member<ledger::CredentialId>(*you, "operator") : std::nullopt;
    auto const sequence = you ? number_member(*you, "sequence") : std::nullopt;
    auto const time = number_member(seen, "time");
    if (!signer || !sequence || !time)
        return malformed();
    return ledger::OperatorPart{.network = client_.keys().network,
                                .signer = *signer,
                                .sequence = ledger::Sequence{*sequence}.next(),
                                .not_after = base::from_unix_milliseconds(*time) + service::entry_validity};
}

template <class Statement>
Answered<json::object> OperatorClient::submit(std::string_view kind, Statement statement) const {
    statement.asks = TRY(asks());
    auto const bytes = ledger::encode(statement);
    auto const evidence = service::make_evidence(Statement::kind, bytes, statement.asks.signer, key_);
    return api_.post("/v1/operator/entries", change_json(kind, bytes, {evidence}));
}

Answered<ChangeState> OperatorClient::look(std::string const& change) const {
    auto const seen = TRY(overview());
    ChangeState state{.change = change, .described = {}, .applied = {}};
    auto const* const changes = seen.if_contains("changes");
    if (changes == nullptr || !changes->is_array())
        return malformed();
    for (auto const& value : changes->get_array())
        if (auto const* const each = value.if_object(); each && text_member(*each, "change") == change)
            state.described = *each;
    state.described["now"] = number_member(seen, "time").value_or(0);
    return state;
}

// The server's clock says whether the time has come.
Answered<ChangeState> OperatorClient::settle(std::string const& change) const {
    auto state = TRY(look(change));
    auto const now = number_member(state.described, "now").value_or(0);
    auto const from = state.apply_from();
    if (state.is_approved() && state.can_be_applied_here() && from &&
        *from <= base::from_unix_milliseconds(now))
        return apply(change);
    return state;
}

Answered<ChangeState> OperatorClient::propose(ledger::Act const& act) const {
    ledger::ProposeChange statement;
    statement.act = ledger::encode_act(act);
    auto const receipt = TRY(submit("propose_change", std::move(statement)));
    auto const change = text_member(receipt, "leaf_hash");
    if (!change)
        return malformed();
    return look(*change);
}

Answered<ChangeState> OperatorClient::decide(ledger::Act const& act) const {
    return settle(TRY(propose(act)).change);
}

Answered<ChangeState> OperatorClient::approve(std::string const& change) const {
    auto const name = parse_change(change);
    if (!name)
        return no_change();
    auto const state = TRY(look(change));
    auto const* const is_held = state.described.if_contains("secret_held");
    if (is_held != nullptr && *is_held == json::value(false))
        return std::unexpected{
            ApiFault{.kind = ApiFault::Kind::refused,
                     .reason = "this node has not got the new secret yet: it asks the others for it. Try "
                               "again in a few seconds"}};
    ledger::ApproveChange statement;
    statement.change = *name;
    TRY(submit("approve_change", statement));
    return settle(change);
}

Answered<ChangeState> OperatorClient::object(std::string const& change) const {
    auto const name = parse_change(change);
    if (!name)
        return no_change();
    ledger::ObjectChange statement;
    statement.change = *name;
    TRY(submit("object_change", statement));
    return look(change);
}

Answered<ChangeState> OperatorClient::apply(std::string const& change) const {
    auto state = TRY(look(change));
    auto const name = parse_change(change);
    auto act = bytes_member(state.described, "act_bytes");
    if (!name || !act)
        return no_change();
    ledger::ApplyChange statement;
    statement.asks.network = client_.keys().network;
    statement.change = *name;
    statement.act = *std::move(act);
    state.applied =
        TRY(api_.post("/v1/operator/entries", {{"kind", "apply_change"},
                                               {"statement", base::to_base64url(ledger::encode(statement))},
                                               {"evidence", json::array()}}));
    return state;
}

} // namespace bulla::cli
