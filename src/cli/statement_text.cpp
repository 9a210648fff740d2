#include "cli/statement_text.hpp"

#include "base/encoding.hpp"
#include "ledger/names.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;
using base::to_base64url;

// What a statement wants, beyond who asks.
struct StatementPrinter {
    json::object& out;

    void asks(ledger::AccountPart const& part) const {
        out["label"] = to_base64url(part.label);
        out["version"] = part.version.number();
        out["previous"] = to_base64url(part.previous);
        out["not_after"] = base::unix_milliseconds(part.not_after);
    }
    void asks(ledger::RecoveryPart const& part) const {
        out["label"] = to_base64url(part.label);
        out["not_after"] = base::unix_milliseconds(part.not_after);
    }
    void asks(ledger::OperatorPart const& part) const {
        out["operator"] = to_base64url(part.signer);
        out["sequence"] = part.sequence.number();
        out["not_after"] = base::unix_milliseconds(part.not_after);
    }
    void asks(ledger::NetworkPart const&) const {}
    void asks(ledger::NodePart const& part) const {
        out["node"] = to_base64url(part.signer);
        out["sequence"] = part.sequence.number();
        out["not_after"] = base::unix_milliseconds(part.not_after);
    }
    template <class Kind>
    void operator()(Kind const& statement) const {
        asks(statement.asks);
        wants(statement);
    }

    void wants(ledger::Register const& statement) const {
        out["credential"] = credential_json(statement.credential);
        out["opening_hash"] = to_base64url(statement.opening);
    }
    void wants(ledger::AddCredential const& statement) const {
        out["credential"] = credential_json(statement.credential);
    }
    void wants(ledger::ReplaceCredential const& statement) const {
        out["credential"] = credential_json(statement.credential);
    }
    void wants(ledger::RevokeCredential const& statement) const {
        out["credential_id"] = to_base64url(statement.credential);
    }
    void wants(ledger::EndSessions const&) const {}
    void wants(ledger::Erase const&) const {}
    void wants(ledger::PublishSigningKey const& statement) const {
        out["algorithm"] = "EdDSA";
        out["public_key"] = to_base64url(statement.public_key);
    }
    void wants(ledger::RetireSigningKey const& statement) const {
        out["kid"] = token::print_key_id(statement.kid);
        out["compromised"] = statement.compromised;
    }
    void wants(ledger::Issuance const& statement) const {
        out["token_count"] = statement.token_count;
        out["token_root"] = to_base64url(statement.root);
    }
    void wants(ledger::AllowOperatorRecovery const&) const {}
    void wants(ledger::ForbidOperatorRecovery const&) const {}
    void wants(ledger::BeginRecovery const& statement) const {
        out["credential"] = credential_json(statement.credential);
        if (statement.key_version)
            out["recovery_key_version"] = statement.key_version->number();
    }
    void wants(ledger::ProposeChange const&) const {}
    void wants(ledger::ApplyChange const& statement) const { out["change"] = to_base64url(statement.change); }
    // Finishing and cancelling, clients, roles, votes.
    template <class Kind>
    void wants(Kind const& statement) const {
        if constexpr (requires { statement.begin; })
            out["begin_digest"] = to_base64url(statement.begin);
        if constexpr (requires { statement.change; })
            out["change"] = to_base64url(statement.change);
        if constexpr (requires { statement.client; })
            out["client"] = to_base64url(statement.client);
        if constexpr (requires { statement.row; }) {
            out["node"] = to_base64url(statement.row.node);
            out["metadata_size"] = statement.row.metadata.size();
        }
        if constexpr (requires { statement.role; }) {
            out["account_label"] = to_base64url(statement.label);
            out["registered"] = statement.registered.number();
            out["role"] = statement.role;
        }
    }
};

// What an act does, as fields; its name is ledger::name_of().
struct ActPrinter {
    json::object& out;

    void operator()(ledger::Suspend const& act) const { out["label"] = to_base64url(act.label); }
    void operator()(ledger::Restore const& act) const { out["label"] = to_base64url(act.label); }
    void operator()(ledger::RecoverAccount const& act) const {
        StatementPrinter const statement{out};
        statement(act.begin);
    }
    void operator()(ledger::AddNode const& act) const {
        print_node(act.node.node);
        out["operator"] = operator_json(act.first_operator);
    }
    void operator()(ledger::RotateNodeKey const& act) const { print_node(act.node.node); }
    void operator()(ledger::RemoveNode const& act) const {
        out["node"] = to_base64url(act.node);
        json::array kids;
        for (auto const& kid : act.kids)
            kids.emplace_back(token::print_key_id(kid));
        out["kids"] = std::move(kids);
    }
    void operator()(ledger::ChangePolicy const& act) const {
        auto const& policy = act.policy;
        out["issuer"] = policy.issuer;
        out["origins"] = json::array(policy.origins.begin(), policy.origins.end());
        out["delays"] = {{"recovery_by_key", policy.delays.recovery_by_key.count()},
                         {"recovery_by_operators", policy.delays.recovery_by_operators.count()},
                         {"change", policy.delays.change.count()}};
        out["max_token_lifetime"] = policy.max_token_lifetime.count();
        out["open_name_lookup"] = policy.open_name_lookup;
        if (policy.upgrade)
            out["upgrade"] = {{"rules_version", policy.upgrade->rules_version},
                              {"height", policy.upgrade->height}};
    }
    void operator()(ledger::ChangeLog const& act) const {
        out["log_key"] = to_base64url(act.log_key);
        out["origin"] = act.origin;
    }
    void operator()(ledger::ChangeKeyset const& act) const {
        out["keyset"] = act.keyset.number;
        out["threshold"] = act.keyset.threshold;
        out["opaque_public_key"] = to_base64url(act.keyset.opaque_public_key);
    }
    void operator()(ledger::GrantOperator const& act) const {
        out["node"] = to_base64url(act.node);
        out["operator"] = operator_json(act.person);
    }
    void operator()(ledger::RevokeOperator const& act) const {
        out["node"] = to_base64url(act.node);
        out["operator"] = to_base64url(act.person);
        if (act.successor)
            out["successor"] = operator_json(*act.successor);
    }
    void operator()(ledger::RetireKey const& act) const {
        out["kid"] = token::print_key_id(act.kid);
        out["compromised"] = act.compromised;
    }

private:
    void print_node(ledger::Node const& node) const {
        out["node"] = to_base64url(node.id);
        out["node_key"] = to_base64url(node.node_key);
        out["cosigner_key"] = to_base64url(node.cosigner_key);
        if (node.https_address)
            out["https_address"] = *node.https_address;
    }
    static json::object operator_json(ledger::NewOperator const& person) {
        return {{"kind", ledger::name_of(person.kind)},
                {"public_key", to_base64url(person.public_key.view())}};
    }
};

std::string_view text_of(json::object const& object, std::string_view member) {
    return object.at(member).as_string();
}

} // namespace

json::object credential_json(ledger::NewCredential const& credential) {
    json::object object;
    object["kind"] = ledger::name_of(credential.kind);
    object["public_key"] = to_base64url(credential.public_key.view());
    if (credential.generation)
        object["generation"] = credential.generation->number();
    if (credential.keyset)
        object["keyset"] = *credential.keyset;
    if (credential.stretching)
        object["stretching"] = {{"memory_kib", credential.stretching->memory_kib},
                                {"passes", credential.stretching->passes},
                                {"lanes", credential.stretching->lanes}};
    if (credential.record)
        object["record_hash"] = to_base64url(*credential.record);
    if (credential.webauthn_id)
        object["webauthn_id"] = to_base64url(*credential.webauthn_id);
    return object;
}

json::object statement_json(ledger::DecodedEntry const& entry) {
    json::object out;
    std::visit(StatementPrinter{out}, entry.statement);
    if (entry.entry.link) {
        out["version"] = entry.entry.link->version.number();
        out["previous"] = to_base64url(entry.entry.link->previous);
    }
    if (entry.act) {
        json::object act;
        act["kind"] = ledger::name_of(*entry.act);
        std::visit(ActPrinter{act}, *entry.act);
        out["act"] = std::move(act);
    }
    return out;
}

// Who asks, and for what: one line beside the kind.
std::string statement_words(ledger::DecodedEntry const& entry) {
    auto const out = statement_json(entry);
    std::string words;
    if (out.contains("operator"))
        words =
            fmt::format("operator {} sequence {}", text_of(out, "operator"), out.at("sequence").as_uint64());
    else if (out.contains("label"))
        words = fmt::format("{} version {}", text_of(out, "label"), out.at("version").as_uint64());
    else if (out.contains("sequence"))
        words = fmt::format("node {} sequence {}", text_of(out, "node"), out.at("sequence").as_uint64());
    if (entry.act) {
        auto const& act = out.at("act").as_object();
        auto const* const whom = act.contains("label") ? "label" : "node";
        words += fmt::format("{}{}", words.empty() ? "" : ", ", text_of(act, "kind"));
        if (act.contains(whom))
            words += fmt::format(" {}", text_of(act, whom));
    } else if (out.contains("change")) {
        words += fmt::format(", change {}", text_of(out, "change"));
    }
    return words;
}

} // namespace bulla::cli
