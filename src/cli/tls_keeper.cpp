#include "cli/tls_keeper.hpp"

#include "cli/start_messages.hpp"

namespace bulla::cli {
namespace {

constexpr std::chrono::seconds interval{2};

} // namespace

TlsKeeper::TlsKeeper(net::TlsCertificate& certificate, std::shared_ptr<spdlog::logger> log)
    : certificate_(certificate), log_(std::move(log)),
      thread_("tls", [this](std::stop_token const& stop) { run(stop); }) {}

void TlsKeeper::run(std::stop_token const& stop) {
    while (true) {
        {
            base::Lock const lock(mutex_);
            wake_.wait_for(mutex_, stop, interval, [] { return false; });
        }
        if (stop.stop_requested())
            return;
        look();
    }
}

void TlsKeeper::look() {
    auto const reloaded = certificate_.reload_if_changed();
    auto const fault = reloaded ? std::string() : describe(reloaded.error());
    if (reloaded && *reloaded)
        log_->info("the certificate was loaded again");
    if (!fault.empty() && fault != last_fault_)
        log_->warn("the certificate before stays in force: {}", fault);
    last_fault_ = fault;
}

} // namespace bulla::cli
