// Settles the token signing keys each minute: a key grown old is followed by a new one, and what a failure
// left undone is done. A failure is logged and tried again; soon, until it went well once.
#pragma once

#include "net/thread.hpp"
#include "service/signing_keys.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/logger.h>

#include <atomic>

namespace bulla::cli {

class KeyKeeper {
public:
    // All outlive the keeper; the context runs until after it.
    KeyKeeper(service::SigningKeys& keys, boost::asio::io_context& context,
              std::shared_ptr<spdlog::logger> log);

    // Settles once, now.
    Result<void, service::SigningKeyFault> settle();

private:
    void run(std::stop_token const& stop);

    service::SigningKeys& keys_;
    boost::asio::io_context& context_;
    std::shared_ptr<spdlog::logger> log_;
    base::Mutex mutex_;
    base::Condition wake_;
    std::atomic<bool> is_settled_ = false;
    net::Thread thread_; // last
};

} // namespace bulla::cli
