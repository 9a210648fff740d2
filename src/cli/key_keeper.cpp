#include "cli/key_keeper.hpp"

#include "cli/start_messages.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace bulla::cli {
namespace {

constexpr std::chrono::minutes interval{1};
constexpr std::chrono::seconds interval_at_first{1};
// A network's node starts before its engine takes entries: the first tries may fail.
constexpr int quiet_tries = 10;

} // namespace

KeyKeeper::KeyKeeper(service::SigningKeys& keys, boost::asio::io_context& context,
                     std::shared_ptr<spdlog::logger> log)
    : keys_(keys), context_(context), log_(std::move(log)),
      thread_("keys", [this](std::stop_token const& stop) { run(stop); }) {}

Result<void, service::SigningKeyFault> KeyKeeper::settle() {
    auto settled = boost::asio::co_spawn(context_, keys_.settle(), boost::asio::use_future).get();
    is_settled_ = is_settled_ || settled.has_value();
    return settled;
}

void KeyKeeper::run(std::stop_token const& stop) {
    for (int tries = 0;; ++tries) {
        {
            base::Lock const lock(mutex_);
            auto const pause = is_settled_ ? interval : interval_at_first;
            wake_.wait_for(mutex_, stop, pause, [] { return false; });
        }
        if (stop.stop_requested())
            return;
        // A node that comes to its network has none until its ledger is there.
        auto const settled = settle();
        bool const is_told = is_settled_ || tries >= quiet_tries;
        if (!settled && is_told && settled.error().kind != service::SigningKeyFaultKind::not_listed)
            log_->warn("token signing keys: {}", describe(settled.error()));
    }
}

} // namespace bulla::cli
