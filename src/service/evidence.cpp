#include "service/evidence.hpp"

#include "base/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

struct Ending {
    Offence offence;
    std::string_view unit;
    std::string_view extension;
};
constexpr Ending endings[] = {
    {Offence::two_histories, "-size-", ".fork"},
    {Offence::other_history, "-size-", ".checkpoint"},
    {Offence::two_votes, "-height-", ".votes"},
};

} // namespace

std::string_view name(Offence offence) {
    switch (offence) {
    case Offence::two_histories: return "two_histories";
    case Offence::other_history: return "other_history";
    case Offence::two_votes: return "two_votes";
    }
    CHECK_UNREACHABLE();
}

std::optional<Offence> find_offence(std::string_view text) {
    auto const* const ending =
        std::ranges::find(endings, text, [](Ending const& each) { return name(each.offence); });
    return ending == std::end(endings) ? std::nullopt : std::optional(ending->offence);
}

std::string Evidence::file() const {
    auto const* const ending = std::ranges::find(endings, offence, &Ending::offence);
    return fmt::format("{}{}{}{}", node, ending->unit, at, ending->extension);
}

std::optional<Evidence> parse_evidence(std::string_view file) {
    for (auto const& [offence, unit, extension] : endings) {
        auto const place = file.find(unit);
        if (place == std::string_view::npos || !file.ends_with(extension))
            continue;
        Evidence evidence{.node = std::string(file.substr(0, place)), .offence = offence};
        auto const digits = file.substr(place + unit.size());
        std::from_chars(digits.data(), digits.data() + digits.size(), evidence.at);
        if (evidence.file() == file)
            return evidence;
    }
    return std::nullopt;
}

EvidenceShelf::EvidenceShelf(fs::path directory) : directory_(std::move(directory)) {
    std::error_code error;
    base::Lock const lock(mutex_);
    for (fs::directory_iterator each(directory_, error), end; !error && each != end; each.increment(error))
        if (auto evidence = parse_evidence(each->path().filename().string()))
            all_.insert(*std::move(evidence));
}

EvidenceShelf::Kept EvidenceShelf::keep(Evidence const& evidence, base::ByteView bytes) {
    base::Lock const lock(mutex_);
    if (all_.contains(evidence))
        return Kept::before;
    if (all_.size() >= size_max)
        return Kept::full;
    all_.insert(evidence);
    std::error_code error;
    fs::create_directories(directory_, error);
    std::ofstream out(place_of(evidence), std::ios::binary);
    out << base::as_text(bytes);
    out.close();
    return out ? Kept::now : Kept::failed;
}

std::vector<Evidence> EvidenceShelf::list() const {
    base::Lock const lock(mutex_);
    return {all_.begin(), all_.end()};
}

} // namespace bulla::service
