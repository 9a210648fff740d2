#include "cli/secret_keeper.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace bulla::cli {
namespace {

constexpr std::chrono::milliseconds wait_while_lacking{500};
constexpr std::chrono::minutes wait_max{10};

} // namespace

SecretKeeper::SecretKeeper(service::SecretExchange& secrets, sequencer::HeadFeed const& heads,
                           boost::asio::io_context& context, std::shared_ptr<spdlog::logger> log)
    : secrets_(secrets), heads_(heads), context_(context), log_(std::move(log)),
      thread_("secrets", [this](std::stop_token const& stop) { run(stop); }) {}

void SecretKeeper::run(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        auto const generation = heads_.generation();
        look();
        fetch();
        bool const is_done = lacking_.empty() && seen_;
        heads_.await_change(generation, stop, is_done ? wait_max : wait_while_lacking);
    }
}

// What is proposed stands in the log, and its row in the network's map: nothing new while that is as it was.
void SecretKeeper::look() {
    auto const root = heads_.newest()->network_map.root();
    if (seen_ == root)
        return;
    if (auto lacking = secrets_.find_lacking()) {
        lacking_ = *std::move(lacking);
        seen_ = root;
    }
}

void SecretKeeper::fetch() {
    std::erase_if(lacking_, [&](service::WantedSecret const& wanted) {
        auto const came =
            boost::asio::co_spawn(context_, secrets_.fetch(wanted), boost::asio::use_future).get();
        if (came)
            log_->info("a shared secret came from another node: {}", service::file_of(wanted.name));
        return came;
    });
}

} // namespace bulla::cli
