#include "ledger/entry.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::ledger {
namespace {

using base::CborFault;

// Two evidences are the most a kind asks for, and a quorum of nodes the most admissions.
constexpr std::size_t evidence_count_max = 2;
constexpr std::size_t admission_count_max = 64;

void write_evidence(base::CborWriter& out, Evidence const& evidence) {
    out.array(1 + evidence.parts.size()).bytes(evidence.signer);
    for (auto const& part : evidence.parts)
        out.bytes(part);
}

Evidence read_evidence(base::CborReader& in) {
    Evidence evidence;
    auto const count = in.array(1 + credential::evidence_parts_max);
    if (count == 0)
        in.fail(CborFault::wrong_length);
    evidence.signer = base::to_buffer(in.bytes());
    if (evidence.signer.size() != CredentialId::size && evidence.signer.size() != NodeId::size)
        in.fail(CborFault::wrong_length);
    for (std::size_t index = 1; in.ok() && index < count; ++index) {
        auto const part = in.bytes();
        if (part.size() > credential::evidence_part_size_max)
            in.fail(CborFault::wrong_length);
        evidence.parts.push_back(base::to_buffer(part));
    }
    in.close_array();
    return evidence;
}

template <class Kind>
Result<Statement, Rejection> decode_statement_of(base::ByteView bytes) {
    auto statement = decode<Kind>(bytes);
    if (!statement)
        return std::unexpected{Rejection::malformed};
    return Statement(*std::move(statement));
}

// The purpose in the statement's first field, when it is readable at all.
std::optional<std::uint64_t> peek_purpose(base::ByteView statement) {
    base::CborReader in(statement);
    in.open_map();
    in.field(0);
    auto const purpose = in.uint();
    return in.ok() ? std::optional(purpose) : std::nullopt;
}

Result<Statement, Rejection> decode_statement(EntryKind kind, base::ByteView bytes) {
    if (auto const purpose = peek_purpose(bytes); purpose && *purpose != std::to_underlying(kind))
        return std::unexpected{Rejection::purpose_mismatch};
    switch (kind) {
    case EntryKind::register_account: return decode_statement_of<Register>(bytes);
    case EntryKind::add_credential: return decode_statement_of<AddCredential>(bytes);
    case EntryKind::revoke_credential: return decode_statement_of<RevokeCredential>(bytes);
    case EntryKind::replace_credential: return decode_statement_of<ReplaceCredential>(bytes);
    case EntryKind::end_sessions: return decode_statement_of<EndSessions>(bytes);
    case EntryKind::erase: return decode_statement_of<Erase>(bytes);
    case EntryKind::publish_signing_key: return decode_statement_of<PublishSigningKey>(bytes);
    case EntryKind::retire_signing_key: return decode_statement_of<RetireSigningKey>(bytes);
    case EntryKind::block:
    case EntryKind::genesis:
        return std::unexpected{Rejection::misplaced};
    case EntryKind::allow_operator_recovery:
    case EntryKind::forbid_operator_recovery:
    case EntryKind::begin_recovery:
    case EntryKind::finish_recovery:
    case EntryKind::cancel_recovery:
    case EntryKind::register_client:
    case EntryKind::update_client:
    case EntryKind::remove_client:
    case EntryKind::grant_role:
    case EntryKind::revoke_role:
    case EntryKind::propose_change:
    case EntryKind::approve_change:
    case EntryKind::object_change:
    case EntryKind::apply_change:
    case EntryKind::issuance:
        return std::unexpected{Rejection::unsupported_kind};
    }
    CHECK_UNREACHABLE();
}

Result<Entry, Rejection> decode_envelope(EntryKind kind, base::ByteView bytes) {
    base::CborReader in(bytes);
    Entry entry{.kind = kind};
    in.open_map();
    in.field(0);
    in.uint();
    in.field(1);
    entry.statement = base::to_buffer(in.bytes());
    in.field(2);
    for (auto count = in.array(evidence_count_max); in.ok() && count > 0; --count)
        entry.evidence.push_back(read_evidence(in));
    in.close_array();
    if (in.has_field(3)) {
        entry.admissions.resize(in.array(admission_count_max));
        for (auto& admission : entry.admissions)
            field_coding::Reader{in}.read(admission);
        in.close_array();
        if (entry.admissions.empty()) // absent is the one spelling of none
            in.fail(CborFault::wrong_length);
    }
    in.close_map();
    if (!in.finish())
        return std::unexpected{Rejection::malformed};
    return entry;
}

} // namespace

Sha256Digest admission_message(base::Timestamp until, StatementDigest const& digest) {
    return crypto::sha256(
        {base::as_bytes("bulla/admission/v1"), base::u64be(base::unix_milliseconds(until)), digest});
}

base::ByteBuffer encode(Entry const& entry) {
    base::CborWriter out;
    out.map(entry.admissions.empty() ? 3 : 4);
    out.key(0).uint(std::to_underlying(entry.kind));
    out.key(1).bytes(entry.statement);
    out.key(2).array(entry.evidence.size());
    for (auto const& evidence : entry.evidence)
        write_evidence(out, evidence);
    if (!entry.admissions.empty())
        field_coding::Writer{out}.field(3, entry.admissions);
    return std::move(out).take();
}

std::optional<EntryKind> peek_kind(base::ByteView bytes) {
    auto const number = peek_purpose(bytes);
    if (!number || *number > entry_kind_last)
        return std::nullopt;
    return static_cast<EntryKind>(*number);
}

Result<DecodedEntry, Rejection> decode_entry(base::ByteView bytes) {
    if (bytes.size() > entry_size_max)
        return std::unexpected{Rejection::too_large};
    auto const number = peek_purpose(bytes);
    if (!number)
        return std::unexpected{Rejection::malformed};
    if (*number > entry_kind_last)
        return std::unexpected{Rejection::unknown_kind};
    auto const kind = static_cast<EntryKind>(*number);
    if (kind == EntryKind::block || kind == EntryKind::genesis)
        return std::unexpected{Rejection::misplaced};
    auto entry = TRY(decode_envelope(kind, bytes));
    auto statement = TRY(decode_statement(kind, entry.statement));
    auto const digest = digest_statement(kind, entry.statement);
    return DecodedEntry{.entry = std::move(entry),
                        .statement = std::move(statement),
                        .digest = digest,
                        .leaf_hash = merkle::hash_leaf(bytes)};
}

} // namespace bulla::ledger
