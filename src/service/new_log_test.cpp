#include "service/new_log.hpp"

#include "crypto/random.hpp"
#include "merkle/proof_file.hpp"
#include "service/ground.hpp"
#include "service/proof.hpp"
#include "support/ledger_world.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;
using Kind = NewLogFault::Kind;
using namespace std::chrono_literals;

struct TurnedClock final : base::Clock {
    base::Timestamp time = test::world_time;
    base::Timestamp now() const override { return time; }
};

constexpr auto old_origin = "localhost:8080/log";
constexpr auto new_origin = "localhost:8080/log-2";

class NewLogOf : public testing::Test {
protected:
    NewLogOf() { settings.data = directory.path() / "data"; }

    // A log that has signed its two first entries, and is stopped.
    void found() { EXPECT_TRUE(open_data(settings, clock, randomness).value().open_chain()); }
    // As after a backup that ends before what was signed.
    void sign_beyond() { write(guard(), fmt_record(old_origin, 100)); }

    Result<NewLog, NewLogFault> begin(std::string const& origin = new_origin) {
        return begin_new_log({{settings.data}, origin, no_passphrase, clock, randomness});
    }
    Kind fault_of(std::string const& origin) {
        auto const made = begin(origin);
        EXPECT_FALSE(made);
        return made ? Kind{} : made.error().kind;
    }
    // The node starts, and shows a checkpoint that opens by this key.
    void expect_going_on(NewLog const& made) {
        auto const opened = open_data(settings, clock, randomness);
        ASSERT_TRUE(opened);
        auto const chain = opened->open_chain();
        ASSERT_TRUE(chain);
        auto const key = merkle::VerifierKey::make(made.origin, merkle::NoteKeyType::ed25519, made.log_key);
        auto const checkpoint = merkle::open_checkpoint(chain->head()->checkpoint, key, {});
        ASSERT_TRUE(checkpoint);
        EXPECT_EQ(checkpoint->checkpoint.size.number(), made.size);
        EXPECT_FALSE(fs::exists(key_file("log.next")));
        EXPECT_TRUE(read(guard()).starts_with(made.origin + "\n"));
    }

    static std::string fmt_record(std::string const& origin, std::uint64_t size) {
        merkle::LogRoot const root = merkle::LogRoot::from(crypto::sha256(base::as_bytes("lost")).view());
        return merkle::print_checkpoint({.origin = origin,
                                         .size = merkle::TreeSize{size},
                                         .root = size == 0 ? merkle::empty_root() : root});
    }
    static std::string read(fs::path const& file) {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static void write(fs::path const& file, std::string_view text) {
        std::ofstream(file, std::ios::binary) << text;
    }
    fs::path guard() const { return settings.data / "guard" / "checkpoint"; }
    fs::path key_file(std::string_view name) const { return settings.data / "keys" / name; }

    test::TemporaryDirectory directory;
    Passphrase const no_passphrase;
    Settings settings;
    TurnedClock clock;
    crypto::SystemRandomness randomness;
};

TEST_F(NewLogOf, a_ledger_that_ends_before_what_was_signed_goes_on_under_a_new_origin_and_key) {
    found();
    sign_beyond();
    auto const old_key = read(key_file("log"));
    auto const made = begin().value();
    EXPECT_FALSE(made.apply_from);
    EXPECT_EQ(made.size, 5U); // two entries and the block's own
    EXPECT_NE(read(key_file("log")), old_key);
    expect_going_on(made);
}

TEST_F(NewLogOf, a_missing_or_damaged_record_is_no_hindrance) {
    found();
    write(guard(), "damaged");
    expect_going_on(begin().value());
    fs::remove(guard());
    EXPECT_EQ(fault_of(new_origin), Kind::used_origin);
    expect_going_on(begin("localhost:8080/log-3").value());
}

TEST_F(NewLogOf, a_log_that_extends_its_record_keeps_it_until_the_next_signature) {
    found();
    auto const made = begin().value();
    expect_going_on(made);
    auto const again = begin("localhost:8080/log-3").value();
    EXPECT_EQ(again.size, made.size + 3);
    expect_going_on(again);
}

TEST_F(NewLogOf, a_name_that_the_log_has_had_is_refused_before_anything_is_touched) {
    found();
    sign_beyond();
    EXPECT_EQ(fault_of(old_origin), Kind::used_origin);
    EXPECT_EQ(fault_of("two words"), Kind::malformed_origin);
    EXPECT_EQ(fault_of(""), Kind::malformed_origin);
    EXPECT_EQ(read(guard()), fmt_record(old_origin, 100));
    EXPECT_FALSE(fs::exists(key_file("log.next")));
    ASSERT_TRUE(begin());
    EXPECT_EQ(fault_of(old_origin), Kind::used_origin);
    write(guard(), fmt_record(new_origin, 100)); // a backup from before that was behind once more
    EXPECT_EQ(fault_of("localhost:8080/log"), Kind::used_origin);
    ASSERT_TRUE(begin("localhost:8080/log-3"));
    write(guard(), fmt_record("localhost:8080/log-4", 100)); // known from the record alone
    EXPECT_EQ(fault_of("localhost:8080/log-4"), Kind::used_origin);
}

TEST_F(NewLogOf, a_log_that_goes_on_elsewhere_is_refused) {
    found();
    write(guard(), "moved\n");
    EXPECT_EQ(fault_of(new_origin), Kind::moved);
    EXPECT_EQ(read(guard()), "moved\n");
}

TEST_F(NewLogOf, a_key_that_is_no_operator_is_refused) {
    found();
    sign_beyond();
    fs::remove(key_file("operator"));
    fs::copy_file(key_file("cosigner"), key_file("operator"));
    EXPECT_EQ(fault_of(new_origin), Kind::no_operator);
    // It signs nothing now, under either name, and is begun again with the right key.
    EXPECT_EQ(read(guard()), fmt_record(new_origin, 0));
    EXPECT_FALSE(open_data(settings, clock, randomness));
}

// Each place at which a process can end, made by hand; begun again or started, it comes to the same end.
TEST_F(NewLogOf, comes_to_its_end_after_every_interruption) {
    found();
    sign_beyond();
    auto const snapshot = [&](std::string const& name) {
        fs::copy(settings.data, directory.path() / name, fs::copy_options::recursive);
    };
    auto const look_at = [&](std::string const& name) {
        fs::remove_all(settings.data);
        fs::copy(directory.path() / name, settings.data, fs::copy_options::recursive);
    };
    snapshot("before");
    auto const old_key = read(key_file("log"));
    auto const made = begin().value();
    auto const new_key = read(key_file("log"));
    auto const put_key = [&](std::string_view name, std::string_view key) {
        write(key_file(name), key);
        fs::permissions(key_file(name), fs::perms::owner_read | fs::perms::owner_write);
    };
    write(guard(), fmt_record(new_origin, 0)); // signed, as it seems, but not recorded
    snapshot("adopted");
    put_key("log.next", new_key);
    fs::remove(key_file("log"));
    snapshot("half-adopted");
    put_key("log", old_key);
    snapshot("committed");
    look_at("before");
    put_key("log.next", new_key);
    snapshot("with key");
    write(guard(), fmt_record(new_origin, 0));
    snapshot("with record");
    for (auto const* const name :
         {"before", "with key", "with record", "committed", "half-adopted", "adopted"}) {
        look_at(name);
        auto const again = begin();
        ASSERT_TRUE(again) << name;
        EXPECT_EQ(again->size, made.size) << name;
        EXPECT_EQ(again->log_key == made.log_key, std::string_view(name) != "before") << name;
        expect_going_on(*again);
    }
    for (auto const* const name : {"committed", "half-adopted", "adopted"}) { // by a start alone
        look_at(name);
        expect_going_on(made);
    }
}

// What an account is under the new key, to who has that key alone: the signed lists lead from genesis to it.
TEST_F(NewLogOf, a_proof_shows_the_lists_that_lead_from_genesis_to_the_new_key) {
    found();
    sign_beyond();
    auto const made = begin().value();
    auto const opened = open_data(settings, clock, randomness).value();
    auto const chain = opened.open_chain().value();
    auto const& vrf_key = opened.keys.vrf_key;
    ProofSubject const nobody{make_label(vrf_key, "nobody"), vrf_key.prove(base::as_bytes("nobody"))};
    auto const text = make_account_proof(*opened.ledger, chain.head(), nobody).value();
    auto const key_of = [&](auto const& public_key, std::string const& origin) {
        return ProofKeys{merkle::VerifierKey::make(origin, merkle::NoteKeyType::ed25519, public_key)};
    };
    auto const proved = check_account_proof(text, "nobody", key_of(made.log_key, made.origin));
    ASSERT_TRUE(proved) << name(proved.error());
    EXPECT_EQ(proved->network, opened.network);
    EXPECT_EQ(check_account_proof(text, "nobody", key_of(opened.genesis.nodes.log_key, old_origin)).error(),
              AccountProofFault::wrong_checkpoint);
    // Any other byte in the list's one signature, which stands at the end of the apply_change entry.
    auto const change = opened.ledger->load_entry(ledger::LeafIndex{3}).value();
    auto file = merkle::parse_proof_file(text).value();
    auto const place = std::ranges::search(file.extra, change);
    ASSERT_FALSE(place.empty());
    for (std::size_t back = 1; back <= crypto::Ed25519Signature::size; back += 7) {
        auto forged = file;
        forged.extra[static_cast<std::size_t>(place.end() - file.extra.begin()) - back] ^= 1;
        auto const fault = check_account_proof(merkle::print_proof_file(forged), "nobody",
                                               key_of(made.log_key, made.origin));
        ASSERT_FALSE(fault) << back;
    }
}

TEST_F(NewLogOf, a_record_that_awaits_its_block_lets_nothing_be_signed) {
    found();
    write(guard(), fmt_record(new_origin, 0));
    auto const opened = open_data(settings, clock, randomness);
    ASSERT_TRUE(opened);
    auto const chain = opened->open_chain();
    ASSERT_FALSE(chain);
    EXPECT_EQ(chain.error().chain->guard, sequencer::GuardFault::damaged);
}

TEST_F(NewLogOf, waits_for_the_delay_of_the_policy_and_signs_nothing_meanwhile) {
    settings.change_delay = 3600s;
    found();
    sign_beyond();
    auto const proposed = begin().value();
    EXPECT_EQ(proposed.apply_from, test::world_time + 3600s);
    EXPECT_EQ(read(guard()), fmt_record(new_origin, 0));
    clock.time += 3599s;
    EXPECT_EQ(begin().value().apply_from, test::world_time + 3600s); // not proposed a second time
    clock.time += 1s;
    auto const made = begin().value();
    EXPECT_FALSE(made.apply_from);
    EXPECT_EQ(made.size, 6U); // two blocks of one entry each
    expect_going_on(made);
}

} // namespace
} // namespace bulla::service
