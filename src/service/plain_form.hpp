// The plain form: registration and login where the client runs inside the server, for scripts.
//
// The same protocol, calls, limits and counters as over /v1. The password is in memory once and wiped.
// All of it runs on a bounded pool, for the sake of Argon2id; when that is full the answer is `busy`, and
// nothing was evaluated or counted.
#pragma once

#include "net/worker_pool.hpp"
#include "service/accounts.hpp"
#include "service/client_walk.hpp"

namespace bulla::service {

class PlainForm {
public:
    struct Parts {
        Registration& registration;
        Login& login;
        Tokens& tokens;
        Accounts& accounts;
        net::WorkerPool& argon2_pool;
    };
    PlainForm(Ground& ground, Parts const& parts); // all outlive the form

    boost::asio::awaitable<Served<Registered>> register_account(std::string username, SecretBytes password,
                                                                AddressPrefix prefix);
    boost::asio::awaitable<Served<IssuedToken>> login(std::string username, SecretBytes password,
                                                      AddressPrefix prefix);

private:
    struct SignedIn {
        IssuedToken token;
        LoginParameters parameters;
        crypto::Ed25519KeyPair password_key;
    };
    // `password` is prepared.
    boost::asio::awaitable<Served<SignedIn>> sign_in(std::string username, SecretBytes password,
                                                     AddressPrefix prefix);
    // A password of an older keyset under the newest one, and a session of that; nothing: it stays as it is.
    boost::asio::awaitable<std::optional<IssuedToken>> move_password(SignedIn present, std::string username,
                                                                     SecretBytes password,
                                                                     AddressPrefix prefix);
    NetworkKeys network_keys() const;

    Ground& ground_;
    Parts parts_;
};

} // namespace bulla::service
