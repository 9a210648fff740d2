// What this node has seen of nodes that break the rules: a file each in DATA/evidence, which stays when the
// node is removed.
//
//   node-XXXXXXXXXXXXXXXX-size-N.fork         two checkpoints, docs/formats/fork-proof.md
//   node-XXXXXXXXXXXXXXXX-size-N.checkpoint   the one that is not of this ledger, a signed note
//   node-XXXXXXXXXXXXXXXX-height-N.votes      a line: which of the engine's blocks holds the two votes
//
// From any thread.
#pragma once

#include "base/bytes.hpp"
#include "base/mutex.hpp"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::service {

enum class Offence : std::uint8_t {
    two_histories, // has cosigned two checkpoints of this log that do not extend each other
    other_history, // has cosigned one that is not of this ledger
    two_votes, // its engine's key has signed two votes for one height, or helped to deceive a light client
};
std::string_view name(Offence offence);
std::optional<Offence> find_offence(std::string_view name);

struct Evidence {
    std::string node; // as its cosigner is called (sequencer/finality.hpp)
    Offence offence = Offence::two_histories;
    std::uint64_t at = 0; // size of the log, or height of the engine

    std::string file() const; // its name
    friend auto operator<=>(Evidence const&, Evidence const&) = default;
};
// By the file's name; nothing for any other file.
std::optional<Evidence> parse_evidence(std::string_view file);

class EvidenceShelf {
public:
    static constexpr std::size_t size_max = 64; // a liar must not fill the disk

    explicit EvidenceShelf(std::filesystem::path directory); // takes what lies there

    enum class Kept : std::uint8_t { now, before, full, failed };
    Kept keep(Evidence const& evidence, base::ByteView bytes);

    std::filesystem::path place_of(Evidence const& evidence) const { return directory_ / evidence.file(); }
    std::vector<Evidence> list() const; // by node

private:
    std::filesystem::path const directory_;
    mutable base::Mutex mutex_;
    std::set<Evidence> all_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
