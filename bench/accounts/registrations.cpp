#include "registrations.hpp"

#include "../password_client.hpp"
#include "base/big_endian.hpp"
#include "opaque/account_key.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bulla::bench {
namespace {

// Entries wait for their block longer than a server's do, on a machine with other work.
constexpr std::chrono::hours patience{1};
constexpr std::string_view seed_domain = "bulla/bench-account/v1";

// Bytes of one account and purpose: the same in every run, so that any account can be found again.
template <class Fixed>
Fixed bytes_of(std::uint64_t number, std::string_view purpose) {
    auto const digest =
        crypto::sha512({base::as_bytes(seed_domain), base::as_bytes(purpose), base::u64be(number)});
    return Fixed::from(digest.view().first(Fixed::size));
}

base::ByteBuffer record_of(std::uint64_t number) {
    base::ByteBuffer record;
    for (std::string_view const part : {"record 1", "record 2", "record 3"})
        base::append(record, bytes_of<crypto::Sha512Digest>(number, part));
    CHECK(record.size() == opaque::OpaqueRecord::size);
    return record;
}

// Gamma is a point of the group, so that the proof has an output; challenge and answer are of no name.
crypto::VrfProof nameless_proof(std::uint64_t number) {
    auto const gamma = crypto::Element::from_uniform(bytes_of<crypto::Sha512Digest>(number, "gamma"));
    auto const rest = bytes_of<crypto::Sha512Digest>(number, "proof");
    return crypto::VrfProof::from(base::concat(gamma.view(), rest.view().first(crypto::VrfProof::size - 32)));
}

ledger::Label label_of(crypto::VrfProof const& vrf_proof) {
    auto const output = crypto::unverified_output(vrf_proof);
    CHECK(output.has_value());
    return ledger::Label::from(output->view().first(ledger::Label::size));
}

// A signature made by this process holds: its check is remembered as one that was run.
void remember(sequencer::CheckMemory* checks, credential::EvidenceCheck const& made) {
    if (checks != nullptr)
        checks->remember(made.id());
}

} // namespace

RegistrationMaker::RegistrationMaker(service::DataDirectory const& data, ledger::PolicyRow const& policy,
                                     std::uint64_t real_every,
                                     std::vector<crypto::Ed25519KeyPair const*> node_keys)
    : data_(data), policy_(policy), real_every_(real_every), node_keys_(std::move(node_keys)) {
    std::ranges::sort(node_keys_, {}, // as admissions stand in an entry
                      [](auto const* key) { return ledger::make_node_id(key->public_key()); });
    node_keys_.resize(ledger::quorum_of(node_keys_.size()));
}

ledger::Register RegistrationMaker::make_statement(ledger::Label const& label, ledger::Opening const& opening,
                                                   base::Timestamp now) const {
    ledger::Register statement;
    statement.asks = {.network = data_.network,
                      .label = label,
                      .version = ledger::AccountVersion{1},
                      .previous = {},
                      .not_after = now + patience};
    statement.credential.kind = ledger::CredentialKind::password;
    statement.credential.generation = statement.asks.version;
    statement.credential.keyset = policy_.keysets.back().number;
    statement.credential.stretching = policy_.stretching;
    statement.opening = ledger::hash_opening(opening);
    return statement;
}

RegistrationMaker::Owned RegistrationMaker::make_nameless(std::uint64_t number, base::Timestamp now) const {
    auto const seed = bytes_of<base::Bytes<struct SeedMeaning, 32>>(number, "password key");
    auto const key = crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed));
    store::SideRow side_row{.opaque_record = record_of(number),
                            .opening = bytes_of<ledger::Opening>(number, "opening"),
                            .vrf_proof = nameless_proof(number)};
    auto const label = label_of(side_row.vrf_proof);
    auto statement = make_statement(label, side_row.opening, now);
    statement.credential.public_key = ledger::PublicKey(key.public_key());
    statement.credential.record =
        ledger::RecordHash::from(crypto::sha256(base::ByteView(*side_row.opaque_record)));
    auto const credential = credential::credential_id(
        credential::CredentialOwner::from(label), statement.credential.kind, statement.credential.public_key);
    auto evidence = service::make_evidence(statement.kind, ledger::encode(statement), credential, key);
    return {.statement = std::move(statement),
            .evidence = std::move(evidence),
            .side_row = std::move(side_row),
            .label = label};
}

RegistrationMaker::Owned RegistrationMaker::make_whole(std::uint64_t number, base::Timestamp now) const {
    crypto::SystemRandomness randomness;
    auto const name = fmt::format("user-{}", number);
    auto const& keys = data_.keys;
    auto const vrf_proof = keys.vrf_key.prove(base::as_bytes(name));
    auto const label = label_of(vrf_proof);
    RegistrationClient const client(randomness);
    auto const request = opaque::RegistrationRequest::parse(client.request());
    CHECK(request.has_value());
    auto const keyset = policy_.keysets.back().number;
    auto const oprf_key = opaque::account_oprf_key(keys.oprf_seed, data_.network, keyset, label);
    auto const opening = bytes_of<ledger::Opening>(number, "opening of a name");
    service::PasswordOffer const offer{
        .id = {},
        .response = opaque::create_registration_response(*request, oprf_key, keys.opaque_keys.public_key),
        .network = data_.network,
        .label = label,
        .vrf_proof = vrf_proof,
        .version = ledger::AccountVersion{1},
        .previous = {},
        .opening = opening,
        .account = std::nullopt,
        .keyset = keyset,
        .stretching = policy_.stretching,
        .time = now + patience - service::entry_validity};
    auto made = client.finish(offer);
    return {.statement = ledger::decode<ledger::Register>(made.statement).value(),
            .evidence = std::move(made.evidence.front()),
            .side_row = {.opaque_record = std::move(made.opaque_record),
                         .opening = opening,
                         .vrf_proof = vrf_proof},
            .label = label};
}

sequencer::Submission RegistrationMaker::make(std::uint64_t number, base::Timestamp now,
                                              sequencer::CheckMemory* checks) const {
    auto owned = real_every_ != 0 && number % real_every_ == 0 ? make_whole(number / real_every_, now)
                                                               : make_nameless(number, now);
    ledger::Entry entry{.kind = owned.statement.kind,
                        .statement = ledger::encode(owned.statement),
                        .evidence = {std::move(owned.evidence)},
                        .admissions = {}};
    auto const digest = ledger::digest_statement(entry.kind, entry.statement);
    auto const until = now + patience;
    auto const message = ledger::admission_message(until, digest);
    auto const& public_key = *owned.statement.credential.public_key.ed25519();
    remember(checks, credential::key_check(public_key));
    remember(checks, credential::ed25519_check(public_key, digest, entry.evidence.front().parts.front()));
    for (auto const* const key : node_keys_) {
        auto const& admission =
            entry.admissions.emplace_back(ledger::Admission{.node = ledger::make_node_id(key->public_key()),
                                                            .until = until,
                                                            .signature = key->sign(message)});
        remember(checks, credential::ed25519_check(key->public_key(), message, admission.signature));
    }
    return {.entry = ledger::encode(entry),
            .side_writes = {{.label = owned.label, .row = std::move(owned.side_row)}}};
}

} // namespace bulla::bench
