#include "ledger/entry.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::ledger {
namespace {

using base::CborFault;

// A quorum of nodes is the most that signs an act or admits; every other kind asks for two evidences at most.
constexpr std::size_t admission_count_max = 64;
constexpr std::size_t evidence_count_max(EntryKind kind) {
    return kind == EntryKind::apply_change ? 64 : 2;
}
static_assert(quorum_of(nodes_max) <= 64);

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

std::optional<AccountLink> read_link(base::CborReader& in) {
    if (!in.has_field(4))
        return std::nullopt;
    AccountLink link;
    field_coding::Reader{in}.read(link.version);
    field_coding::Reader{in}.field(5, link.previous);
    return link;
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
    case EntryKind::allow_operator_recovery: return decode_statement_of<AllowOperatorRecovery>(bytes);
    case EntryKind::forbid_operator_recovery: return decode_statement_of<ForbidOperatorRecovery>(bytes);
    case EntryKind::begin_recovery: return decode_statement_of<BeginRecovery>(bytes);
    case EntryKind::finish_recovery: return decode_statement_of<FinishRecovery>(bytes);
    case EntryKind::cancel_recovery: return decode_statement_of<CancelRecovery>(bytes);
    case EntryKind::register_client: return decode_statement_of<RegisterClient>(bytes);
    case EntryKind::update_client: return decode_statement_of<UpdateClient>(bytes);
    case EntryKind::remove_client: return decode_statement_of<RemoveClient>(bytes);
    case EntryKind::grant_role: return decode_statement_of<GrantRole>(bytes);
    case EntryKind::revoke_role: return decode_statement_of<RevokeRole>(bytes);
    case EntryKind::propose_change: return decode_statement_of<ProposeChange>(bytes);
    case EntryKind::approve_change: return decode_statement_of<ApproveChange>(bytes);
    case EntryKind::object_change: return decode_statement_of<ObjectChange>(bytes);
    case EntryKind::apply_change: return decode_statement_of<ApplyChange>(bytes);
    case EntryKind::issuance: return decode_statement_of<Issuance>(bytes);
    case EntryKind::block:
    case EntryKind::genesis: return std::unexpected{Rejection::misplaced};
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
    for (auto count = in.array(evidence_count_max(kind)); in.ok() && count > 0; --count)
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
    entry.link = read_link(in);
    in.close_map();
    if (!in.finish())
        return std::unexpected{Rejection::malformed};
    return entry;
}

// The act in a statement, when its kind holds one.
Result<std::optional<Act>, Rejection> decode_act_of(Statement const& statement) {
    return std::visit(
        [](auto const& wanted) -> Result<std::optional<Act>, Rejection> {
            if constexpr (requires { wanted.act; }) {
                auto act = decode_act(wanted.act);
                if (!act)
                    return std::unexpected{Rejection::malformed};
                return act;
            } else {
                return std::nullopt;
            }
        },
        statement);
}

bool has_link(EntryKind kind, std::optional<Act> const& act) {
    using enum EntryKind;
    bool const is_recovery = kind == begin_recovery || kind == finish_recovery || kind == cancel_recovery;
    return is_recovery || (kind == apply_change && label_of(*act).has_value());
}

} // namespace

Sha256Digest admission_message(base::Timestamp until, StatementDigest const& digest) {
    return crypto::sha256(
        {base::as_bytes("bulla/admission/v1"), base::u64be(base::unix_milliseconds(until)), digest});
}

base::ByteBuffer encode(Entry const& entry) {
    base::CborWriter out;
    out.map(3 + std::size_t{!entry.admissions.empty()} + (entry.link ? 2 : 0));
    out.key(0).uint(std::to_underlying(entry.kind));
    out.key(1).bytes(entry.statement);
    out.key(2).array(entry.evidence.size());
    for (auto const& evidence : entry.evidence)
        write_evidence(out, evidence);
    if (!entry.admissions.empty())
        field_coding::Writer{out}.field(3, entry.admissions);
    if (entry.link) {
        field_coding::Writer{out}.field(4, entry.link->version);
        field_coding::Writer{out}.field(5, entry.link->previous);
    }
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
    auto act = TRY(decode_act_of(statement));
    if (entry.link.has_value() != has_link(kind, act))
        return std::unexpected{Rejection::malformed};
    auto const digest = digest_statement(kind, entry.statement);
    return DecodedEntry{.entry = std::move(entry),
                        .statement = std::move(statement),
                        .digest = digest,
                        .leaf_hash = merkle::hash_leaf(bytes),
                        .act = std::move(act)};
}

BeginRecovery const* recovery_of(DecodedEntry const& entry) {
    if (auto const* const begin = std::get_if<BeginRecovery>(&entry.statement))
        return begin;
    if (entry.entry.kind != EntryKind::apply_change || !entry.act)
        return nullptr;
    auto const* const act = std::get_if<RecoverAccount>(&*entry.act);
    return act == nullptr ? nullptr : &act->begin;
}

} // namespace bulla::ledger
