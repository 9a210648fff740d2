// The statement of a login: signed by a credential, checked by the server, never an entry.
//
// It names the account's present version and head, the server's single-use challenge, the client and request
// it is for, and the checkpoint it was made against. Domain: "bulla/login/v1".
//
// A login without a typed name leaves out what says whose it is: label, version, previous, credential and
// generation. Whoever checks it has found account and credential elsewhere; the two forms are never taken for
// each other, since one has fields that the other lacks.
#pragma once

#include "ledger/statement.hpp"

namespace bulla::ledger {

using LoginChallenge = base::Bytes<struct LoginChallengeMeaning, 32>;
using RequestHash = base::Bytes<struct RequestHashMeaning, 32>;

struct CheckpointReference {
    TreeSize size;
    merkle::LogRoot root;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.size);
        visitor.field(1, self.root);
    }
    friend bool operator==(CheckpointReference const&, CheckpointReference const&) = default;
};

struct LoginStatement {
    AccountPart asks;
    LoginChallenge challenge;
    std::string client; // client id; "plain-form" and "cli" are the server's own
    std::string origin; // scheme, host and port of the page; "cli" or "plain-form" without one
    CredentialId credential;
    std::optional<AccountVersion> generation; // of a password
    CheckpointReference checkpoint;
    std::optional<RequestHash> request; // SHA-256 of an OpenID authorization request's parameters

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, login_purpose);
        AccountPart::fields(visitor, self.asks);
        visitor.field(6, self.challenge);
        visitor.field(7, self.client);
        visitor.field(8, self.origin);
        visitor.field(9, self.credential);
        visitor.optional(10, self.generation);
        visitor.field(11, self.checkpoint);
        visitor.optional(12, self.request);
    }
    friend bool operator==(LoginStatement const&, LoginStatement const&) = default;
};

// What a client signs that does not know the account: a passkey found by its authenticator, an SSH key.
struct NamelessLogin {
    NetworkId network;
    base::Timestamp not_after;
    LoginChallenge challenge;
    std::string client;
    std::string origin;
    CheckpointReference checkpoint;
    std::optional<RequestHash> request;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, login_purpose);
        visitor.field(1, self.network);
        visitor.field(5, self.not_after);
        visitor.field(6, self.challenge);
        visitor.field(7, self.client);
        visitor.field(8, self.origin);
        visitor.field(11, self.checkpoint);
        visitor.optional(12, self.request);
    }
    friend bool operator==(NamelessLogin const&, NamelessLogin const&) = default;
};

inline constexpr std::string_view login_domain = "bulla/login/v1";

enum class LoginFault {
    malformed, // not a login statement
    wrong_network,
    expired, // not_after in the past, or more than login_validity_max ahead
    unexpected, // another challenge, client, origin or request than the server gave out
    stale, // another version or head than the account's
    not_active, // suspended, erased, or a credential that is not an active one of the account
    wrong_evidence,
};

inline constexpr std::chrono::milliseconds login_validity_max{120'000};

struct LoginExpectation {
    NetworkId network;
    Label label;
    LoginChallenge challenge;
    std::string_view client;
    std::string_view origin;
    base::Timestamp now;
    credential::RelyingParty relying_party; // of the policy in force
};

// Whose login it is.
struct KeyOfAccount {
    AccountRow const& account;
    CredentialId credential;
};

// Decodes and compares everything but the signature, which is the check that is handed back.
Result<credential::EvidenceCheck, LoginFault> check_login(base::ByteView statement,
                                                          std::span<base::ByteBuffer const> evidence,
                                                          LoginExpectation const& expected,
                                                          AccountRow const& account);

// The same for either form, where the caller has found the credential by other means: a nameless statement
// names none, and another one must name this one. Passwords sign the form with a name alone.
Result<credential::EvidenceCheck, LoginFault> check_key_login(base::ByteView statement,
                                                              std::span<base::ByteBuffer const> evidence,
                                                              LoginExpectation const& expected,
                                                              KeyOfAccount const& signer);

} // namespace bulla::ledger
