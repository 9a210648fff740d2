// Login with a key of the account: a passkey, an SSH key or a device key (docs/formats/login.md).
//
// begin() gives out a challenge; finish() finds account and credential by what the client brings, checks the
// login statement and its evidence by the verifier that also checks entries, and begins a session. Nothing
// is evaluated and no name closes: a signature cannot be guessed. Every failure of finish() is the same
// outside, and costs the same: where no account or credential is found, a decoy is verified.
#pragma once

#include "ledger/login_statement.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/pending.hpp"
#include "service/sign_counters.hpp"
#include "service/tokens.hpp"

namespace bulla::service {

struct KeyLoginRequest {
    std::string client;
    std::string origin;
    std::optional<std::string> username; // as typed; none: the authenticator knows whose passkey it is
    AddressPrefix prefix;
};

struct KeyLoginOffer {
    PendingId id;
    ledger::LoginChallenge challenge;
    ledger::NetworkId network;
    std::string checkpoint;
    base::Timestamp time; // of the server; not_after is at most login_validity_max later
    // For allowCredentials: the account's WebAuthn ids, or made up ones that are always the same for a name.
    std::vector<base::ByteBuffer> passkeys;
};

struct KeyLoginFinish {
    PendingId id;
    base::ByteBuffer statement;
    std::vector<base::ByteBuffer> evidence; // the parts after the credential id
    std::optional<ledger::AccountId> account; // the user handle of a passkey
    std::optional<std::string> username; // the one or the other
    std::optional<base::ByteBuffer> passkey; // WebAuthn id
    std::optional<ledger::CredentialId> credential;
    std::optional<base::ByteBuffer> public_key; // of an SSH or device key; all that are there must fit
};

class KeyLogin {
public:
    KeyLogin(Ground& ground, Tokens& tokens);

    Served<KeyLoginOffer> begin(KeyLoginRequest const& request);
    Served<IssuedToken> finish(KeyLoginFinish const& made);

private:
    struct Pending {
        std::optional<ledger::Label> label; // of the name that was typed
        std::string client;
        std::string origin;
        ledger::LoginChallenge challenge;
    };
    struct Asked;
    struct Signer;
    Served<IssuedToken> complete(KeyLoginFinish const& made);
    std::vector<base::ByteBuffer> passkeys_of(ledger::Label const& label) const;
    Asked find_asked(Pending const& pending, KeyLoginFinish const& made) const;
    // Whose login it is, or a decoy.
    Signer find_signer(Pending const& pending, KeyLoginFinish const& made) const;
    Served<credential::EvidenceCheck> check_statement(Pending const& pending, KeyLoginFinish const& made,
                                                      Signer const& signer) const;

    Ground& ground_;
    Tokens& tokens_;
    PendingTable<Pending> pending_;
    SignCounters counters_;
    Secret<64> unknown_names_; // made up WebAuthn ids come from it: alike on every node of a network
};

// The pairs a login may be for: the command line's own, and a page of one of the network's origins.
bool is_known_client(ledger::PolicyRow const& policy, std::string_view client, std::string_view origin);

} // namespace bulla::service
