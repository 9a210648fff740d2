#include "service/node_card.hpp"

#include "base/encoding.hpp"

namespace bulla::service {
namespace {

constexpr std::string_view prefix = "bulla-node-v1:";
constexpr std::string_view spaces = " \t\r\n";

} // namespace

std::string print_node_card(NodeCard const& card) {
    return std::string(prefix) + base::to_base64url(ledger::encode(card));
}

std::optional<NodeCard> parse_node_card(std::string_view text) {
    auto const first = text.find_first_not_of(spaces);
    if (first == std::string_view::npos)
        return std::nullopt;
    text = text.substr(first, text.find_last_not_of(spaces) - first + 1);
    if (!text.starts_with(prefix))
        return std::nullopt;
    auto const bytes = base::parse_base64url(text.substr(prefix.size()));
    auto card = ledger::decode<NodeCard>(bytes.value_or(base::ByteBuffer{}));
    return card ? std::optional(*std::move(card)) : std::nullopt;
}

} // namespace bulla::service
