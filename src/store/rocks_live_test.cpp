#include "store/live_database.hpp"
#include "store/sample_rows.hpp"
#include "support/temporary_directory.hpp"

#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::store {
namespace {

using base::as_bytes;
using ledger::AccountId;
using test::TemporaryDirectory;

Session sample_session(std::uint8_t account, std::uint64_t ends) {
    return {.account = filled<AccountId>(account),
            .label = filled<ledger::Label>(account),
            .registered = ledger::AccountVersion{1},
            .credential = filled<ledger::CredentialId>(3),
            .epoch = ledger::Epoch{4},
            .began = base::from_unix_milliseconds(1'000),
            .ends = base::from_unix_milliseconds(ends),
            .username = "alice",
            .client = "plain-form"};
}

class LiveDatabaseTest : public testing::Test {
protected:
    void reopen() {
        live.reset();
        live = LiveDatabase::open(directory.path() / "live").value();
    }
    std::vector<SessionId> ids_of(std::uint8_t account) {
        std::vector<SessionId> ids;
        for (auto const& [id, session] : live->sessions_of(filled<AccountId>(account)).value())
            ids.push_back(id);
        return ids;
    }
    std::map<std::string, std::string> counters() {
        std::map<std::string, std::string> all;
        EXPECT_TRUE(is_ok(live->each_counter({}, [&](base::ByteView key, base::ByteView row) {
            all.emplace(base::as_text(key), base::as_text(row));
            return true;
        })));
        return all;
    }

    TemporaryDirectory directory;
    std::unique_ptr<LiveDatabase> live = LiveDatabase::open(directory.path() / "live").value();
};

TEST_F(LiveDatabaseTest, gives_back_a_session_also_after_a_restart) {
    ASSERT_TRUE(is_ok(live->store_session(filled<SessionId>(1), sample_session(7, 5'000))));
    EXPECT_EQ(live->load_session(filled<SessionId>(1)).value(), sample_session(7, 5'000));
    EXPECT_EQ(live->load_session(filled<SessionId>(2)).value(), std::nullopt);
    reopen();
    EXPECT_EQ(live->load_session(filled<SessionId>(1)).value(), sample_session(7, 5'000));
}

TEST_F(LiveDatabaseTest, lets_a_session_that_is_stored_again_replace_the_old_one) {
    ASSERT_TRUE(is_ok(live->store_session(filled<SessionId>(1), sample_session(7, 5'000))));
    ASSERT_TRUE(is_ok(live->store_session(filled<SessionId>(1), sample_session(7, 9'000))));
    EXPECT_EQ(live->load_session(filled<SessionId>(1)).value(), sample_session(7, 9'000));
    EXPECT_EQ(ids_of(7).size(), 1U);
}

TEST_F(LiveDatabaseTest, ends_a_session_for_good) {
    ASSERT_TRUE(is_ok(live->store_session(filled<SessionId>(1), sample_session(7, 5'000))));
    EXPECT_TRUE(live->end_session(filled<SessionId>(1)).value());
    EXPECT_FALSE(live->end_session(filled<SessionId>(1)).value());
    reopen();
    EXPECT_EQ(live->load_session(filled<SessionId>(1)).value(), std::nullopt);
    EXPECT_TRUE(ids_of(7).empty());
}

TEST_F(LiveDatabaseTest, lists_the_sessions_of_one_account) {
    for (std::uint8_t account = 6; account <= 8; ++account)
        for (std::uint8_t id = 0; id < 3; ++id)
            ASSERT_TRUE(
                is_ok(live->store_session(filled<SessionId>(static_cast<std::uint8_t>(10 * account + id)),
                                          sample_session(account, 5'000))));
    EXPECT_EQ(ids_of(7), (std::vector{filled<SessionId>(70), filled<SessionId>(71), filled<SessionId>(72)}));
    ASSERT_TRUE(is_ok(live->end_session(filled<SessionId>(71))));
    EXPECT_EQ(ids_of(7), (std::vector{filled<SessionId>(70), filled<SessionId>(72)}));
    EXPECT_EQ(ids_of(8).size(), 3U);
    EXPECT_TRUE(ids_of(9).empty());
    EXPECT_EQ(live->sessions_of(filled<AccountId>(7)).value()[0].second, sample_session(7, 5'000));
}

TEST_F(LiveDatabaseTest, drops_the_sessions_whose_end_has_come) {
    for (std::uint8_t id = 1; id <= 9; ++id)
        ASSERT_TRUE(is_ok(live->store_session(filled<SessionId>(id), sample_session(7, 1'000U * id))));
    EXPECT_EQ(live->drop_ended_sessions(base::from_unix_milliseconds(4'000)).value(), 4U);
    EXPECT_EQ(live->drop_ended_sessions(base::from_unix_milliseconds(4'000)).value(), 0U);
    EXPECT_EQ(ids_of(7).size(), 5U);
    EXPECT_EQ(live->load_session(filled<SessionId>(4)).value(), std::nullopt);
    EXPECT_EQ(live->load_session(filled<SessionId>(5)).value(), sample_session(7, 5'000));
}

CounterChange set(std::string_view key, std::string_view row) {
    return {.key = base::to_buffer(as_bytes(key)), .row = base::to_buffer(as_bytes(row))};
}
CounterChange erased(std::string_view key) {
    return {.key = base::to_buffer(as_bytes(key)), .row = std::nullopt};
}

TEST_F(LiveDatabaseTest, keeps_counters_in_ascending_order_over_a_restart) {
    ASSERT_TRUE(is_ok(live->change_counters({set("b", "2"), set("a", "1"), set("c", "")})));
    ASSERT_TRUE(is_ok(live->change_counters({set("b", "3")})));
    EXPECT_EQ(live->load_counter(as_bytes("b")).value(), base::to_buffer(as_bytes("3")));
    EXPECT_EQ(live->load_counter(as_bytes("c")).value(), base::ByteBuffer{});
    ASSERT_TRUE(is_ok(live->change_counters({erased("a"), set("d", "4"), erased("d")})));
    EXPECT_EQ(live->load_counter(as_bytes("a")).value(), std::nullopt);
    ASSERT_TRUE(is_ok(live->sync()));
    reopen();
    EXPECT_EQ(counters(), (std::map<std::string, std::string>{{"b", "3"}, {"c", ""}}));
}

TEST_F(LiveDatabaseTest, stops_the_walk_over_counters_when_told) {
    for (auto const* const key : {"a", "b", "c"})
        ASSERT_TRUE(is_ok(live->change_counters({set(key, "1")})));
    std::string seen;
    ASSERT_TRUE(is_ok(live->each_counter({}, [&](base::ByteView key, base::ByteView) {
        seen += base::as_text(key);
        return seen.size() < 2;
    })));
    EXPECT_EQ(seen, "ab");
}

TEST_F(LiveDatabaseTest, is_in_use_for_a_second_opener) {
    EXPECT_TRUE(is_fault(LiveDatabase::open(directory.path() / "live"), StoreFaultKind::in_use));
}

enum class Step : std::uint8_t { store, end, drop, reopen };

// Against a plain map: what any order of storing, ending, dropping and restarting leaves.
RC_GTEST_FIXTURE_PROP(LiveDatabaseTest, agrees_with_a_plain_map, ()) {
    std::map<SessionId, Session> model;
    auto const steps =
        *rc::gen::resize(20, rc::gen::container<std::vector<std::pair<Step, std::uint8_t>>>(rc::gen::pair(
                                 rc::gen::weightedElement<Step>(
                                     {{16, Step::store}, {8, Step::end}, {4, Step::drop}, {1, Step::reopen}}),
                                 rc::gen::inRange<std::uint8_t>(0, 8))));
    for (auto const& [step, number] : steps) {
        auto const id = filled<SessionId>(number);
        switch (step) {
        case Step::store:
            model[id] = sample_session(number % 2, 100U * number);
            RC_ASSERT(live->store_session(id, model[id]).has_value());
            break;
        case Step::end: RC_ASSERT(live->end_session(id).value() == (model.erase(id) == 1)); break;
        case Step::drop: {
            auto const now = base::from_unix_milliseconds(50U * number);
            auto const dropped =
                std::erase_if(model, [&](auto const& row) { return row.second.ends <= now; });
            RC_ASSERT(live->drop_ended_sessions(now).value() == dropped);
            break;
        }
        case Step::reopen: reopen(); break;
        }
    }
    for (std::uint8_t account = 0; account < 2; ++account)
        for (auto const& [id, session] : live->sessions_of(filled<AccountId>(account)).value())
            RC_ASSERT(model.at(id) == session);
    RC_ASSERT(ids_of(0).size() + ids_of(1).size() == model.size());
}

} // namespace
} // namespace bulla::store
