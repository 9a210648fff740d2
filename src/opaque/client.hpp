// The client's side of OPAQUE (RFC 9807 §5.2, §6.3.2, §6.4.3): for the command line and the plain form.
//
// The password is OpaqueString-prepared UTF-8 and not empty. Key stretching is a parameter: Argon2id in life,
// the identity for the RFC's vectors. A wrong password, record or server is one fault.
#pragma once

#include "base/result.hpp"
#include "opaque/key_schedule.hpp"

#include <functional>

namespace bulla::opaque {

enum class ClientFault : std::uint8_t {
    refused, // wrong password, wrong record or wrong server
    no_memory, // key stretching had no memory
};

// 64 bytes to 64 bytes; nothing means no memory.
using Stretch = std::function<std::optional<Secret<64>>(base::ByteView)>;

struct RegistrationStart {
    crypto::Scalar blind;
    RegistrationRequest request;
};
RegistrationStart start_registration(base::ByteView password, crypto::Scalar blind);
RegistrationStart start_registration(base::ByteView password, base::Randomness& randomness);

struct RegistrationFinish {
    OpaqueRecord record;
    Secret<64> export_key;
    crypto::Element server_public_key; // to be compared with the network's published one
};
// What the client brings to the answer of the server.
struct RegistrationSetting {
    Stretch stretch;
    base::Randomness& randomness; // for the envelope
    Surroundings surroundings = {};
};
Result<RegistrationFinish, ClientFault> finish_registration(RegistrationStart const& start,
                                                            base::ByteView password,
                                                            RegistrationResponse const& response,
                                                            RegistrationSetting const& setting);

// What the client draws for one login.
struct ClientDraws {
    crypto::Scalar blind;
    Secret<32> client_nonce;
    Secret<32> keyshare_seed;
    static ClientDraws draw(base::Randomness& randomness);
};

struct LoginStart {
    crypto::Scalar blind;
    crypto::Scalar keyshare_private_key;
    Ke1 ke1;
};
LoginStart start_login(base::ByteView password, ClientDraws draws);
LoginStart start_login(base::ByteView password, base::Randomness& randomness);

struct LoginFinish {
    Ke3 ke3;
    Secret<64> session_key;
    Secret<64> export_key;
    crypto::Element server_public_key;
};
struct LoginSetting {
    Stretch stretch;
    Surroundings surroundings = {};
};
Result<LoginFinish, ClientFault> finish_login(LoginStart const& start, base::ByteView password,
                                              Ke2 const& ke2, LoginSetting const& setting);

} // namespace bulla::opaque
