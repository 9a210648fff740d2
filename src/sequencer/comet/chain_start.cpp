#include "sequencer/comet/chain_start.hpp"

#include "base/encoding.hpp"

#include <boost/json/parse.hpp>

namespace bulla::sequencer::comet {

std::string make_chain_id(ledger::LeafHash const& start) {
    return "bulla-" + base::to_hex(start.view().first(20));
}

std::string make_app_state(ledger::LeafHash const& start) {
    return R"({"start":")" + base::to_hex(start) + R"("})";
}

std::optional<ledger::LeafHash> parse_app_state(std::string_view json) {
    boost::json::error_code error;
    auto const parsed = boost::json::parse(json, error);
    if (error || !parsed.is_object() || parsed.get_object().size() != 1)
        return std::nullopt;
    auto const* const start = parsed.get_object().if_contains("start");
    if (start == nullptr || !start->is_string())
        return std::nullopt;
    auto const bytes = base::parse_hex(std::string_view(start->get_string()));
    return bytes ? ledger::LeafHash::parse(*bytes) : std::nullopt;
}

} // namespace bulla::sequencer::comet
