#include "http/operator_json.hpp"

#include "credential/crockford.hpp"
#include "http/evidence_json.hpp"
#include "http/json_body.hpp"
#include "http/ledger_names.hpp"
#include "http/resource_recovery.hpp"
#include "ledger/change_rules.hpp"

#include <boost/json/array.hpp>

namespace bulla::http {
namespace {

namespace json = boost::json;

std::uint64_t time_json(base::Timestamp time) {
    return base::unix_milliseconds(time);
}

// --- acts

json::object person_json(ledger::NewOperator const& person) {
    return {{"kind", ledger::name_of(person.kind)}, {"public_key", base64url(person.public_key.view())}};
}

struct ActPrinter {
    json::object& out;

    void operator()(ledger::GrantOperator const& act) const {
        out["node"] = base64url(act.node);
        out["person"] = person_json(act.person);
    }
    void operator()(ledger::RevokeOperator const& act) const {
        out["node"] = base64url(act.node);
        out["operator"] = base64url(act.person);
        if (act.successor)
            out["person"] = person_json(*act.successor);
    }
    void operator()(ledger::RecoverAccount const& act) const {
        auto const& begin = act.begin;
        out["person"] = json::object{{"kind", ledger::name_of(begin.credential.kind)},
                                     {"public_key", base64url(begin.credential.public_key.view())}};
        out["fingerprint"] = credential::fingerprint(
            credential::credential_id(credential::CredentialOwner::from(begin.asks.label),
                                      begin.credential.kind, begin.credential.public_key));
    }
    void operator()(ledger::AddNode const& act) const {
        out["node"] = base64url(act.node.node.id);
        out["person"] = person_json(act.first_operator);
    }
    void operator()(ledger::RemoveNode const& act) const { out["node"] = base64url(act.node); }
    void operator()(ledger::RotateNodeKey const& act) const { out["node"] = base64url(act.node.node.id); }
    void operator()(ledger::RetireKey const& act) const { out["kid"] = base64url(act.kid); }
    void operator()(ledger::ChangeKeyset const& act) const { out["keyset"] = act.keyset.number; }
    void operator()(auto const&) const {}
};

// --- nodes

json::object signing_key_json(sequencer::Head const& head, ledger::LiveSigningKey const& key,
                              Overview const& overview) {
    json::object object{{"kid", base64url(key.kid)}, {"algorithm", "EdDSA"}};
    auto const row = head.signing_keys->find(key.kid);
    auto const ends = row != head.signing_keys->end() && row->second.ends ? row->second.ends : key.ends;
    if (ends)
        object["ends"] = time_json(*ends);
    auto const published = overview.audit.published.find(key.kid);
    if (published != overview.audit.published.end())
        object["published"] = time_json(published->second);
    return object;
}

json::object node_json(service::Ground const& ground, Overview const& overview, ledger::Node const& node) {
    auto const head = ground.head();
    json::array operators;
    for (auto const& person : node.operators)
        operators.push_back(json::object{{"id", base64url(person.id)},
                                         {"kind", ledger::name_of(person.kind)},
                                         {"public_key", base64url(person.public_key.view())},
                                         {"sequence", person.sequence.number()}});
    json::array keys;
    for (auto const& key : node.signing_keys)
        keys.push_back(signing_key_json(*head, key, overview));
    json::object object{{"id", base64url(node.id)},
                        {"here", node.id == ground.node},
                        {"operators", std::move(operators)},
                        {"signing_keys", std::move(keys)},
                        {"evidence", evidence_json(ground, node.id)}};
    if (node.https_address)
        object["https_address"] = *node.https_address;
    return object;
}

// The size of the newest checkpoint that each node has cosigned, as far as this one was told.
void put_cosigned(json::array& nodes, service::Ground const& ground) {
    auto* const cosigning = ground.peers != nullptr ? ground.peers->cosigning() : nullptr;
    if (cosigning == nullptr)
        return;
    std::map<std::string, std::uint64_t> sizes;
    for (auto const& [node, size] : cosigning->finality().newest_sizes())
        sizes.emplace(base64url(node), size.number());
    for (auto& value : nodes) {
        auto& node = value.as_object();
        if (auto const size = sizes.find(std::string(node.at("id").as_string())); size != sizes.end())
            node["cosigned"] = size->second;
    }
}

// How far a node's ledger is behind the longest that is known; what is not reached has no height.
void put_heads(json::array& nodes, service::Ground const& ground, Overview const& overview) {
    auto const here = ground.head()->block.height.number();
    auto longest = here;
    std::map<std::string, std::uint64_t> heights{{base64url(ground.node), here}};
    for (auto const& peer : overview.peers)
        if (peer.head) {
            heights[base64url(peer.node)] = peer.head->height.number();
            longest = std::max(longest, peer.head->height.number());
        }
    for (auto& value : nodes) {
        auto& node = value.as_object();
        auto const height = heights.find(std::string(node.at("id").as_string()));
        if (height == heights.end())
            continue;
        node["height"] = height->second;
        node["lag"] = longest - height->second;
    }
}

// --- what waits, and what was done

json::object change_json(service::Application& application, service::WaitingChange const& waiting) {
    auto const& ground = application.ground();
    auto const head_now = ground.head();
    auto const& head = *head_now;
    auto object = act_json(waiting.act);
    json::array approvals;
    for (auto const& approval : waiting.row.approvals)
        approvals.push_back(json::object{{"node", base64url(approval.node)}, {"by", base64url(approval.by)}});
    object["change"] = base64url(waiting.change);
    object["act_bytes"] = base64url(waiting.act_bytes);
    object["proposed"] = time_json(waiting.row.proposed);
    object["apply_from"] = time_json(waiting.row.proposed + ledger::wait_for(*head.policy, waiting.act));
    object["expires"] = time_json(waiting.row.proposed + ledger::change_lifetime);
    object["approvals"] = std::move(approvals);
    object["approved"] = ledger::count_approvals(waiting.row, *head.nodes) >= head.nodes->quorum();
    // The node that holds the request can begin the recovery, and no other.
    if (auto const* const recover = std::get_if<ledger::RecoverAccount>(&waiting.act))
        if (auto const request = application.recovery_requests().find(*recover))
            object["request"] = credential::spell(request->number);
    if (auto const secret = service::secret_of(waiting.act))
        object["secret_held"] = ground.keyring.has(*secret);
    return object;
}

json::object deed_json(service::OperatorDeed const& deed) {
    auto object = deed.act ? act_json(*deed.act) : json::object();
    object["index"] = deed.index.number();
    object["time"] = time_json(deed.time);
    object["kind"] = ledger::name_of(deed.kind);
    if (deed.person)
        object["by"] = base64url(*deed.person);
    if (deed.change)
        object["change"] = base64url(*deed.change);
    return object;
}

json::object recovery_json(service::WaitingRecovery const& waiting) {
    return {{"label", base64url(waiting.label)},
            {"begin", base64url(waiting.recovery.begin)},
            {"by", waiting.recovery.key_version ? "recovery_key" : "operators"},
            {"finish_from", time_json(waiting.recovery.finish_from)}};
}

json::object limits_json() {
    service::GuessRules const guesses;
    service::RecoveryLimits const recoveries;
    return {{"guesses_until_delay", guesses.name.first},
            {"guesses_until_closed", service::failures_max},
            {"registrations_hourly_of_prefix", guesses.prefix_registrations_hourly},
            {"recoveries_hourly_of_prefix", recoveries.hourly_of_prefix},
            {"recovery_requests", service::asked_requests_max},
            {"recovery_requests_of_name", service::asked_requests_of_name_max},
            {"listeners", service::listeners_max},
            {"listeners_of_prefix", service::listeners_per_prefix_max}};
}

json::object policy_json(ledger::PolicyRow const& policy) {
    return {{"issuer", policy.issuer},
            {"recovery_by_key", policy.delays.recovery_by_key.count()},
            {"recovery_by_operators", policy.delays.recovery_by_operators.count()},
            {"change", policy.delays.change.count()},
            {"bytes", base64url(ledger::encode(policy))}};
}

template <class List, class Print>
json::array list_json(List const& list, Print const& print) {
    json::array array;
    for (auto const& each : list)
        array.push_back(print(each));
    return array;
}

} // namespace

json::object act_json(ledger::Act const& act) {
    json::object object{{"act", ledger::name_of(act)}};
    if (auto const label = ledger::label_of(act))
        object["label"] = base64url(*label);
    std::visit(ActPrinter{object}, act);
    return object;
}

json::object account_json(ledger::Label const& label, ledger::AccountRow const& account) {
    json::object object{{"label", base64url(label)},
                        {"status", status_name(account.head.status)},
                        {"version", account.head.version.number()},
                        {"last_index", account.head.last_index.number()},
                        {"credentials", json::array()}};
    if (!account.state)
        return object;
    for (auto const& credential : account.state->credentials)
        object["credentials"].as_array().push_back(
            json::object{{"id", base64url(credential.id)},
                         {"kind", ledger::name_of(credential.key.kind)},
                         {"added_time", time_json(credential.added_time)}});
    object["operator_recovery"] = account.state->operator_recovery;
    if (account.state->recovery)
        object["recovery"] = http::recovery_json(*account.state->recovery, *account.state);
    return object;
}

json::object overview_json(service::Application& application, Overview const& overview) {
    auto const& ground = application.ground();
    auto const head = ground.head();
    auto nodes = list_json(head->nodes->nodes,
                           [&](ledger::Node const& node) { return node_json(ground, overview, node); });
    put_heads(nodes, ground, overview);
    put_cosigned(nodes, ground);
    auto const& who = overview.who;
    return {{"you", json::object{{"operator", base64url(who.person.id)},
                                 {"kind", ledger::name_of(who.person.kind)},
                                 {"node", base64url(who.node)},
                                 {"sequence", who.person.sequence.number()}}},
            {"network", base64url(ground.network)},
            {"height", head->block.height.number()},
            {"size", head->size.number()},
            {"time", time_json(ground.entry_time())},
            {"checkpoint", head->checkpoint},
            {"quorum", head->nodes->quorum()},
            {"nodes", std::move(nodes)},
            {"changes", list_json(overview.audit.waiting,
                                  [&](auto const& waiting) { return change_json(application, waiting); })},
            {"recoveries", list_json(overview.audit.recoveries,
                                     [](auto const& waiting) { return recovery_json(waiting); })},
            {"limits", limits_json()},
            {"policy", policy_json(*head->policy)},
            {"audit", list_json(overview.audit.deeds, deed_json)}};
}

} // namespace bulla::http
