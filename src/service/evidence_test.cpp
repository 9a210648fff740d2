#include "service/evidence.hpp"

#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;
using Kept = EvidenceShelf::Kept;

Evidence against(std::string node, Offence offence, std::uint64_t at) {
    return {.node = std::move(node), .offence = offence, .at = at};
}
auto const votes = against("node-00112233445566ff", Offence::two_votes, 17);

TEST(Evidence, is_named_by_its_file) {
    EXPECT_EQ(votes.file(), "node-00112233445566ff-height-17.votes");
    EXPECT_EQ(against("node-a", Offence::two_histories, 3).file(), "node-a-size-3.fork");
    EXPECT_EQ(against("node-a", Offence::other_history, 3).file(), "node-a-size-3.checkpoint");
    for (auto const* const other :
         {"", "node-a", "node-a-size-3", "node-a-size-03.fork", "node-a-size-3.votes", "node-a-size-.fork",
          "node-a-size-99999999999999999999.fork", "node-a-size-3.fork~", "node-a-height-3.fork"})
        EXPECT_FALSE(parse_evidence(other)) << other;
}

RC_GTEST_PROP(Evidence, is_read_from_the_name_that_it_gives, (std::uint64_t at)) {
    for (auto const offence : {Offence::two_histories, Offence::other_history, Offence::two_votes}) {
        auto const evidence = against("node-0011223344556677", offence, at);
        RC_ASSERT(parse_evidence(evidence.file()) == evidence);
    }
}

TEST(Evidence, offences_are_found_by_their_names) {
    for (auto const offence : {Offence::two_histories, Offence::other_history, Offence::two_votes})
        EXPECT_EQ(find_offence(name(offence)), offence);
    EXPECT_FALSE(find_offence(""));
    EXPECT_FALSE(find_offence("two_vote"));
}

TEST(EvidenceShelf, keeps_a_file_once_and_knows_it_after_a_restart) {
    test::TemporaryDirectory const scratch;
    auto const directory = scratch.path() / "evidence";
    EvidenceShelf shelf(directory);
    EXPECT_TRUE(shelf.list().empty());
    EXPECT_EQ(shelf.keep(votes, base::as_bytes("both")), Kept::now);
    EXPECT_EQ(shelf.keep(votes, base::as_bytes("again")), Kept::before);
    std::string text;
    std::getline(std::ifstream(shelf.place_of(votes)), text);
    EXPECT_EQ(text, "both");
    std::ofstream(directory / "notes.txt") << "somebody's own";
    EXPECT_EQ(EvidenceShelf(directory).list(), std::vector{votes});
}

TEST(EvidenceShelf, takes_no_more_than_its_size) {
    test::TemporaryDirectory const scratch;
    EvidenceShelf shelf(scratch.path());
    for (std::uint64_t at = 0; at < EvidenceShelf::size_max; ++at)
        EXPECT_EQ(shelf.keep(against("node-a", Offence::two_votes, at), {}), Kept::now);
    EXPECT_EQ(shelf.keep(against("node-b", Offence::two_votes, 1), {}), Kept::full);
    EXPECT_EQ(shelf.list().size(), EvidenceShelf::size_max);
}

TEST(EvidenceShelf, says_when_a_file_cannot_be_written) {
    EvidenceShelf shelf("/proc/no-such-place");
    EXPECT_EQ(shelf.keep(votes, {}), Kept::failed);
    EXPECT_EQ(shelf.list(), std::vector{votes}); // it was seen all the same
}

} // namespace
} // namespace bulla::service
