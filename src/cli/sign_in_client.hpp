// A person's account at a server, from the command line: the client's walk over HTTP. The password stays
// here.
#pragma once

#include "cli/api_client.hpp"
#include "cli/offers.hpp"

#include <functional>

namespace bulla::cli {

enum class NetworkTrust : std::uint8_t {
    as_seen_before, // refuse a server whose network is not the one seen first
    take_new,
};

class SignInClient {
public:
    // Asks the server for its network's keys, and compares them with those seen before.
    static Answered<SignInClient> connect(std::string const& server, ApiClient api, NetworkTrust trust);

    // The server's answer: {account_id, username, receipt}.
    Answered<boost::json::object> register_account(std::string const& name, SecretBytes password);

    // What a login proves and gives; the requests after it carry the token.
    struct LoggedIn {
        boost::json::object token; // the server's answer
        service::LoginParameters parameters;
        crypto::Ed25519KeyPair password_key;
    };
    Answered<LoggedIn> login(std::string const& name, SecretBytes password);

    // With an SSH key of the account; `sign` makes the evidence over a digest, or says why not.
    using SshSign = std::function<Result<base::ByteBuffer, std::string>(credential::StatementDigest const&)>;
    struct LoggedInByKey {
        boost::json::object token;
        base::Timestamp time; // of the server
    };
    Answered<LoggedInByKey> login_by_key(std::string const& name, credential::PublicKey const& public_key,
                                         SshSign const& sign);

    // The receipt. `present` is a login just made.
    Answered<boost::json::object> change_password(LoggedIn const& present, SecretBytes password);
    Answered<boost::json::object> erase_account(LoggedIn const& present);

    // A first password, for the account that is signed in; `authorise` makes another credential's evidence
    // over the statement. The receipt.
    using Authorise =
        std::function<Result<ledger::Evidence, std::string>(ledger::EntryKind, base::ByteView statement)>;
    Answered<boost::json::object> add_password(SecretBytes password, Authorise const& authorise);

    // The account's next entry, as the server tells its place. Who signs it says so to the account's ledger:
    // for a wrong place it is refused there.
    Answered<ledger::AccountPart> next_entry(base::Timestamp time) const;
    // The receipt.
    Answered<boost::json::object> submit(std::string_view kind, base::ByteView statement,
                                         std::vector<ledger::Evidence> const& evidence) const;

    ledger::PasswordPolicy passwords() const { return passwords_; }
    ApiClient const& api() const { return api_; }
    service::NetworkKeys const& keys() const { return keys_; }

private:
    SignInClient(ApiClient api, service::NetworkKeys keys, ledger::PasswordPolicy passwords)
        : api_(std::move(api)), keys_(std::move(keys)), passwords_(passwords) {}

    ApiClient api_;
    service::NetworkKeys keys_;
    ledger::PasswordPolicy passwords_;
};

ApiFault to_fault(service::WalkFault fault);

// As the network normalises it. A name in a script beside ASCII is taken as typed: which one the network
// allows is not known here, and another name's proofs are refused anyway.
std::string normalise_name(std::string const& typed);

} // namespace bulla::cli
