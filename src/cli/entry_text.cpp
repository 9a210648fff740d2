#include "cli/entry_text.hpp"

#include "base/encoding.hpp"
#include "cli/output.hpp"
#include "cli/statement_text.hpp"
#include "ledger/names.hpp"

#include <boost/json/array.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;
using base::to_base64url;

void print_ordinary(json::object& out, ledger::DecodedEntry const& entry) {
    auto const statement = statement_json(entry);
    out.insert(statement.begin(), statement.end());
    json::array signers;
    for (auto const& evidence : entry.entry.evidence)
        signers.emplace_back(to_base64url(evidence.signer));
    out["signed_by"] = std::move(signers);
    json::array admissions;
    for (auto const& admission : entry.entry.admissions)
        admissions.push_back(json::object{{"node", to_base64url(admission.node)},
                                          {"until", base::unix_milliseconds(admission.until)}});
    out["admissions"] = std::move(admissions);
}

void print_block(json::object& out, ledger::BlockEntry const& block) {
    out["height"] = block.height.number();
    out["time"] = base::unix_milliseconds(block.time);
    out["previous"] = to_base64url(block.previous);
    out["first_index"] = block.first_index.number();
    out["entry_count"] = block.entry_count;
    out["log_root"] = to_base64url(block.log_root);
    out["directory_root"] = to_base64url(block.directory_root);
    out["network_root"] = to_base64url(block.network_root);
}

void print_genesis(json::object& out, ledger::Genesis const& genesis) {
    out["time"] = base::unix_milliseconds(genesis.time);
    out["issuer"] = genesis.policy.issuer;
    out["origin"] = genesis.nodes.origin;
    out["log_key"] = to_base64url(genesis.nodes.log_key);
    out["vrf_public_key"] = to_base64url(genesis.vrf_public_key);
    json::array nodes;
    for (auto const& node : genesis.nodes.nodes)
        nodes.emplace_back(to_base64url(node.id));
    out["nodes"] = std::move(nodes);
}

std::string entry_details(base::ByteView bytes, ledger::EntryKind kind) {
    if (kind == ledger::EntryKind::block) {
        auto const block = ledger::decode<ledger::BlockEntry>(bytes);
        return block
                   ? fmt::format("height {}, {}, {}", block->height.number(),
                                 print_count(block->entry_count, "entry", "entries"), print_time(block->time))
                   : "malformed";
    }
    if (kind == ledger::EntryKind::genesis) {
        auto const genesis = ledger::decode<ledger::Genesis>(bytes);
        return genesis ? fmt::format("{}, {}", genesis->policy.issuer, print_time(genesis->time))
                       : "malformed";
    }
    auto const entry = ledger::decode_entry(bytes);
    return entry ? statement_words(*entry) : "malformed";
}

} // namespace

std::string print_time(base::Timestamp time) {
    auto const seconds = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), (time - seconds).count());
}

json::object account_state_json(ledger::AccountState const& state) {
    json::object out;
    out["registered"] = state.registered.number();
    out["epoch"] = state.epoch.number();
    json::array credentials;
    for (auto const& credential : state.credentials) {
        auto object = credential_json(credential.key);
        object["id"] = to_base64url(credential.id);
        object["added_version"] = credential.added_version.number();
        object["added_time"] = base::unix_milliseconds(credential.added_time);
        if (credential.ends)
            object["ends"] = base::unix_milliseconds(*credential.ends);
        credentials.push_back(std::move(object));
    }
    out["credentials"] = std::move(credentials);
    out["operator_recovery"] = state.operator_recovery;
    if (state.recovery)
        out["recovery"] = {{"begin_digest", to_base64url(state.recovery->begin)},
                           {"credential", credential_json(state.recovery->credential)},
                           {"finish_from", base::unix_milliseconds(state.recovery->finish_from)},
                           {"begun_by", state.recovery->key_version ? "recovery_key" : "operators"}};
    return out;
}

json::object entry_json(ledger::LeafIndex index, base::ByteView bytes) {
    json::object out;
    out["index"] = index.number();
    auto const kind = ledger::peek_kind(bytes);
    out["kind"] = kind ? ledger::name_of(*kind) : "unknown";
    out["leaf_hash"] = to_base64url(merkle::hash_leaf(bytes));
    out["size"] = bytes.size();
    if (auto const block = ledger::decode<ledger::BlockEntry>(bytes))
        print_block(out, *block);
    else if (auto const genesis = ledger::decode<ledger::Genesis>(bytes))
        print_genesis(out, *genesis);
    else if (auto const entry = ledger::decode_entry(bytes))
        print_ordinary(out, *entry);
    else
        out["malformed"] = true;
    return out;
}

std::string entry_line(ledger::LeafIndex index, base::ByteView bytes) {
    auto const kind = ledger::peek_kind(bytes);
    if (!kind)
        return fmt::format("{:>8}  unknown", index.number());
    return fmt::format("{:>8}  {:<20}  {}", index.number(), ledger::name_of(*kind),
                       entry_details(bytes, *kind));
}

std::optional<ledger::Label> label_of(base::ByteView bytes) {
    auto const entry = ledger::decode_entry(bytes);
    if (!entry)
        return std::nullopt;
    if (entry->act && entry->entry.link)
        return ledger::label_of(*entry->act);
    return std::visit(
        [](auto const& statement) -> std::optional<ledger::Label> {
            if constexpr (requires { statement.asks.label; })
                return statement.asks.label;
            else
                return std::nullopt;
        },
        entry->statement);
}

} // namespace bulla::cli
