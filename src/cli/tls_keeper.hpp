// Looks every few seconds whether the files of the server's certificate have changed, and loads them again.
// New connections have the new certificate; those under way go on. A fault is logged once, and what was in
// force stays.
#pragma once

#include "net/thread.hpp"
#include "net/tls.hpp"

#include <spdlog/logger.h>

namespace bulla::cli {

class TlsKeeper {
public:
    // Both outlive the keeper.
    TlsKeeper(net::TlsCertificate& certificate, std::shared_ptr<spdlog::logger> log);

private:
    void run(std::stop_token const& stop);
    void look();

    net::TlsCertificate& certificate_;
    std::shared_ptr<spdlog::logger> log_;
    std::string last_fault_;
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
