#include "base/encoding.hpp"
#include "cli/api_client.hpp"
#include "cli/ledger_commands.hpp"
#include "ledger/fork_proof.hpp"
#include "merkle/tile.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <fstream>

namespace bulla::cli {
namespace {

// What one server shows: a checkpoint, and the tree under it.
struct Side {
    std::string url;
    ApiClient api;
    std::string note;
    merkle::Checkpoint checkpoint;
};

// Asks the server for each tile, at the width of the checkpoint; whether it is the right one, proofs tell.
class ServedTiles final : public merkle::TileSource {
public:
    explicit ServedTiles(Side const& side) : side_(side) {}

    std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const override {
        auto const width = merkle::level_width(side_.checkpoint.size, level);
        if (width / merkle::tile_width_max < number)
            return std::nullopt;
        auto const rest = width - number * merkle::tile_width_max;
        merkle::TileId const tile{
            .level = level,
            .number = number,
            .width = static_cast<std::uint16_t>(std::min<std::uint64_t>(rest, merkle::tile_width_max))};
        if (tile.width == 0)
            return std::nullopt;
        auto const answer = side_.api.ask("GET", "/log/" + merkle::tile_path(tile));
        if (!answer || answer->status != 200 ||
            answer->body.size() != std::size_t{tile.width} * merkle::NodeHash::size)
            return std::nullopt;
        return base::to_buffer(base::as_bytes(answer->body));
    }

private:
    Side const& side_;
};

struct LookFault {
    ExitCode code;
    std::string reason;
};

Result<Side, LookFault> look(std::string const& url) {
    auto api = ApiClient::make(url);
    if (!api)
        return std::unexpected{LookFault{ExitCode::usage, url + ": a server is named http://HOST[:PORT]"}};
    auto answer = api->ask("GET", "/log/checkpoint");
    if (!answer)
        return std::unexpected{LookFault{ExitCode::unreachable, url + ": " + answer.error().reason}};
    auto const note = merkle::parse_note(answer->body);
    auto const checkpoint = note ? merkle::parse_checkpoint(note->text)
                                 : Result<merkle::Checkpoint, merkle::NoteFault>{std::unexpect, note.error()};
    if (answer->status != 200 || !checkpoint)
        return std::unexpected{LookFault{ExitCode::unreachable, url + " shows no checkpoint"}};
    return Side{
        .url = url, .api = *std::move(api), .note = std::move(answer->body), .checkpoint = *checkpoint};
}

bool extends(Side const& smaller, Side const& larger) {
    auto const path =
        merkle::make_consistency_proof(ServedTiles(larger), smaller.checkpoint.size, larger.checkpoint.size);
    return path && merkle::check_consistency(smaller.checkpoint.tree(), larger.checkpoint.tree(), *path);
}

// The keys of log and nodes that the server names, as text.
std::vector<std::string> keys_of(Side const& side) {
    std::vector<std::string> keys;
    auto const network = side.api.get("/v1/network");
    if (!network)
        return keys;
    if (auto const key = text_member(*network, "log_key"))
        keys.push_back(*key);
    auto const* const cosigners = network->if_contains("cosigners");
    if (cosigners != nullptr && cosigners->is_array())
        for (auto const& cosigner : cosigners->get_array())
            if (cosigner.is_string())
                keys.emplace_back(cosigner.get_string());
    return keys;
}

// Of those keys, the ones that the proof finds guilty.
std::vector<std::string> guilty_of(base::ByteView proof, std::vector<std::string> const& keys) {
    std::vector<std::string> guilty;
    for (auto const& text : keys) {
        auto const key = merkle::VerifierKey::parse(text);
        if (key && ledger::check_fork_proof(proof, *key))
            guilty.push_back(text);
    }
    return guilty;
}

void print_side(Side const& side) {
    fmt::print("  {}  size {}  root {}\n", side.url, side.checkpoint.size.number(),
               base::to_base64(side.checkpoint.root));
}

ExitCode report_consistent(Side const& smaller, Side const& larger, OutputForm form) {
    auto const more = larger.checkpoint.size.number() - smaller.checkpoint.size.number();
    if (form == OutputForm::json)
        print_json({{"consistent", true}, {"more", more}});
    else if (more == 0)
        fmt::print("one history: both show {}\n",
                   print_count(larger.checkpoint.size.number(), "entry", "entries"));
    else
        fmt::print("one history: {} has {} more\n", larger.url, print_count(more, "entry", "entries"));
    return ExitCode::good;
}

ExitCode report_fork(Side const& first, Side const& second, CompareCommand const& command) {
    auto const proof =
        ledger::make_fork_proof(first.note, ServedTiles(first), second.note, ServedTiles(second));
    if (!proof)
        return fail(ExitCode::refused,
                    "neither is shown to extend the other: a server does not serve the tree it has signed");
    auto const bytes = ledger::encode(*proof);
    std::ofstream file(command.output, std::ios::binary);
    file << base::as_text(bytes);
    file.close();
    if (!file)
        return fail(ExitCode::usage, command.output.string() + ": cannot be written");
    auto const guilty = guilty_of(bytes, keys_of(first));
    if (command.form == OutputForm::json) {
        print_json({{"consistent", false},
                    {"proof", command.output.string()},
                    {"guilty", boost::json::array(guilty.begin(), guilty.end())}});
        return ExitCode::refused;
    }
    fmt::print("two histories of {}:\n", first.checkpoint.origin);
    print_side(first);
    print_side(second);
    if (proof->index)
        fmt::print("they part at entry {}\n", proof->index->number());
    if (guilty.empty())
        fmt::print("no key that {} names has signed both; {} holds what they show\n", first.url,
                   command.output.string());
    for (auto const& key : guilty)
        fmt::print("proved, to be checked by anybody:\n  bulla ledger fork {} --key {}\n",
                   command.output.string(), key);
    return ExitCode::refused;
}

// By what they say; the trees tell whether it is true.
bool are_of_one_network(Side const& first, Side const& second) {
    auto const of_first = first.api.get("/v1/network");
    auto const of_second = second.api.get("/v1/network");
    auto const network = of_first ? text_member(*of_first, "network") : std::nullopt;
    return network && of_second && text_member(*of_second, "network") == network;
}

// One ledger under two names, of which the one does not hold what was signed as the other: no key has signed
// two histories. A log that went on from a backup under a new name looks like this.
ExitCode report_parted(Side const& first, Side const& second, OutputForm form) {
    if (form == OutputForm::json) {
        print_json({{"consistent", false},
                    {"origins", boost::json::array{first.checkpoint.origin, second.checkpoint.origin}},
                    {"guilty", boost::json::array{}}});
        return ExitCode::refused;
    }
    fmt::print("one ledger under two names, and neither extends the other:\n");
    for (auto const* const side : {&first, &second}) {
        print_side(*side);
        fmt::print("    signed as {}\n", side->checkpoint.origin);
    }
    fmt::print("If its operator took a new name to go on from a backup, entries signed under the other one "
               "are lost.\nNo key has signed both: nobody is proved guilty.\n");
    return ExitCode::refused;
}

} // namespace

ExitCode compare_ledgers(CompareCommand const& command) {
    auto const first = look(command.first);
    if (!first)
        return fail(first.error().code, first.error().reason);
    auto const second = look(command.second);
    if (!second)
        return fail(second.error().code, second.error().reason);
    bool const is_one_name = first->checkpoint.origin == second->checkpoint.origin;
    if (!is_one_name && !are_of_one_network(*first, *second))
        return fail(ExitCode::usage, fmt::format("two ledgers: {} and {}", first->checkpoint.origin,
                                                 second->checkpoint.origin));
    auto const& [smaller, larger] = first->checkpoint.size <= second->checkpoint.size
                                        ? std::tie(*first, *second)
                                        : std::tie(*second, *first);
    if (extends(smaller, larger))
        return report_consistent(smaller, larger, command.form);
    return is_one_name ? report_fork(*first, *second, command) : report_parted(*first, *second, command.form);
}

} // namespace bulla::cli
