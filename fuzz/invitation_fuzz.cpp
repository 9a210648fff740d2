// Text as an invitation: what parses prints to the same text but for spaces around it; and whatever stands in
// it, the check ends with an answer: a list that is accepted has nodes.
// LINK: service
#include "base/encoding.hpp"
#include "merkle/hash.hpp"
#include "service/invitation.hpp"

namespace {

void read(std::string_view text) {
    namespace service = bulla::service;
    auto const invitation = service::parse_invitation(text);
    if (!invitation)
        return;
    CHECK(text.contains(service::print_invitation(*invitation)));
    auto const network = bulla::ledger::make_network_id(bulla::merkle::hash_leaf(invitation->genesis));
    if (auto const invited = service::check_invitation(*invitation, network))
        CHECK(!invited->list.nodes.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    bulla::base::ByteView const input(bytes, size);
    read(bulla::base::as_text(input));
    read("bulla-invitation-v1:" + bulla::base::to_base64url(input)); // so that the CBOR is changed too
    return 0;
}
