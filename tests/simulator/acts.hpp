// What a running node of the simulator is asked to do. Each act tells the oracle before it is begun and when
// it is acknowledged; what it answers is what went wrong, or nothing.
#pragma once

#include "simulator/node.hpp"

#include <random>

namespace bulla::test {

enum class FullDisks : std::uint8_t { never, now_and_then };

class Acts {
public:
    struct Ground {
        Node& node; // open and compared
        FaultyDisk& disk;
        Oracle& oracle;
        FullDisks full_disks = FullDisks::never;
    };
    Acts(Ground ground, std::uint64_t seed);

    Wrong act();

private:
    struct Ordered {
        std::size_t account = 0;
        std::uint64_t version = 0;
    };
    using OpenBlock = std::vector<Ordered>;

    std::uint64_t draw(std::uint64_t count) { return choose_() % count; }
    // A full disk may refuse, while it is full; anything else is wrong.
    Wrong refused(std::string const& doing, store::StoreFault const& fault);

    Wrong order_blocks();
    void fill_open_block();
    void add_entry(std::size_t number);
    Wrong commit(OpenBlock const& ordered);
    void forget(OpenBlock const& ordered);
    void acknowledge(OpenBlock const& ordered, sequencer::Head const& head);
    TestAccount& account(std::size_t number);
    base::Timestamp latest() const;

    Wrong begin_session();
    Wrong sync_live();
    Wrong end_session();
    Wrong count();
    Wrong erase();
    Wrong copy();
    Wrong turn_clock();
    Wrong replay();
    Wrong fill_disk();

    Node& node_;
    FaultyDisk& disk_;
    Oracle& oracle_;
    std::mt19937_64 choose_;
    FullDisks full_disks_;
    bool is_full_ = false;
    sequencer::BlockMaker maker_;
    sequencer::CheckMemory checks_;
    std::map<std::size_t, TestAccount> accounts_; // as of the open block
    OpenBlock open_block_;
};

} // namespace bulla::test
