// Brings a node of a network the records that it lacks: it was away when they were brought. Until then it
// answers no password login at all, for known and unknown names alike.
#pragma once

#include "service/peers.hpp"

namespace bulla::service {

class RecordMender {
public:
    // All outlive the mender.
    RecordMender(Ground const& ground, Peers& peers, sequencer::LackingRecords& lacking,
                 net::WorkerPool& disk)
        : ground_(ground), peers_(peers), lacking_(lacking), disk_(disk) {}

    // Reads every account: to be called at start, before anything is served.
    store::Stored<void> find_lacking();
    // Asks the other nodes for each record that lacks.
    boost::asio::awaitable<void> mend();
    // What was kept for entries that can come no more leaves the disk.
    store::Stored<std::size_t> drop_old();

private:
    boost::asio::awaitable<void> mend_one(ledger::Label label);
    store::Stored<bool> is_whole(ledger::Label const& label);

    Ground const& ground_;
    Peers& peers_;
    sequencer::LackingRecords& lacking_;
    net::WorkerPool& disk_;
};

} // namespace bulla::service
