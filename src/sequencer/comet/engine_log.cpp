#include "sequencer/comet/engine_log.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace bulla::sequencer::comet {
namespace {

namespace json = boost::json;

constexpr std::string_view consensus_failure = "CONSENSUS FAILURE!!!";

std::string text_at(json::object const& object, std::string_view name) {
    auto const* const found = object.if_contains(name);
    if (found == nullptr)
        return {};
    return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

} // namespace

EngineLine parse_engine_line(std::string_view line) {
    EngineLine parsed{.level = spdlog::level::err, .text = "engine: " + std::string(line)};
    parsed.is_consensus_failure = line.contains(consensus_failure);
    json::error_code error;
    auto const value = json::parse(line, error);
    if (error || !value.is_object())
        return parsed;
    auto const& object = value.get_object();
    auto const level = text_at(object, "level");
    parsed.level = level == "error"  ? spdlog::level::err
                   : level == "warn" ? spdlog::level::warn
                                     : spdlog::level::debug;
    parsed.text = fmt::format("engine: {}: {}", text_at(object, "module"), text_at(object, "_msg"));
    for (auto const* const name : {"height", "err", "error"})
        if (auto const text = text_at(object, name); !text.empty())
            parsed.text += fmt::format(" {}={}", name, text);
    return parsed;
}

} // namespace bulla::sequencer::comet
