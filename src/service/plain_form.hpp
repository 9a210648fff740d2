// The plain form: registration and login where the client runs inside the server, for scripts.
//
// The same protocol, calls, limits and counters as over /v1. The password is in memory once and wiped.
// All of it runs on a bounded pool, for the sake of Argon2id; when that is full the answer is `busy`, and
// nothing was evaluated or counted.
#pragma once

#include "net/worker_pool.hpp"
#include "service/client_walk.hpp"

namespace bulla::service {

class PlainForm {
public:
    PlainForm(Ground& ground, Registration& registration, Login& login, net::WorkerPool& pool);

    boost::asio::awaitable<Served<Registered>> register_account(std::string username, SecretBytes password,
                                                                AddressPrefix prefix);
    boost::asio::awaitable<Served<IssuedToken>> login(std::string username, SecretBytes password,
                                                      AddressPrefix prefix);

private:
    Ground& ground_;
    Registration& registration_;
    Login& login_;
    net::WorkerPool& pool_;
    NetworkKeys network_keys_;
};

} // namespace bulla::service
