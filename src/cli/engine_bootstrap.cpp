#include "cli/engine_bootstrap.hpp"

#include "base/encoding.hpp"
#include "cli/output.hpp"
#include "merkle/hash.hpp"
#include "net/child_process.hpp"

#include <fmt/format.h>

#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

// What the program prints goes to standard error when it fails. True when it ended with 0.
bool run(std::vector<std::string> arguments, fs::path const& home) {
    std::string printed;
    bool is_good = false;
    {
        base::Mutex mutex;
        base::Condition ended;
        bool has_ended = false;
        net::ChildProcess child({.arguments = std::move(arguments), .environment = {"HOME=" + home.string()}},
                                {.line = [&](std::string_view line) { printed += std::string(line) + "\n"; },
                                 .end =
                                     [&](net::ChildEnd const& end) {
                                         is_good = end.kind == net::ChildEnd::Kind::exited && end.number == 0;
                                         base::Lock const lock(mutex);
                                         has_ended = true;
                                         ended.notify_all();
                                     }});
        base::Lock const lock(mutex);
        while (!has_ended)
            ended.wait(mutex);
    }
    if (!is_good)
        fmt::print(stderr, "{}", printed);
    return is_good;
}

bool write_file(fs::path const& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    return out.good();
}

} // namespace

void remove_engine_stores(sequencer::comet::HomePaths const& home) {
    std::error_code ignored;
    for (auto const* const store : {"blockstore.db", "state.db", "evidence.db", "tx_index.db", "cs.wal"})
        fs::remove_all(home.home / "data" / store, ignored);
}

Result<void, SnapshotFault> bootstrap_engine(EngineToBegin const& engine,
                                             service::JoinedSnapshot const& joined,
                                             std::function<void(ledger::NodeId const&)> const& pass_over) {
    auto const& home = engine.home;
    if (!engine.program)
        return std::unexpected{SnapshotFault::no_engine};
    if (!sequencer::comet::write_genesis(home, engine.genesis))
        return std::unexpected{SnapshotFault::not_written};
    auto const file = home.home / "blocks.json";
    auto const& offer = joined.offer;
    bool is_proved = false;
    for (auto const& blocks : joined.blocks) {
        remove_engine_stores(home);
        if (!write_file(file, blocks.text))
            return std::unexpected{SnapshotFault::not_written};
        is_proved = run({engine.program->string(), "bootstrap", "--home", home.home.string(), file.string(),
                         std::to_string(offer.height.number()), base::to_hex(offer.header),
                         base::to_hex(merkle::hash_leaf(offer.block_entry))},
                        home.home);
        if (is_proved)
            break;
        pass_over(blocks.from);
    }
    std::error_code ignored;
    fs::remove(file, ignored);
    if (!is_proved)
        return std::unexpected{SnapshotFault::not_proved};
    return {};
}

} // namespace bulla::cli
