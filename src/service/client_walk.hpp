// The client's walk through registration, login and password change: what a page, the command line and the
// plain form all do with a password. It trusts the server with nothing but its published keys.
//
// The password is OpaqueString-prepared UTF-8. The slow step (Argon2id) is in finish_*(): run it on a worker
// pool.
#pragma once

#include "opaque/client.hpp"
#include "service/login.hpp"
#include "service/recovery.hpp"
#include "service/registration.hpp"

namespace bulla::service {

enum class WalkFault : std::uint8_t {
    wrong_password,     // or wrong name, or wrong server: one answer
    wrong_server_key,   // the server's OPAQUE key is not the network's
    wrong_label,        // the VRF proof does not show that the label is the name's
    weak_stretching,    // parameters below the least
    no_memory,          // Argon2id had no memory: try again
    malformed,          // the server's answer
};

// The network's published keys: what a client compares with.
struct NetworkKeys {
    ledger::NetworkId network;
    crypto::Element opaque_public_key; // of the first keyset, which never changes
    crypto::VrfPublicKey vrf_public_key;
    std::vector<crypto::Element> later_opaque_keys = {}; // of the others, oldest first
    bool have(crypto::Element const& opaque_key) const;
};

class NewPasswordWalk {
public:
    static NewPasswordWalk start(SecretBytes password, base::Randomness& randomness);
    base::ByteBuffer request() const; // RegistrationRequest

    struct Made {
        NewPassword new_password;
        crypto::Ed25519KeyPair password_key;
        ledger::CredentialId credential;
    };
    // A registration: checks server key, label proof and parameters, makes record, statement and evidence.
    Result<Made, WalkFault> finish_registration(PasswordOffer const& offer, NetworkKeys const& network,
                                                std::string_view username, base::Randomness& randomness) &&;
    // A change: the statement is signed by the present credential first.
    struct Present {
        ledger::CredentialId credential;
        crypto::Ed25519KeyPair const& key;
    };
    Result<Made, WalkFault> finish_change(PasswordOffer const& offer, NetworkKeys const& network,
                                          Present const& present, base::Randomness& randomness) &&;
    // An account's first password. The evidence lacks the first of the two, by the credential that allows it.
    Result<Made, WalkFault> finish_addition(PasswordOffer const& offer, NetworkKeys const& network,
                                            base::Randomness& randomness) &&;
    // A recovery: the begin statement is signed by the recovery key, if by one, and the new password's, the
    // finish statement by the new one's alone, to be sent when the delay is over.
    struct Recovering {
        std::string_view username;
        crypto::Ed25519KeyPair const* recovery_key = nullptr; // none: by operators
    };
    struct MadeRecovery {
        NewRecovery begin;
        RecoveryEnd end;
        ledger::CredentialId credential; // the new one
    };
    Result<MadeRecovery, WalkFault> finish_recovery(RecoveryOffer const& offer, NetworkKeys const& network,
                                                    Recovering const& recovering,
                                                    base::Randomness& randomness) &&;

private:
    NewPasswordWalk(SecretBytes password, opaque::RegistrationStart start)
        : password_(std::move(password)), start_(std::move(start)) {}
    SecretBytes password_;
    opaque::RegistrationStart start_;
};

class LoginWalk {
public:
    static LoginWalk start(SecretBytes password, base::Randomness& randomness);
    base::ByteBuffer request() const; // KE1

    struct Made {
        LoginFinish finish;
        LoginParameters parameters;
        crypto::Ed25519KeyPair password_key;
    };
    Result<Made, WalkFault> finish(LoginOffer const& offer, NetworkKeys const& network,
                                   std::string_view client, std::string_view origin) &&;

private:
    LoginWalk(SecretBytes password, opaque::LoginStart start)
        : password_(std::move(password)), start_(std::move(start)) {}
    SecretBytes password_;
    opaque::LoginStart start_;
};

// Fields 1 to 5 of a statement about the own account, for the entry that comes next.
ledger::AccountPart next_entry(LoginParameters const& parameters, ledger::NetworkId const& network);

// How long after its delay a recovery can be finished with the statement made at its begin.
inline constexpr std::chrono::milliseconds recovery_finish_validity = std::chrono::hours{24 * 30};

// One credential's evidence over a statement.
ledger::Evidence make_evidence(ledger::EntryKind kind, base::ByteView statement,
                               ledger::CredentialId const& credential, crypto::Ed25519KeyPair const& key);

} // namespace bulla::service
