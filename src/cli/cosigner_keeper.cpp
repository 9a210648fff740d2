#include "cli/cosigner_keeper.hpp"

namespace bulla::cli {
namespace {

constexpr std::chrono::milliseconds renewal{5'000}; // DESIGN §7

} // namespace

CosignerKeeper::CosignerKeeper(service::Peers& peers, sequencer::HeadFeed const& heads,
                               boost::asio::io_context& context)
    : peers_(peers), heads_(heads), context_(context),
      thread_("cosigner", [this](std::stop_token const& stop) { run(stop); }) {}

// A head that is published again with cosignatures has the size that was told already.
void CosignerKeeper::run(std::stop_token const& stop) {
    std::optional<ledger::TreeSize> told;
    net::Stopwatch since;
    while (!stop.stop_requested()) {
        auto const generation = heads_.generation();
        auto const size = heads_.newest()->size;
        if (told != size || since.elapsed() >= renewal) {
            since = {};
            told = size;
            peers_.cosigning()->tell(context_.get_executor());
            peers_.tell_session_ends(context_.get_executor());
        }
        auto const left = renewal - std::chrono::duration_cast<std::chrono::milliseconds>(since.elapsed());
        heads_.await_change(generation, stop, std::max(left, std::chrono::milliseconds{1}));
    }
}

} // namespace bulla::cli
