// Text as a node's card: what parses prints to the same text but for spaces around it, and no card is parsed
// from a shorter part of another.
// LINK: service
#include "base/encoding.hpp"
#include "service/node_card.hpp"

namespace {

void read(std::string_view text) {
    namespace service = bulla::service;
    auto const card = service::parse_node_card(text);
    if (!card)
        return;
    auto const printed = service::print_node_card(*card);
    CHECK(text.contains(printed));
    CHECK(!service::parse_node_card(std::string_view(printed).substr(0, printed.size() - 1)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    bulla::base::ByteView const input(bytes, size);
    read(bulla::base::as_text(input));
    read("bulla-node-v1:" + bulla::base::to_base64url(input)); // so that the CBOR is changed too
    return 0;
}
