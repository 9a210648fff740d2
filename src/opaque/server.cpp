#include "opaque/server.hpp"

namespace bulla::opaque {
namespace {

Secret<32> draw32(base::Randomness& randomness) {
    return Secret<32>::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
}

// RFC 9807 §6.3.2.2: CreateCredentialResponse, the masked part.
base::ByteBuffer mask_response(OpaqueRecord const& record, base::ByteView masking_nonce,
                               crypto::Element const& server_public_key) {
    auto const pad = credential_response_pad(record.masking_key(), masking_nonce);
    auto response = base::concat(server_public_key.view(), record.envelope());
    for (std::size_t index = 0; index < response.size(); ++index)
        response[index] ^= pad.expose()[index];
    return response;
}

} // namespace

ServerKeys make_server_keys(Secret<32> const& seed) {
    auto pair = derive_diffie_hellman_key_pair(seed.expose());
    return {.private_key = std::move(pair.private_key), .public_key = pair.public_key};
}

ServerDraws ServerDraws::draw(base::Randomness& randomness) {
    return {.masking_nonce = draw32(randomness),
            .server_nonce = draw32(randomness),
            .keyshare_seed = draw32(randomness)};
}

RegistrationResponse create_registration_response(RegistrationRequest const& request,
                                                  crypto::Scalar const& oprf_key,
                                                  crypto::Element const& server_public_key) {
    return {crypto::blind_evaluate(oprf_key, request.blinded_message()), server_public_key};
}

LoginStarted start_login(Ke1 const& ke1, Account const& account, ServerKeys const& server_keys,
                         ServerDraws const& draws) {
    // RFC 9807 §6.4.4, AuthServerRespond
    auto const evaluated = crypto::blind_evaluate(account.oprf_key, ke1.blinded_message());
    auto const keyshare = derive_diffie_hellman_key_pair(draws.keyshare_seed.expose());
    auto ke2 =
        base::concat(evaluated.view(), draws.masking_nonce.expose(),
                     mask_response(account.record, draws.masking_nonce.expose(), server_keys.public_key),
                     draws.server_nonce.expose(), keyshare.public_key.view());
    PublicKeys const keys{.client = account.record.client_public_key().view(),
                          .server = server_keys.public_key.view()};
    auto const preamble = make_preamble(account.surroundings, keys, ke1.view(), ke2);
    auto session_keys = derive_session_keys(
        {crypto::diffie_hellman(keyshare.private_key, ke1.client_public_keyshare()).expose(),
         crypto::diffie_hellman(server_keys.private_key, ke1.client_public_keyshare()).expose(),
         crypto::diffie_hellman(keyshare.private_key, account.record.client_public_key()).expose()},
        preamble);
    auto macs = make_macs(session_keys, preamble);
    base::append(ke2, macs.server_mac.expose());
    auto const message = Ke2::parse(ke2);
    CHECK(message.has_value());
    return {.ke2 = *message,
            .expected_client_mac = std::move(macs.client_mac),
            .session_key = std::move(session_keys.session_key)};
}

LoginStarted start_login(Ke1 const& ke1, Account const& account, ServerKeys const& server_keys,
                         base::Randomness& randomness) {
    return start_login(ke1, account, server_keys, ServerDraws::draw(randomness));
}

bool finish_login(Ke3 const& ke3, Secret<64> const& expected_client_mac) {
    return base::same_secret(ke3.view(), expected_client_mac.expose());
}

} // namespace bulla::opaque
