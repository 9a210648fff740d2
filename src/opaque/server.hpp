// The server's side of OPAQUE (RFC 9807 §5.2, §6.3.2, §6.4.4). It takes an account's OPRF key, never a seed.
//
// An unknown name runs start_login() with a fake record (opaque/fake_record.hpp) and the key of its label:
// nothing in KE2 tells it apart. The caller keeps expected_client_mac under a single-use id and consumes it
// either way.
#pragma once

#include "opaque/key_schedule.hpp"

namespace bulla::opaque {

struct ServerKeys {
    crypto::Scalar private_key;
    crypto::Element public_key;
};
ServerKeys make_server_keys(Secret<32> const& seed);

RegistrationResponse create_registration_response(RegistrationRequest const& request,
                                                  crypto::Scalar const& oprf_key,
                                                  crypto::Element const& server_public_key);

struct LoginStarted {
    Ke2 ke2;
    Secret<64> expected_client_mac;
    Secret<64> session_key;
};

// What the server draws for one login; 32 bytes each.
struct ServerDraws {
    Secret<32> masking_nonce;
    Secret<32> server_nonce;
    Secret<32> keyshare_seed;
    static ServerDraws draw(base::Randomness& randomness);
};

// Whose login it is; loans for the call.
struct Account {
    OpaqueRecord const& record;
    crypto::Scalar const& oprf_key;
    Surroundings surroundings = {};
};

LoginStarted start_login(Ke1 const& ke1, Account const& account, ServerKeys const& server_keys,
                         base::Randomness& randomness);
LoginStarted start_login(Ke1 const& ke1, Account const& account, ServerKeys const& server_keys,
                         ServerDraws const& draws);

// In constant time.
bool finish_login(Ke3 const& ke3, Secret<64> const& expected_client_mac);

} // namespace bulla::opaque
