// The node of the simulator: the real store, guard, chain and block maker on a faulty disk, on one thread.
//
// open() is a start; compare() holds what is there against what the oracle remembers. What is wrong is said
// in words. Entries are real, passwords are numbers: the record of a password is bytes made of its number.
#pragma once

#include "simulator/oracle.hpp"
#include "store/live_database.hpp"
#include "store/rocks_ledger.hpp"
#include "support/faulty_disk.hpp"
#include "support/sequencer_world.hpp"

namespace bulla::test {

using Wrong = std::optional<std::string>; // nothing: all is as it must be

struct NodePlaces {
    std::filesystem::path root;
    std::filesystem::path data() const { return root / "data"; }
    std::filesystem::path ledger() const { return data() / "ledger"; }
    std::filesystem::path live() const { return data() / "live"; }
    std::filesystem::path guard() const { return data() / "guard"; }
    std::filesystem::path copy() const { return data() / "copy"; }
    std::filesystem::path attic() const { return root / "attic"; }
};

enum class OpenEnd : std::uint8_t { open, refused, behind_guard };

class Node {
public:
    Node(NodePlaces places, std::shared_ptr<FaultyDisk> disk, Oracle& oracle);

    void found();
    // refused: reason() says why.
    OpenEnd open(std::filesystem::path const& ledger_directory);
    std::string const& reason() const { return reason_; }
    void close();

    // All of it: log, roots, accounts, records, sessions, counters. From then on what is there is what the
    // oracle remembers as acknowledged.
    Wrong compare();
    // No file of the ledger holds a record that was erased or replaced.
    Wrong find_erased_records() const;

    TestNetwork const& network() const { return network_; }
    NodePlaces const& places() const { return places_; }
    store::LedgerDatabase& ledger() { return *ledger_; }
    store::LiveDatabase& live() { return *live_; }
    sequencer::Chain& chain() { return *chain_; }

    static store::SideRow side_row(std::size_t account, std::uint16_t password);
    static base::ByteBuffer counter_key(std::size_t account);
    static store::SessionId session_id(std::size_t session);

private:
    OpenEnd refuse(std::string reason);
    void look_before_opening(std::filesystem::path const& ledger_directory) const;
    Wrong compare_log();
    Wrong compare_account(std::size_t number);
    Wrong compare_live();
    Wrong compare_session(std::size_t number);
    Wrong compare_counter(std::size_t number);

    NodePlaces places_;
    std::shared_ptr<FaultyDisk> disk_;
    Oracle& oracle_;
    TestNetwork network_;
    std::string reason_;
    std::unique_ptr<store::LedgerDatabase> ledger_;
    std::unique_ptr<store::LiveDatabase> live_;
    std::optional<sequencer::Chain> chain_;
};

} // namespace bulla::test
