// The client's side of OPAQUE for benchmarks: all of it but the key stretching, which is left out (the
// identity), so that one machine can be client and server. The server never sees a difference: stretching
// happens in the client alone.
#pragma once

#include "crypto/random.hpp"
#include "opaque/client.hpp"
#include "opaque/login_parameters.hpp"
#include "opaque/password_key.hpp"
#include "service/client_walk.hpp"

namespace bulla::cli {

inline SecretBytes password() {
    return SecretBytes::from(base::as_bytes("correct horse battery staple"));
}

inline std::optional<Secret<64>> unstretched(base::ByteView input) {
    return Secret<64>::from(input);
}

// One registration: request(), then finish() with the server's offer.
class RegistrationClient {
public:
    explicit RegistrationClient(base::Randomness& randomness)
        : randomness_(randomness), start_(opaque::start_registration(password().expose(), randomness)) {}

    base::ByteView request() const { return start_.request.view(); }

    service::NewPassword finish(service::PasswordOffer const& offer) const {
        auto const finished =
            opaque::finish_registration(start_, password().expose(), *offer.response,
                                        {.stretch = unstretched, .randomness = randomness_});
        CHECK(finished.has_value() && offer.opening.has_value());
        auto const key = opaque::derive_password_key(finished->export_key, offer.network, offer.label,
                                                     static_cast<std::uint32_t>(offer.version.number()));
        auto record = base::to_buffer(finished->record.view());
        auto const statement = statement_of(offer, key, record);
        auto bytes = ledger::encode(statement);
        auto const credential =
            credential::credential_id(credential::CredentialOwner::from(offer.label),
                                      statement.credential.kind, statement.credential.public_key);
        auto evidence = service::make_evidence(ledger::EntryKind::register_account, bytes, credential, key);
        return {.opaque_record = std::move(record),
                .statement = std::move(bytes),
                .evidence = {std::move(evidence)}};
    }

private:
    static ledger::Register statement_of(service::PasswordOffer const& offer,
                                         crypto::Ed25519KeyPair const& key, base::ByteView record) {
        ledger::Register statement;
        statement.asks = {.network = offer.network,
                          .label = offer.label,
                          .version = offer.version,
                          .previous = offer.previous,
                          .not_after = offer.time + service::entry_validity};
        statement.credential = {.kind = ledger::CredentialKind::password,
                                .public_key = ledger::PublicKey(key.public_key()),
                                .generation = offer.version,
                                .keyset = offer.keyset,
                                .stretching = offer.stretching,
                                .record = ledger::RecordHash::from(crypto::sha256(record))};
        statement.opening = ledger::hash_opening(*offer.opening);
        return statement;
    }

    base::Randomness& randomness_;
    opaque::RegistrationStart start_;
};

// One login: ke1(), then finish() with the server's offer.
class LoginClient {
public:
    // The client id that the server knows; also the origin.
    static constexpr std::string_view name = "cli";

    explicit LoginClient(base::Randomness& randomness)
        : start_(opaque::start_login(password().expose(), randomness)) {}

    base::ByteView ke1() const { return start_.ke1.view(); }

    service::LoginFinish finish(service::LoginOffer const& offer) const {
        auto const ke2 = opaque::Ke2::parse(offer.ke2);
        CHECK(ke2.has_value());
        auto const finished =
            opaque::finish_login(start_, password().expose(), *ke2, {.stretch = unstretched});
        CHECK(finished.has_value());
        auto const opened = opaque::open_login_parameters(offer.sealed_parameters, finished->session_key,
                                                          base::to_buffer(ke1()), offer.ke2);
        CHECK(opened.has_value());
        auto const parameters = ledger::decode<service::LoginParameters>(opened->expose());
        CHECK(parameters.has_value());
        auto const generation = static_cast<std::uint32_t>(parameters->generation.number());
        auto const key =
            opaque::derive_password_key(finished->export_key, offer.network, parameters->label, generation);
        auto statement = ledger::encode(statement_of(*parameters, offer.network));
        auto const signature = key.sign(credential::statement_digest(ledger::login_domain, statement));
        return {.id = offer.id,
                .ke3 = base::to_buffer(finished->ke3.view()),
                .statement = std::move(statement),
                .evidence = base::to_buffer(signature)};
    }

private:
    static ledger::LoginStatement statement_of(service::LoginParameters const& parameters,
                                               ledger::NetworkId const& network) {
        return {.asks = {.network = network,
                         .label = parameters.label,
                         .version = parameters.version,
                         .previous = parameters.head,
                         .not_after = parameters.time + std::chrono::seconds{60}},
                .challenge = parameters.challenge,
                .client = std::string(name),
                .origin = std::string(name),
                .credential = parameters.credential,
                .generation = parameters.generation,
                .checkpoint = parameters.checkpoint,
                .request = std::nullopt};
    }

    opaque::LoginStart start_;
};

} // namespace bulla::cli
