// Login with a password, the server's side: two requests around the client's OPAQUE (docs/formats/login.md).
//
// begin() counts the guess, evaluates, and answers known and unknown names alike; finish() takes the waiting
// state, checks KE3, the login statement and its evidence, and begins a session. Writes nothing to the
// ledger.
#pragma once

#include "ledger/login_statement.hpp"
#include "opaque/login_parameters.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/pending.hpp"
#include "service/tokens.hpp"
#include "service/username.hpp"

namespace bulla::service {

struct LoginRequest {
    std::string username; // as typed
    base::ByteBuffer ke1;
    std::string client;   // client id the token is for
    std::string origin;
    AddressPrefix prefix;
};

struct LoginOffer {
    PendingId id;
    base::ByteBuffer ke2;
    ledger::NetworkId network;
    ledger::Stretching stretching;
    base::ByteBuffer sealed_parameters; // 528 bytes; opens with the session key to LoginParameters
};

// The sealed parameters: what the client signs and may keep. CBOR, at most 510 bytes.
struct LoginParameters {
    ledger::Label label;
    ledger::AccountVersion version;
    ledger::LeafHash head;
    ledger::CredentialId credential;
    ledger::AccountVersion generation;
    ledger::LoginChallenge challenge;
    ledger::CheckpointReference checkpoint;
    base::Timestamp time; // the server's clock
    crypto::VrfProof vrf_proof;
    // The newest keyset, for a password of an older one: it is to be registered again under it.
    std::optional<std::uint32_t> moves_to = {};

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.label);
        visitor.field(1, self.version);
        visitor.field(2, self.head);
        visitor.field(3, self.credential);
        visitor.field(4, self.generation);
        visitor.field(5, self.challenge);
        visitor.field(6, self.checkpoint);
        visitor.field(7, self.time);
        visitor.field(8, self.vrf_proof);
        visitor.optional(9, self.moves_to);
    }
};

struct LoginFinish {
    PendingId id;
    base::ByteBuffer ke3;
    base::ByteBuffer statement;
    base::ByteBuffer evidence;
};

class Login {
public:
    Login(Ground& ground, Tokens& tokens);

    Served<LoginOffer> begin(LoginRequest const& request);
    Served<IssuedToken> finish(LoginFinish const& made);

private:
    Served<IssuedToken> complete(LoginFinish const& made);

    struct Pending {
        std::string username; // normalised
        ledger::Label label;
        std::string client;
        std::string origin;
        ledger::LoginChallenge challenge;
        Secret<64> expected_client_mac;
        GuessTicket ticket;
    };
    struct Known;
    std::optional<Known> find_nearest(ledger::Label const& label) const;
    static std::uint32_t keyset_for(std::optional<Known> const& nearest);
    std::optional<Known> find_known(ledger::Label const& label) const;
    base::ByteBuffer encode_parameters(std::optional<Known> const& known,
                                       ledger::LoginChallenge const& challenge) const;

    Ground& ground_;
    Tokens& tokens_;
    opaque::OpaqueRecord fake_record_;
    PendingTable<Pending> pending_;
};

} // namespace bulla::service
