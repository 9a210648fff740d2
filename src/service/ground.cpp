#include "service/ground.hpp"

namespace bulla::service {
namespace {

// A registration, or a new password.
bool needs_admission(ledger::DecodedEntry const& entry) {
    return std::visit(
        []<class Kind>(Kind const& statement) {
            if constexpr (std::is_same_v<Kind, ledger::Register>)
                return true;
            else if constexpr (requires { statement.credential.kind; })
                return statement.credential.kind == ledger::CredentialKind::password;
            else
                return false;
        },
        entry.statement);
}

} // namespace

ledger::Label make_label(crypto::VrfOutput const& output) {
    return ledger::Label::from(output.view().first(ledger::Label::size));
}

ledger::Label make_label(crypto::VrfKeyPair const& vrf_key, std::string_view username) {
    return make_label(vrf_key.evaluate(base::as_bytes(username)).output());
}

ledger::Admission make_admission(Ground const& ground, ledger::StatementDigest const& digest) {
    auto const until = ground.entry_time() + ledger::admission_validity;
    return {.node = ground.node,
            .until = until,
            .signature = ground.keys.node_key.sign(ledger::admission_message(until, digest))};
}

base::ByteBuffer assemble_entry(Ground const& ground, ledger::EntryKind kind, base::ByteBuffer statement,
                                std::vector<ledger::Evidence> evidence) {
    ledger::Entry entry{
        .kind = kind, .statement = std::move(statement), .evidence = std::move(evidence), .admissions = {}};
    // What does not decode is refused by execute(); it needs no admission.
    if (auto const decoded = ledger::decode_entry(ledger::encode(entry));
        decoded && needs_admission(*decoded))
        entry.admissions.push_back(make_admission(ground, decoded->digest));
    return ledger::encode(entry);
}

} // namespace bulla::service
