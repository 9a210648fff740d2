#include "service/client_walk.hpp"

#include "opaque/login_parameters.hpp"
#include "opaque/password_key.hpp"

namespace bulla::service {
namespace {

using Refusal = std::unexpected<WalkFault>;

WalkFault to_walk_fault(opaque::ClientFault fault) {
    switch (fault) {
    case opaque::ClientFault::refused: return WalkFault::wrong_password;
    case opaque::ClientFault::no_memory: return WalkFault::no_memory;
    }
    CHECK_UNREACHABLE();
}

auto stretch_by(crypto::StretchingParameters const& parameters) {
    return [parameters](base::ByteView input) { return crypto::argon2id(input, parameters); };
}

// What a password's record and key come to, before a statement names them.
struct Derived {
    ledger::NewCredential credential;
    base::ByteBuffer opaque_record;
    crypto::Ed25519KeyPair key;
};

struct Means {
    NetworkKeys const& network;
    base::Randomness& randomness;
};

Result<Derived, WalkFault> derive(opaque::RegistrationStart const& start, SecretBytes const& password,
                                  PasswordOffer const& offer, Means means) {
    auto const& network = means.network;
    if (offer.network != network.network)
        return Refusal{WalkFault::wrong_server_key};
    if (!offer.response)
        return Refusal{WalkFault::malformed};
    if (!crypto::is_acceptable(offer.stretching))
        return Refusal{WalkFault::weak_stretching};
    auto const finished = TRY(map_fault(opaque::finish_registration(start, password.expose(), *offer.response,
                                                                    {.stretch = stretch_by(offer.stretching),
                                                                     .randomness = means.randomness}),
                                        to_walk_fault));
    // At registration above all: a swapped key would make a record that its holder can attack offline.
    if (!network.have(finished.server_public_key))
        return Refusal{WalkFault::wrong_server_key};
    auto key = opaque::derive_password_key(finished.export_key, network.network, offer.label,
                                           static_cast<std::uint32_t>(offer.version.number()));
    auto record = base::to_buffer(finished.record.view());
    ledger::NewCredential credential{.kind = ledger::CredentialKind::password,
                                     .public_key = ledger::PublicKey(key.public_key()),
                                     .generation = offer.version,
                                     .keyset = offer.keyset,
                                     .stretching = offer.stretching,
                                     .record =
                                         ledger::RecordHash::from(crypto::sha256(base::ByteView(record)))};
    return Derived{
        .credential = std::move(credential), .opaque_record = std::move(record), .key = std::move(key)};
}

ledger::AccountPart asks_of(PasswordOffer const& offer) {
    return {.network = offer.network,
            .label = offer.label,
            .version = offer.version,
            .previous = offer.previous,
            .not_after = offer.time + entry_validity};
}

ledger::CredentialId id_of(ledger::Label const& label, ledger::NewCredential const& credential) {
    return credential::credential_id(credential::CredentialOwner::from(label), credential.kind,
                                     credential.public_key);
}

struct ProvedLabel {
    ledger::Label const& label;
    crypto::VrfProof const& vrf_proof;
};
Result<void, WalkFault> check_label(NetworkKeys const& network, std::string_view username,
                                    ProvedLabel const& shown) {
    auto const output = crypto::check_vrf(network.vrf_public_key, base::as_bytes(username), shown.vrf_proof);
    if (!output || !std::ranges::equal(output->view().first(ledger::Label::size), shown.label.view()))
        return Refusal{WalkFault::wrong_label};
    return {};
}

// What of a recovery's offer a new password is made of.
PasswordOffer password_part(RecoveryOffer const& offer) {
    return {.id = offer.id,
            .response = offer.response,
            .network = offer.network,
            .label = offer.label,
            .vrf_proof = offer.vrf_proof,
            .version = offer.version,
            .previous = {},
            .opening = std::nullopt,
            .account = std::nullopt,
            .keyset = offer.keyset,
            .stretching = offer.stretching,
            .time = offer.time};
}

} // namespace

bool NetworkKeys::have(crypto::Element const& opaque_key) const {
    return opaque_key == opaque_public_key ||
           std::ranges::find(later_opaque_keys, opaque_key) != later_opaque_keys.end();
}

ledger::Evidence make_evidence(ledger::EntryKind kind, base::ByteView statement,
                               ledger::CredentialId const& credential, crypto::Ed25519KeyPair const& key) {
    auto const signature = key.sign(ledger::digest_statement(kind, statement));
    return {.signer = base::to_buffer(credential), .parts = {base::to_buffer(signature)}};
}

ledger::AccountPart next_entry(LoginParameters const& parameters, ledger::NetworkId const& network) {
    return {.network = network,
            .label = parameters.label,
            .version = parameters.version.next(),
            .previous = parameters.head,
            .not_after = parameters.time + entry_validity};
}

// --- a new password
// ---------------------------------------------------------------------------------------------

NewPasswordWalk NewPasswordWalk::start(SecretBytes password, base::Randomness& randomness) {
    auto start = opaque::start_registration(password.expose(), randomness);
    return {std::move(password), std::move(start)};
}

base::ByteBuffer NewPasswordWalk::request() const {
    return base::to_buffer(start_.request.view());
}

Result<NewPasswordWalk::Made, WalkFault> NewPasswordWalk::finish_registration(
    PasswordOffer const& offer, NetworkKeys const& network, std::string_view username,
    base::Randomness& randomness) && {
    if (!offer.opening)
        return Refusal{WalkFault::malformed};
    TRY(check_label(network, username, {offer.label, offer.vrf_proof}));
    auto derived = TRY(derive(start_, password_, offer, {network, randomness}));
    ledger::Register statement;
    statement.asks = asks_of(offer);
    statement.credential = derived.credential;
    statement.opening = ledger::hash_opening(*offer.opening);
    auto bytes = ledger::encode(statement);
    auto const credential = id_of(offer.label, derived.credential);
    auto evidence = make_evidence(ledger::EntryKind::register_account, bytes, credential, derived.key);
    return Made{.new_password = {.opaque_record = std::move(derived.opaque_record),
                                 .statement = std::move(bytes),
                                 .evidence = {std::move(evidence)}},
                .password_key = std::move(derived.key),
                .credential = credential};
}

Result<NewPasswordWalk::Made, WalkFault> NewPasswordWalk::finish_change(PasswordOffer const& offer,
                                                                        NetworkKeys const& network,
                                                                        Present const& present,
                                                                        base::Randomness& randomness) && {
    auto derived = TRY(derive(start_, password_, offer, {network, randomness}));
    ledger::ReplaceCredential statement;
    statement.asks = asks_of(offer);
    statement.credential = derived.credential;
    auto bytes = ledger::encode(statement);
    auto const kind = ledger::EntryKind::replace_credential;
    auto const credential = id_of(offer.label, derived.credential);
    auto old_evidence = make_evidence(kind, bytes, present.credential, present.key);
    auto new_evidence = make_evidence(kind, bytes, credential, derived.key);
    return Made{.new_password = {.opaque_record = std::move(derived.opaque_record),
                                 .statement = std::move(bytes),
                                 .evidence = {std::move(old_evidence), std::move(new_evidence)}},
                .password_key = std::move(derived.key),
                .credential = credential};
}

Result<NewPasswordWalk::Made, WalkFault> NewPasswordWalk::finish_addition(PasswordOffer const& offer,
                                                                          NetworkKeys const& network,
                                                                          base::Randomness& randomness) && {
    auto derived = TRY(derive(start_, password_, offer, {network, randomness}));
    ledger::AddCredential statement;
    statement.asks = asks_of(offer);
    statement.credential = derived.credential;
    auto bytes = ledger::encode(statement);
    auto const credential = id_of(offer.label, derived.credential);
    auto by_new = make_evidence(ledger::EntryKind::add_credential, bytes, credential, derived.key);
    return Made{.new_password = {.opaque_record = std::move(derived.opaque_record),
                                 .statement = std::move(bytes),
                                 .evidence = {std::move(by_new)}},
                .password_key = std::move(derived.key),
                .credential = credential};
}

// --- a recovery
// --------------------------------------------------------------------------------------------------

Result<NewPasswordWalk::MadeRecovery, WalkFault> NewPasswordWalk::finish_recovery(
    RecoveryOffer const& offer, NetworkKeys const& network, Recovering const& recovering,
    base::Randomness& randomness) && {
    bool const is_by_key = recovering.recovery_key != nullptr;
    if (!offer.response || is_by_key != offer.key.has_value())
        return Refusal{WalkFault::malformed};
    TRY(check_label(network, recovering.username, {offer.label, offer.vrf_proof}));
    auto const derived = TRY(derive(start_, password_, password_part(offer), {network, randomness}));
    ledger::BeginRecovery begin;
    begin.asks = {.network = offer.network, .label = offer.label, .not_after = offer.not_after};
    begin.credential = derived.credential;
    if (is_by_key)
        begin.key_version = offer.key->version;
    auto begin_bytes = ledger::encode(begin);
    auto const begin_kind = ledger::EntryKind::begin_recovery;
    ledger::FinishRecovery finish;
    finish.asks = begin.asks;
    finish.asks.not_after = offer.not_after + offer.delay + recovery_finish_validity;
    finish.begin = ledger::digest_statement(begin_kind, begin_bytes);
    auto finish_bytes = ledger::encode(finish);
    auto const credential = id_of(offer.label, derived.credential);
    std::vector<ledger::Evidence> evidence;
    if (is_by_key)
        evidence.push_back(
            make_evidence(begin_kind, begin_bytes, offer.key->credential, *recovering.recovery_key));
    evidence.push_back(make_evidence(begin_kind, begin_bytes, credential, derived.key));
    auto end_by_new =
        make_evidence(ledger::EntryKind::finish_recovery, finish_bytes, credential, derived.key);
    return MadeRecovery{.begin = {.statement = std::move(begin_bytes),
                                  .evidence = std::move(evidence),
                                  .opaque_record = derived.opaque_record},
                        .end = {.begin = finish.begin,
                                .statement = std::move(finish_bytes),
                                .evidence = {std::move(end_by_new)}},
                        .credential = credential};
}

// --- a login
// ----------------------------------------------------------------------------------------------------

LoginWalk LoginWalk::start(SecretBytes password, base::Randomness& randomness) {
    auto start = opaque::start_login(password.expose(), randomness);
    return {std::move(password), std::move(start)};
}

base::ByteBuffer LoginWalk::request() const {
    return base::to_buffer(start_.ke1.view());
}

Result<LoginWalk::Made, WalkFault> LoginWalk::finish(LoginOffer const& offer, NetworkKeys const& network,
                                                     std::string_view client, std::string_view origin) && {
    auto const ke2 = opaque::Ke2::parse(offer.ke2);
    if (!ke2 || offer.network != network.network)
        return Refusal{WalkFault::malformed};
    if (!crypto::is_acceptable(offer.stretching))
        return Refusal{WalkFault::weak_stretching};
    auto const finished = TRY(map_fault(
        opaque::finish_login(start_, password_.expose(), *ke2, {.stretch = stretch_by(offer.stretching)}),
        to_walk_fault));
    if (!network.have(finished.server_public_key))
        return Refusal{WalkFault::wrong_server_key};
    auto const opened =
        opaque::open_login_parameters(offer.sealed_parameters, finished.session_key, request(), offer.ke2);
    if (!opened)
        return Refusal{WalkFault::wrong_password};
    auto parameters = ledger::decode<LoginParameters>(opened->expose());
    if (!parameters)
        return Refusal{WalkFault::malformed};

    auto key = opaque::derive_password_key(finished.export_key, network.network, parameters->label,
                                           static_cast<std::uint32_t>(parameters->generation.number()));
    ledger::LoginStatement const statement{.asks = {.network = network.network,
                                                    .label = parameters->label,
                                                    .version = parameters->version,
                                                    .previous = parameters->head,
                                                    .not_after = parameters->time + std::chrono::seconds{60}},
                                           .challenge = parameters->challenge,
                                           .client = std::string(client),
                                           .origin = std::string(origin),
                                           .credential = parameters->credential,
                                           .generation = parameters->generation,
                                           .checkpoint = parameters->checkpoint,
                                           .request = std::nullopt};
    auto bytes = ledger::encode(statement);
    auto const signature = key.sign(credential::statement_digest(ledger::login_domain, bytes));
    return Made{.finish = {.id = offer.id,
                           .ke3 = base::to_buffer(finished.ke3.view()),
                           .statement = std::move(bytes),
                           .evidence = base::to_buffer(signature)},
                .parameters = *std::move(parameters),
                .password_key = std::move(key)};
}

} // namespace bulla::service
