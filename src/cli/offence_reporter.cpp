#include "cli/fork_reporter.hpp"

#include "ledger/fork_proof.hpp"

#include <fmt/format.h>

#include <fstream>
#include <set>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t reports_max = 64; // a liar must not fill the disk

struct Reporter {
    fs::path directory;
    std::shared_ptr<spdlog::logger> log;
    std::set<std::string> reported = {};

    void operator()(service::Cosigning::Fork const& fork) {
        auto const size = merkle::parse_note(fork.opposing).value_or(merkle::UnverifiedNote{}).text;
        auto const checkpoint = merkle::parse_checkpoint(size);
        auto const name = fmt::format("{}-size-{}", sequencer::cosigner_name(fork.node),
                                      checkpoint ? checkpoint->size.number() : 0);
        if (reported.size() >= reports_max || !reported.insert(name).second)
            return;
        if (fork.kept.empty())
            keep(name + ".checkpoint", base::as_bytes(fork.opposing),
                 "has signed a checkpoint that is not of this ledger; it is kept in");
        else
            keep(name + ".fork",
                 ledger::encode(ledger::ForkProof{.first = fork.kept,
                                                  .second = fork.opposing,
                                                  .index = {},
                                                  .first_leaf = {},
                                                  .second_leaf = {}}),
                 "has signed two histories; `bulla ledger fork` checks what proves it:");
    }
    void keep(std::string const& file, base::ByteView bytes, std::string_view what) const {
        std::error_code error;
        fs::create_directories(directory, error);
        auto const place = directory / file;
        std::ofstream out(place, std::ios::binary);
        out << base::as_text(bytes);
        out.close();
        log->error("a node of this network {} {}{}", what, place.string(),
                   out ? "" : ", which cannot be written");
    }
};

} // namespace

service::Cosigning::ForkObserver make_fork_reporter(fs::path const& data,
                                                    std::shared_ptr<spdlog::logger> log) {
    return Reporter{.directory = data / "evidence", .log = std::move(log)};
}

} // namespace bulla::cli
