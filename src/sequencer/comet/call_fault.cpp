#include "sequencer/comet/call_fault.hpp"

#include "base/check.hpp"

namespace bulla::sequencer::comet {

std::string_view name(CallFault fault) {
    switch (fault) {
    case CallFault::malformed: return "malformed";
    case CallFault::out_of_order: return "out_of_order";
    case CallFault::wrong_chain: return "wrong_chain";
    case CallFault::wrong_validators: return "wrong_validators";
    case CallFault::already_begun: return "already_begun";
    case CallFault::unknown_rules: return "unknown_rules";
    case CallFault::no_space: return "no_space";
    case CallFault::store: return "store";
    }
    CHECK_UNREACHABLE();
}

std::string_view advice(CallFault fault) {
    switch (fault) {
    case CallFault::malformed: return "the engine speaks another protocol: is it the pinned CometBFT?";
    case CallFault::out_of_order:
        return "the engine's directory and this ledger do not belong together: one of them is older or of "
               "another network";
    case CallFault::wrong_chain:
        return "genesis.json of the engine names another ledger, or this one has gone on since: copy the "
               "ledger "
               "that the network began with";
    case CallFault::wrong_validators:
        return "genesis.json of the engine lists other validators than the ledger's nodes: compare the files "
               "of all nodes";
    case CallFault::already_begun:
        return "the engine begins anew on a ledger that has gone on: its data directory was lost or reset";
    case CallFault::unknown_rules:
        return "the network goes on under rules that this program does not know: install a newer one";
    case CallFault::no_space: return "the disk is full: make room, the block will come again";
    case CallFault::store: return "the ledger's database could not be read";
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::sequencer::comet
