#include "sequencer/guard.hpp"

#include "merkle/frontier.hpp"
#include "support/naive_log.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_network.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>

namespace bulla::sequencer {
namespace {

using merkle::Checkpoint;
using merkle::TreeSize;
using test::TemporaryDirectory;
namespace fs = std::filesystem;

constexpr auto origin = "example.org/log";

std::string read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(fs::path const& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

// A log of which every tree and proof can be made. `history` tells logs apart from half their size on.
class Log {
public:
    explicit Log(std::uint64_t size, std::uint64_t history = 0) {
        merkle::TileWriter writer;
        merkle::Frontier frontier;
        roots_.push_back(frontier.root());
        for (std::uint64_t index = 0; index < size; ++index) {
            auto const branch = index < size / 2 ? 0 : history;
            auto const leaf = merkle::hash_leaf(base::concat(base::u64be(branch), base::u64be(index)));
            writer.append(leaf);
            frontier.append(leaf);
            roots_.push_back(frontier.root());
        }
        tiles_.put(writer.take_changed());
    }
    Checkpoint at(std::uint64_t size) const {
        return {.origin = origin, .size = TreeSize{size}, .root = roots_[size]};
    }
    merkle::HashPath proof(std::uint64_t from, std::uint64_t to) const {
        auto path = merkle::make_consistency_proof(tiles_, TreeSize{from}, TreeSize{to});
        return path ? *std::move(path) : merkle::HashPath{};
    }

private:
    test::StoredTiles tiles_;
    std::vector<merkle::LogRoot> roots_;
};

struct GuardedLog {
    TemporaryDirectory directory;
    fs::path const place = directory.path() / "guard";
    fs::path const file = place / "checkpoint";
    crypto::Ed25519KeyPair const key = test::test_key("log");
    Log const log{40};

    Result<Guard, GuardFault> open(Guard::Start start = Guard::Start::first) const {
        return Guard::open(place, origin, start);
    }
    Result<std::string, GuardFault> sign(Guard& guard, std::uint64_t size) const {
        return guard.sign(log.at(size), log.proof(guard.last().size.number(), size), key);
    }
};

TEST(Guard, signs_what_extends_the_last_and_keeps_it_on_the_disk) {
    GuardedLog const world;
    auto guard = world.open().value();
    for (auto const size : {1U, 2U, 7U, 7U, 8U, 40U}) {
        auto const note = world.sign(guard, size).value();
        EXPECT_EQ(note, merkle::sign_checkpoint(world.log.at(size), world.key));
        EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(world.log.at(size)));
        EXPECT_EQ(world.open(Guard::Start::again).value().last(), world.log.at(size));
    }
}

TEST(Guard, begins_at_the_empty_tree_on_a_first_start_alone) {
    GuardedLog const world;
    EXPECT_EQ(world.open(Guard::Start::again).error(), GuardFault::missing);
    EXPECT_EQ(world.open(Guard::Start::first).value().last(), world.log.at(0));
    EXPECT_EQ(world.open(Guard::Start::again).value().last(), world.log.at(0));
}

TEST(Guard, refuses_a_smaller_tree) {
    GuardedLog const world;
    auto guard = world.open().value();
    ASSERT_TRUE(world.sign(guard, 9).has_value());
    EXPECT_EQ(world.sign(guard, 8).error(), GuardFault::rollback);
    EXPECT_EQ(guard.last(), world.log.at(9));
}

TEST(Guard, refuses_another_tree_of_the_same_size) {
    GuardedLog const world;
    auto guard = world.open().value();
    ASSERT_TRUE(world.sign(guard, 30).has_value());
    EXPECT_EQ(guard.sign(Log(40, 1).at(30), {}, world.key).error(), GuardFault::fork);
}

TEST(Guard, refuses_a_tree_that_does_not_extend_the_last) {
    GuardedLog const world;
    Log const other(40, 1);
    auto guard = world.open().value();
    ASSERT_TRUE(world.sign(guard, 30).has_value());
    EXPECT_EQ(guard.sign(other.at(35), other.proof(30, 35), world.key).error(), GuardFault::fork);
    EXPECT_EQ(guard.sign(world.log.at(35), {}, world.key).error(), GuardFault::fork);
    EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(world.log.at(30)));
    EXPECT_TRUE(world.sign(guard, 35).has_value());
}

// K10
TEST(Guard, refuses_when_another_signer_has_moved_the_record) {
    GuardedLog const world;
    auto first = world.open().value();
    auto second = world.open().value();
    ASSERT_TRUE(world.sign(first, 5).has_value());
    EXPECT_EQ(world.sign(second, 6).error(), GuardFault::changed);
    EXPECT_EQ(world.sign(second, 5).error(), GuardFault::changed);
    EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(world.log.at(5)));
}

TEST(Guard, refuses_when_the_record_is_gone) {
    GuardedLog const world;
    auto guard = world.open().value();
    ASSERT_TRUE(world.sign(guard, 5).has_value());
    fs::remove(world.file);
    EXPECT_EQ(world.sign(guard, 6).error(), GuardFault::missing);
    EXPECT_EQ(world.open(Guard::Start::again).error(), GuardFault::missing);
}

TEST(Guard, refuses_a_record_that_does_not_parse) {
    GuardedLog const world;
    ASSERT_TRUE(world.open().has_value());
    auto const good = merkle::print_checkpoint(world.log.at(5));
    for (std::size_t size = 0; size < good.size(); ++size) {
        write_file(world.file, good.substr(0, size));
        EXPECT_EQ(world.open().error(), GuardFault::damaged) << size;
    }
    write_file(world.file, good + "x\n");
    EXPECT_EQ(world.open().error(), GuardFault::damaged);
    write_file(world.file, std::string(5000, 'x'));
    EXPECT_EQ(world.open().error(), GuardFault::damaged);
}

TEST(Guard, refuses_the_record_of_another_log) {
    GuardedLog const world;
    auto guard = Guard::open(world.place, "example.org/other", Guard::Start::first).value();
    EXPECT_EQ(world.sign(guard, 3).error(), GuardFault::damaged); // nothing ties it to this log
    Log const other(40, 1);
    auto at_other = other.at(30);
    at_other.origin = "example.org/other";
    ASSERT_TRUE(guard.sign(at_other, {}, world.key).has_value());
    auto again = world.open(Guard::Start::again).value();
    EXPECT_EQ(world.sign(again, 35).error(), GuardFault::fork);
    EXPECT_EQ(world.sign(again, 20).error(), GuardFault::rollback);
    EXPECT_EQ(guard.sign(other.at(30), {}, world.key).error(), GuardFault::damaged);
    EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(at_other));
}

Checkpoint under(std::string_view another, Checkpoint checkpoint) {
    checkpoint.origin = another;
    return checkpoint;
}

TEST(Guard, moves_to_another_origin_with_a_checkpoint_that_extends_the_last) {
    GuardedLog const world;
    auto guard = world.open().value();
    ASSERT_TRUE(world.sign(guard, 9).has_value());
    auto const moved = under("example.org/log-2", world.log.at(12));
    EXPECT_EQ(guard.sign(moved, {}, world.key).error(), GuardFault::fork);
    auto const same_size = under("example.org/log-2", world.log.at(9));
    EXPECT_EQ(guard.sign(same_size, {}, world.key).error(), GuardFault::damaged);
    ASSERT_TRUE(guard.sign(moved, world.log.proof(9, 12), world.key).has_value());
    EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(moved));
    EXPECT_EQ(world.open(Guard::Start::again).value().last(), moved);
    EXPECT_EQ(world.sign(guard, 12).error(), GuardFault::damaged);
    EXPECT_EQ(world.sign(guard, 9).error(), GuardFault::rollback);
}

TEST(Guard, begins_an_origin_in_the_place_of_any_record_but_one_that_has_moved) {
    GuardedLog const world;
    Checkpoint const nothing{.origin = "example.org/log-2", .size = {}, .root = merkle::empty_root()};
    ASSERT_TRUE(Guard::begin_origin(world.place, nothing.origin).has_value());
    EXPECT_EQ(world.open(Guard::Start::again).value().last(), nothing);
    for (std::string const& text : {merkle::print_checkpoint(world.log.at(30)), std::string("damaged")}) {
        write_file(world.file, text);
        ASSERT_TRUE(Guard::begin_origin(world.place, nothing.origin).has_value());
        auto guard = world.open(Guard::Start::again).value();
        EXPECT_EQ(guard.sign(world.log.at(30), {}, world.key).error(), GuardFault::damaged);
        EXPECT_TRUE(guard.sign(under(nothing.origin, world.log.at(5)), {}, world.key).has_value());
    }
    write_file(world.file, "moved\n" + merkle::print_checkpoint(world.log.at(5)));
    EXPECT_EQ(Guard::begin_origin(world.place, nothing.origin).error(), GuardFault::moved);
}

TEST(Guard, never_signs_for_a_log_that_has_moved) {
    GuardedLog const world;
    auto guard = world.open().value();
    write_file(world.file, "moved\n" + merkle::print_checkpoint(world.log.at(5)));
    EXPECT_EQ(world.open().error(), GuardFault::moved);
    EXPECT_EQ(world.sign(guard, 6).error(), GuardFault::moved);
}

TEST(Guard, does_not_sign_when_the_record_cannot_be_written) {
    GuardedLog const world;
    auto guard = world.open().value();
    fs::create_directory(world.place / "checkpoint.new");
    EXPECT_EQ(world.sign(guard, 5).error(), GuardFault::failed);
    EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(world.log.at(0)));
    fs::remove(world.place / "checkpoint.new");
    EXPECT_TRUE(world.sign(guard, 5).has_value());
}

TEST(Guard, does_not_read_a_record_that_was_never_finished) {
    GuardedLog const world;
    auto guard = world.open().value();
    ASSERT_TRUE(world.sign(guard, 5).has_value());
    write_file(world.place / "checkpoint.new", std::string(300, 'x')); // longer than any record
    EXPECT_EQ(world.open(Guard::Start::again).value().last(), world.log.at(5));
    EXPECT_TRUE(world.sign(guard, 6).has_value());
    EXPECT_EQ(read_file(world.file), merkle::print_checkpoint(world.log.at(6)));
}

// Whatever is asked for, in any order and after any restarts, all that was ever signed lies in one history.
RC_GTEST_PROP(Guard, never_signs_two_histories, ()) {
    GuardedLog const world;
    std::array const logs = {Log(40, 0), Log(40, 1)};
    auto guard = world.open().value();
    std::vector<Checkpoint> signed_ones;
    for (auto const step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3 * 41))) {
        if (step >= 2 * 41) {
            guard = world.open(Guard::Start::again).value();
            continue;
        }
        auto const& log = logs[static_cast<std::size_t>(step / 41)];
        auto const size = static_cast<std::uint64_t>(step % 41);
        if (guard.sign(log.at(size), log.proof(guard.last().size.number(), size), world.key))
            signed_ones.push_back(log.at(size));
    }
    for (std::size_t index = 1; index < signed_ones.size(); ++index)
        RC_ASSERT(signed_ones[index - 1].size <= signed_ones[index].size);
    bool const in_first = std::ranges::all_of(
        signed_ones, [&](Checkpoint const& one) { return one == logs[0].at(one.size.number()); });
    bool const in_second = std::ranges::all_of(
        signed_ones, [&](Checkpoint const& one) { return one == logs[1].at(one.size.number()); });
    RC_ASSERT(in_first || in_second);
}

} // namespace
} // namespace bulla::sequencer
