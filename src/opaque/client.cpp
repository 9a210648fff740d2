#include "opaque/client.hpp"

namespace bulla::opaque {
namespace {

using base::as_bytes;
using Refusal = std::unexpected<ClientFault>;

// RFC 9807 §6.3.2.1 and §4.1.2: rp = Extract("", y ‖ Stretch(y)), 64 bytes.
Result<Secret<64>, ClientFault> randomized_password(base::ByteView password, crypto::Scalar const& blind,
                                                    crypto::Element const& evaluated,
                                                    Stretch const& stretch) {
    auto const output = crypto::finalize(password, blind, evaluated);
    auto const stretched = stretch(output.expose());
    if (!stretched)
        return Refusal{ClientFault::no_memory};
    return crypto::hkdf_extract({}, {output.expose(), stretched->expose()});
}

// What the envelope's nonce opens (RFC 9807 §4.1.2, §4.1.3).
struct EnvelopeKeys {
    Secret<64> auth_key;
    Secret<64> export_key;
    crypto::OprfKeyPair client_keys;
};

EnvelopeKeys derive_envelope_keys(Secret<64> const& rp, base::ByteView envelope_nonce) {
    auto const seed = crypto::hkdf_expand<32>(rp.expose(), {envelope_nonce, as_bytes("PrivateKey")});
    return {.auth_key = crypto::hkdf_expand<64>(rp.expose(), {envelope_nonce, as_bytes("AuthKey")}),
            .export_key = crypto::hkdf_expand<64>(rp.expose(), {envelope_nonce, as_bytes("ExportKey")}),
            .client_keys = derive_diffie_hellman_key_pair(seed.expose())};
}

Secret<64> make_auth_tag(EnvelopeKeys const& keys, base::ByteView envelope_nonce,
                         crypto::Element const& server_public_key, Surroundings const& surroundings) {
    auto const or_key = [](base::ByteBuffer const& identity, crypto::Element const& key) {
        return length_prefixed(identity.empty() ? key.view() : base::ByteView(identity));
    };
    return crypto::hmac_sha512(keys.auth_key.expose(),
                               {envelope_nonce, server_public_key.view(),
                                or_key(surroundings.server_identity, server_public_key),
                                or_key(surroundings.client_identity, keys.client_keys.public_key)});
}

// RFC 9807 §6.3.2.3: RecoverCredentials.
struct Recovered {
    EnvelopeKeys keys;
    crypto::Element server_public_key;
};
Result<Recovered, ClientFault> recover(Secret<64> const& rp, Ke2 const& ke2,
                                       Surroundings const& surroundings) {
    auto const masking_key = crypto::hkdf_expand<64>(rp.expose(), {as_bytes("MaskingKey")});
    auto response = credential_response_pad(masking_key.expose(), ke2.masking_nonce());
    for (std::size_t index = 0; index < response.size(); ++index)
        response.writable()[index] ^= ke2.masked_response()[index];
    auto const server_public_key = crypto::Element::parse(response.expose().first(32));
    if (!server_public_key)
        return Refusal{ClientFault::refused};
    auto const envelope_nonce = response.expose().subspan(32, 32);
    auto const auth_tag = response.expose().subspan(64);
    auto keys = derive_envelope_keys(rp, envelope_nonce);
    auto const expected = make_auth_tag(keys, envelope_nonce, *server_public_key, surroundings);
    if (!base::same_secret(auth_tag, expected.expose()))
        return Refusal{ClientFault::refused};
    return Recovered{.keys = std::move(keys), .server_public_key = *server_public_key};
}

Secret<32> draw32(base::Randomness& randomness) {
    return Secret<32>::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
}

} // namespace

RegistrationStart start_registration(base::ByteView password, crypto::Scalar blind) {
    auto blinded = crypto::blind(password, std::move(blind));
    return {.blind = std::move(blinded.blind), .request = RegistrationRequest(blinded.blinded_element)};
}

RegistrationStart start_registration(base::ByteView password, base::Randomness& randomness) {
    return start_registration(password, crypto::Scalar::generate(randomness));
}

Result<RegistrationFinish, ClientFault> finish_registration(RegistrationStart const& start,
                                                            base::ByteView password,
                                                            RegistrationResponse const& response,
                                                            RegistrationSetting const& setting) {
    auto const rp =
        TRY(randomized_password(password, start.blind, response.evaluated_message(), setting.stretch));
    auto const envelope_nonce = draw32(setting.randomness);
    auto const masking_key = crypto::hkdf_expand<64>(rp.expose(), {as_bytes("MaskingKey")});
    auto keys = derive_envelope_keys(rp, envelope_nonce.expose());
    auto const auth_tag =
        make_auth_tag(keys, envelope_nonce.expose(), response.server_public_key(), setting.surroundings);
    auto const record =
        OpaqueRecord::parse(base::concat(keys.client_keys.public_key.view(), masking_key.expose(),
                                         envelope_nonce.expose(), auth_tag.expose()));
    CHECK(record.has_value());
    return RegistrationFinish{.record = *record,
                              .export_key = std::move(keys.export_key),
                              .server_public_key = response.server_public_key()};
}

ClientDraws ClientDraws::draw(base::Randomness& randomness) {
    return {.blind = crypto::Scalar::generate(randomness),
            .client_nonce = draw32(randomness),
            .keyshare_seed = draw32(randomness)};
}

LoginStart start_login(base::ByteView password, ClientDraws draws) {
    auto blinded = crypto::blind(password, std::move(draws.blind));
    auto keyshare = derive_diffie_hellman_key_pair(draws.keyshare_seed.expose());
    auto const ke1 = Ke1::parse(base::concat(blinded.blinded_element.view(), draws.client_nonce.expose(),
                                             keyshare.public_key.view()));
    CHECK(ke1.has_value());
    return {.blind = std::move(blinded.blind),
            .keyshare_private_key = std::move(keyshare.private_key),
            .ke1 = *ke1};
}

LoginStart start_login(base::ByteView password, base::Randomness& randomness) {
    return start_login(password, ClientDraws::draw(randomness));
}

Result<LoginFinish, ClientFault> finish_login(LoginStart const& start, base::ByteView password,
                                              Ke2 const& ke2, LoginSetting const& setting) {
    auto const rp = TRY(randomized_password(password, start.blind, ke2.evaluated_message(), setting.stretch));
    auto recovered = TRY(recover(rp, ke2, setting.surroundings));
    auto const& client_keys = recovered.keys.client_keys;

    // RFC 9807 §6.4.3, AuthClientFinalize
    PublicKeys const keys{.client = client_keys.public_key.view(),
                          .server = recovered.server_public_key.view()};
    auto const preamble = make_preamble(setting.surroundings, keys, start.ke1.view(), ke2.before_mac());
    auto session_keys = derive_session_keys(
        {crypto::diffie_hellman(start.keyshare_private_key, ke2.server_public_keyshare()).expose(),
         crypto::diffie_hellman(start.keyshare_private_key, recovered.server_public_key).expose(),
         crypto::diffie_hellman(client_keys.private_key, ke2.server_public_keyshare()).expose()},
        preamble);
    auto const macs = make_macs(session_keys, preamble);
    if (!base::same_secret(ke2.server_mac(), macs.server_mac.expose()))
        return Refusal{ClientFault::refused};
    auto const ke3 = Ke3::parse(macs.client_mac.expose());
    CHECK(ke3.has_value());
    return LoginFinish{.ke3 = *ke3,
                       .session_key = std::move(session_keys.session_key),
                       .export_key = std::move(recovered.keys.export_key),
                       .server_public_key = recovered.server_public_key};
}

} // namespace bulla::opaque
