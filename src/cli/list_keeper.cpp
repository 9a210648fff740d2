#include "cli/list_keeper.hpp"

#include "ledger/node_list.hpp"

namespace bulla::cli {
namespace {

constexpr std::chrono::minutes wait_max{10};

} // namespace

ListKeeper::ListKeeper(sequencer::HeadFeed const& heads, ledger::NodeId own,
                       std::shared_ptr<spdlog::logger> log)
    : heads_(heads), own_(own), log_(std::move(log)),
      thread_("node-list", [this](std::stop_token const& stop) { run(stop); }) {}

void ListKeeper::run(std::stop_token const& stop) {
    auto nodes = heads_.newest()->nodes;
    while (!stop.stop_requested()) {
        auto const generation = heads_.generation();
        auto const newest = heads_.newest()->nodes;
        if (newest->number != nodes->number) {
            tell(*nodes, *newest);
            nodes = newest;
        }
        heads_.await_change(generation, stop, wait_max);
    }
}

void ListKeeper::tell(ledger::NodesRow const& before, ledger::NodesRow const& after) {
    log_->info("list {} of nodes: {} of them, {} must run", after.number, after.nodes.size(), after.quorum());
    auto const old_list = make_node_list(before);
    auto const list = make_node_list(after);
    auto const* const old_row = old_list.find(own_);
    auto const* const row = list.find(own_);
    if (row == nullptr && old_row != nullptr)
        log_->error(
            "this node is removed from the network: it answers no more logins. Stop it, and destroy its "
            "cosigner key");
    if (row != nullptr && old_row != nullptr && *row != *old_row)
        log_->warn(
            "the list names other keys or addresses of this node: start it again, so that it uses them");
    if (before.log_key != after.log_key || before.origin != after.origin)
        log_->warn("the log has another key or origin");
}

} // namespace bulla::cli
