#include "cli/offence_reporter.hpp"

#include "ledger/fork_proof.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

using service::Evidence;
using service::EvidenceShelf;
using service::Offence;

struct Reporter {
    EvidenceShelf& shelf;
    std::shared_ptr<spdlog::logger> log;

    void report(Evidence const& evidence, base::ByteView bytes, std::string_view what) const {
        using Kept = EvidenceShelf::Kept;
        auto const kept = shelf.keep(evidence, bytes);
        if (kept == Kept::now || kept == Kept::failed)
            log->error("a node of this network {} {}{}", what, shelf.place_of(evidence).string(),
                       kept == Kept::now ? "" : ", which cannot be written");
    }
};

std::uint64_t size_of(std::string const& note) {
    auto const parsed = merkle::parse_note(note).value_or(merkle::UnverifiedNote{});
    auto const checkpoint = merkle::parse_checkpoint(parsed.text);
    return checkpoint ? checkpoint->size.number() : 0;
}

} // namespace

service::Cosigning::ForkObserver make_fork_reporter(EvidenceShelf& shelf,
                                                    std::shared_ptr<spdlog::logger> log) {
    return [reporter = Reporter{shelf, std::move(log)}](service::Cosigning::Fork const& fork) {
        Evidence evidence{.node = sequencer::cosigner_name(fork.node),
                          .offence = fork.kept.empty() ? Offence::other_history : Offence::two_histories,
                          .at = size_of(fork.opposing)};
        if (evidence.offence == Offence::other_history)
            return reporter.report(evidence, base::as_bytes(fork.opposing),
                                   "has signed a checkpoint that is not of this ledger; it is kept in");
        ledger::ForkProof const proof{
            .first = fork.kept, .second = fork.opposing, .index = {}, .first_leaf = {}, .second_leaf = {}};
        reporter.report(evidence, ledger::encode(proof),
                        "has signed two histories; `bulla ledger fork` checks what proves it:");
    };
}

std::function<void(sequencer::comet::Misbehaviour const&)> make_misbehaviour_reporter(
    EvidenceShelf& shelf, std::shared_ptr<spdlog::logger> log) {
    return [reporter = Reporter{shelf, std::move(log)}](sequencer::comet::Misbehaviour const& misbehaviour) {
        if (!misbehaviour.node) {
            reporter.log->warn(
                "a validator that is in the list no more has signed two votes at engine height {}",
                misbehaviour.height);
            return;
        }
        auto const node = sequencer::cosigner_name(*misbehaviour.node);
        auto const text = fmt::format("{} has signed two votes at engine height {}. Block {} of the engine "
                                      "holds them as evidence.\n",
                                      node, misbehaviour.height, misbehaviour.block_height);
        reporter.report(
            Evidence{.node = node, .offence = Offence::two_votes, .at = misbehaviour.height},
            base::as_bytes(text),
            "has signed two votes for one height: a copy of its validator key votes too, or it lies. See");
    };
}

} // namespace bulla::cli
