// What a node needs in order to join a network, besides the network's id: public, all of it, and believed
// only as far as the id goes (docs/formats/node-list.md).
//
// It has the genesis, whose leaf hash makes the id; the entries that changed the list of nodes since, each
// signed by the nodes of the list before; and where in the log the engines begin. Whoever hands it over can
// leave out the newest lists, and nothing more: with another beginning the engine proves no snapshot, and no
// engine of the network is met.
//
//   text = "bulla-invitation-v1:" ‖ base64url of the CBOR
#pragma once

#include "ledger/node_list_walk.hpp"
#include "store/ledger_database.hpp"

#include <optional>
#include <string>

namespace bulla::service {

struct Invitation {
    base::ByteBuffer genesis; // entry 0
    std::vector<base::ByteBuffer> changes; // apply_change entries, in the log's order
    std::uint64_t start_size = 0; // of the log, with the block entry that the engines begin at

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.genesis);
        visitor.field(1, self.changes);
        visitor.field(2, self.start_size);
    }
};

// From a ledger whose engine began at the block entry of this leaf hash; reads every entry.
store::Stored<Invitation> make_invitation(store::LedgerDatabase& ledger, ledger::LeafHash const& start);
std::string print_invitation(Invitation const& invitation);
std::optional<Invitation> parse_invitation(std::string_view text); // nothing: it would not be printed so

enum class InvitationFault : std::uint8_t {
    another_network, // the genesis is not the one of this id
    unsigned_list,   // a list that its predecessor's nodes have not signed
};
struct Invited {
    ledger::Genesis genesis;
    ledger::NodeList list; // the newest one
};
Result<Invited, InvitationFault> check_invitation(Invitation const& invitation,
                                                  ledger::NetworkId const& network);

} // namespace bulla::service
