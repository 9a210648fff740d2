#include "service/invitation.hpp"

#include "base/encoding.hpp"

namespace bulla::service {
namespace {

constexpr std::string_view prefix = "bulla-invitation-v1:";
constexpr std::string_view spaces = " \t\r\n";

} // namespace

store::Stored<Invitation> make_invitation(store::LedgerDatabase& ledger, ledger::LeafHash const& start) {
    Invitation invitation{
        .genesis = TRY(ledger.load_entry(ledger::LeafIndex{0})), .changes = {}, .start_size = 0};
    auto const genesis = ledger::decode<ledger::Genesis>(invitation.genesis);
    if (!genesis)
        return std::unexpected{store::StoreFault{
            .kind = store::StoreFaultKind::damaged, .place = "entries", .detail = "no genesis"}};
    auto list = make_node_list(genesis->nodes);
    TRY(ledger.each_entry(ledger::LeafIndex{1}, [&](ledger::LeafIndex index, base::ByteView bytes) {
        if (invitation.start_size == 0 && merkle::hash_leaf(bytes) == start)
            invitation.start_size = index.number() + 1;
        auto const entry = ledger::decode_entry(bytes);
        if (!entry || entry->entry.kind != ledger::EntryKind::apply_change)
            return true;
        if (auto const next = ledger::next_node_list(list, *entry->act); next && *next) {
            list = **next;
            invitation.changes.push_back(base::to_buffer(bytes));
        }
        return true;
    }));
    return invitation;
}

std::string print_invitation(Invitation const& invitation) {
    return std::string(prefix) + base::to_base64url(ledger::encode(invitation));
}

std::optional<Invitation> parse_invitation(std::string_view text) {
    auto const first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos)
        return std::nullopt;
    text = text.substr(first, text.find_last_not_of(spaces) - first + 1);
    if (!text.starts_with(prefix))
        return std::nullopt;
    auto const bytes = base::parse_base64url(text.substr(prefix.size()));
    auto invitation = ledger::decode<Invitation>(bytes.value_or(base::ByteBuffer{}));
    return invitation ? std::optional(*std::move(invitation)) : std::nullopt;
}

Result<Invited, InvitationFault> check_invitation(Invitation const& invitation,
                                                  ledger::NetworkId const& network) {
    auto genesis = ledger::decode<ledger::Genesis>(invitation.genesis);
    if (!genesis || ledger::make_network_id(merkle::hash_leaf(invitation.genesis)) != network)
        return std::unexpected{InvitationFault::another_network};
    auto list = ledger::walk_node_lists(make_node_list(genesis->nodes), invitation.changes);
    if (!list)
        return std::unexpected{InvitationFault::unsigned_list};
    return Invited{.genesis = *std::move(genesis), .list = *std::move(list)};
}

} // namespace bulla::service
