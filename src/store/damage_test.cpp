// Every byte of every file of a small stopped database, damaged in turn: found, or without effect on any row.
#include "store/sample_rows.hpp"
#include "support/temporary_directory.hpp"

#include <fstream>

namespace bulla::store {
namespace {

using test::TemporaryDirectory;
namespace fs = std::filesystem;

enum class Outcome : std::uint8_t { found, same_rows, other_rows, other_fault };

// What `bulla ledger verify` does with a stopped database, as far as it is this folder's part.
Stored<Contents> verify_and_read(fs::path const& directory) {
    auto const ledger = TRY(LedgerDatabase::open(directory, OpenMode::read_only));
    TRY(ledger->verify_files());
    return TRY(read_everything(*ledger));
}

Outcome outcome_of(Stored<Contents> const& contents, Contents const& original) {
    if (contents)
        return *contents == original ? Outcome::same_rows : Outcome::other_rows;
    return contents.error().kind == StoreFaultKind::damaged ? Outcome::found : Outcome::other_fault;
}

std::string read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(fs::path const& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(bytes.data(), std::ssize(bytes));
}

bool is_read_by_the_database(fs::path const& file) {
    auto const name = file.filename().string();
    return name == "CURRENT" || name == "SYNCED" || name.starts_with("MANIFEST-") || name.ends_with(".log") ||
           name.ends_with(".sst");
}

std::vector<fs::path> files_in(fs::path const& directory) {
    std::vector<fs::path> files;
    for (auto const& file : fs::directory_iterator(directory))
        files.push_back(file.path());
    std::ranges::sort(files);
    return files;
}

// Block 0 stands in tables, block 1 in the write-ahead log.
class SampleLedger {
public:
    SampleLedger() {
        auto ledger = LedgerDatabase::open(path(), OpenMode::create).value();
        EXPECT_TRUE(is_ok(ledger->commit(sample_block_0())));
        ledger.reset();
        ledger = LedgerDatabase::open(path(), OpenMode::existing).value();
        EXPECT_TRUE(is_ok(ledger->commit(sample_block_1())));
        ledger.reset();
        original_ = verify_and_read(path()).value();
    }

    fs::path path() const { return directory_.path() / "ledger"; }
    Contents const& original() const { return original_; }
    Outcome check() const { return outcome_of(verify_and_read(path()), original_); }
    std::vector<fs::path> files(std::string_view ending) const {
        auto found = files_in(path());
        std::erase_if(found,
                      [&](fs::path const& file) { return !file.filename().string().ends_with(ending); });
        return found;
    }
    fs::path log() const { return files(".log").at(0); }
    fs::path manifest() const {
        auto current = read_file(path() / "CURRENT");
        current.pop_back();
        return path() / current;
    }

private:
    TemporaryDirectory directory_;
    Contents original_;
};

class DamagedLedger : public testing::Test {
protected:
    SampleLedger const sample;
};

// G1
TEST_F(DamagedLedger, with_any_one_flipped_bit_is_found) {
    for (auto const& file : files_in(sample.path())) {
        if (!is_read_by_the_database(file))
            continue;
        auto const whole = read_file(file);
        for (std::size_t at = 0; at < whole.size(); ++at) {
            auto flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at * 5 % 8)));
            write_file(file, flipped);
            auto const contents = verify_and_read(sample.path());
            EXPECT_TRUE(is_fault(contents, StoreFaultKind::damaged))
                << file.filename() << " byte " << at << " of " << whole.size();
        }
        write_file(file, whole);
    }
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

TEST_F(DamagedLedger, names_the_damaged_file) {
    std::vector<fs::path> files = {sample.log(), sample.manifest()};
    std::ranges::copy(sample.files(".sst"), std::back_inserter(files));
    for (auto const& file : files) {
        auto const whole = read_file(file);
        for (auto const at : {std::size_t{20}, whole.size() / 2, whole.size() - 20}) {
            auto flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ 4);
            write_file(file, flipped);
            auto const contents = verify_and_read(sample.path());
            ASSERT_TRUE(is_fault(contents, StoreFaultKind::damaged));
            EXPECT_EQ(contents.error().place, file.filename()) << at << ": " << contents.error().detail;
        }
        write_file(file, whole);
    }
}

// docs/formats/store.md lists them as harmless.
TEST_F(DamagedLedger, reads_the_same_whatever_stands_in_files_that_are_not_read) {
    std::size_t count = 0;
    for (auto const& file : files_in(sample.path()))
        if (!is_read_by_the_database(file)) {
            write_file(file, "noise");
            ++count;
        }
    EXPECT_GE(count, 4U);
    EXPECT_EQ(sample.check(), Outcome::same_rows);
    for (auto const& file : files_in(sample.path()))
        if (!is_read_by_the_database(file))
            fs::remove(file);
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

TEST_F(DamagedLedger, starts_whatever_stands_in_files_that_are_not_read) {
    for (auto const& file : files_in(sample.path()))
        if (!is_read_by_the_database(file))
            write_file(file, "noise");
    auto const ledger = LedgerDatabase::open(sample.path(), OpenMode::existing);
    ASSERT_TRUE(is_ok(ledger));
    EXPECT_EQ(read_everything(**ledger).value(), sample.original());
}

// The log is what RocksDB would replay, and then delete.
// G1
TEST_F(DamagedLedger, with_any_one_flipped_bit_in_its_records_is_not_started) {
    for (auto const& file :
         {sample.log(), sample.manifest(), sample.path() / "CURRENT", sample.path() / "SYNCED"}) {
        auto const whole = read_file(file);
        for (std::size_t at = 0; at < whole.size(); ++at) {
            auto flipped = whole;
            flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at * 3 % 8)));
            write_file(file, flipped);
            ASSERT_TRUE(
                is_fault(LedgerDatabase::open(sample.path(), OpenMode::existing), StoreFaultKind::damaged))
                << file.filename() << " byte " << at << " of " << whole.size();
        }
        write_file(file, whole);
    }
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

// RocksDB would forget the tables that were listed last, delete them, and answer without their rows.
TEST_F(DamagedLedger, with_a_cut_manifest_is_not_started) {
    auto const file = sample.manifest();
    auto const whole = read_file(file);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file(file, whole.substr(0, size));
        auto const opened = LedgerDatabase::open(sample.path(), OpenMode::existing);
        ASSERT_TRUE(is_fault(opened, StoreFaultKind::damaged)) << size;
        EXPECT_EQ(opened.error().place, file.filename());
    }
    write_file(file, whole);
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

// Nor does it need the record of the manifest's size: a checkpoint that was copied by hand may lack it.
TEST_F(DamagedLedger, with_a_cut_manifest_of_unknown_size_is_found_by_the_table_that_is_left) {
    fs::remove(sample.path() / "SYNCED");
    EXPECT_EQ(sample.check(), Outcome::same_rows);
    auto const whole = read_file(sample.manifest());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file(sample.manifest(), whole.substr(0, size));
        EXPECT_EQ(sample.check(), Outcome::found) << size;
    }
}

// A cut log is what a power failure leaves. The guard record, in another file, tells when the tip is too old.
// G4
TEST_F(DamagedLedger, with_a_cut_log_opens_to_an_older_tip_and_no_wrong_row) {
    auto const whole = read_file(sample.log());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        write_file(sample.log(), whole.substr(0, size));
        auto const ledger = LedgerDatabase::open(sample.path(), OpenMode::read_only);
        ASSERT_TRUE(is_ok(ledger)) << size;
        EXPECT_EQ((*ledger)->load_tip().value()->height, ledger::BlockHeight{0}) << size;
        EXPECT_EQ((*ledger)->load_account(filled<ledger::Label>(1)).value(), sample_account(1, 1)) << size;
        EXPECT_TRUE(is_ok((*ledger)->verify_files())) << size;
    }
}

// G3
TEST_F(DamagedLedger, cut_in_any_other_file_is_found) {
    std::vector<fs::path> files = {sample.path() / "CURRENT", sample.manifest()};
    std::ranges::copy(sample.files(".sst"), std::back_inserter(files));
    for (auto const& file : files) {
        auto const whole = read_file(file);
        for (std::size_t size = 0; size < whole.size(); size += 1 + size / 16) {
            write_file(file, whole.substr(0, size));
            EXPECT_EQ(sample.check(), Outcome::found) << file.filename() << " at " << size;
        }
        write_file(file, whole);
    }
}

// G3
TEST_F(DamagedLedger, with_bytes_added_at_the_end_of_a_file_is_found_or_reads_the_same) {
    std::vector<fs::path> files = {sample.path() / "CURRENT", sample.path() / "SYNCED", sample.manifest(),
                                   sample.log()};
    std::ranges::copy(sample.files(".sst"), std::back_inserter(files));
    std::string const zeros(4096, '\0');
    for (auto const& file : files)
        for (auto const& garbage : {std::string("?"), std::string("garbage, more than a head"), zeros}) {
            auto const whole = read_file(file);
            write_file(file, whole + garbage);
            auto const outcome = sample.check();
            EXPECT_TRUE(outcome == Outcome::found || outcome == Outcome::same_rows) << file.filename();
            write_file(file, whole);
        }
}

// G3
TEST_F(DamagedLedger, with_a_page_of_zeros_in_a_log_is_found) {
    for (auto const& file : {sample.log(), sample.manifest()}) {
        auto const whole = read_file(file);
        for (std::size_t at = 0; at < whole.size(); at += 64) {
            auto zeroed = whole;
            std::ranges::fill(std::span(zeroed).subspan(at), '\0');
            write_file(file, zeroed);
            EXPECT_EQ(sample.check(), Outcome::found) << file.filename() << " at " << at;
        }
        write_file(file, whole);
    }
}

// G3
TEST_F(DamagedLedger, without_one_of_its_files_is_found) {
    std::vector<fs::path> files = {sample.path() / "CURRENT", sample.manifest()};
    std::ranges::copy(sample.files(".sst"), std::back_inserter(files));
    for (auto const& file : files) {
        auto const whole = read_file(file);
        fs::remove(file);
        EXPECT_EQ(sample.check(), Outcome::found) << file.filename();
        for (auto const mode : {OpenMode::existing, OpenMode::create})
            EXPECT_TRUE(is_fault(LedgerDatabase::open(sample.path(), mode), StoreFaultKind::damaged));
        write_file(file, whole);
    }
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

// G3
TEST_F(DamagedLedger, with_swapped_tables_is_found) {
    auto const tables = sample.files(".sst");
    for (std::size_t index = 1; index < tables.size(); ++index) {
        fs::rename(tables[0], sample.path() / "swap");
        fs::rename(tables[index], tables[0]);
        fs::rename(sample.path() / "swap", tables[index]);
        EXPECT_EQ(sample.check(), Outcome::found);
        fs::rename(tables[0], sample.path() / "swap");
        fs::rename(tables[index], tables[0]);
        fs::rename(sample.path() / "swap", tables[index]);
    }
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

TEST_F(DamagedLedger, with_a_file_that_is_not_its_own_is_found_and_named) {
    for (auto const* const name : {"000999.sst", "notes.txt", "MANIFEST", "CURRENT.old", "000030.sst.bak"}) {
        write_file(sample.path() / name, read_file(sample.files(".sst").at(0)));
        auto const contents = verify_and_read(sample.path());
        ASSERT_TRUE(is_fault(contents, StoreFaultKind::damaged)) << name;
        EXPECT_EQ(contents.error().place, name);
        fs::remove(sample.path() / name);
    }
}

// What a start that was killed may leave, and the next one clears away.
TEST_F(DamagedLedger, bears_the_leftovers_of_an_interrupted_start) {
    for (auto const* const name : {"MANIFEST-000999", "000998.dbtmp", "OPTIONS-000997.dbtmp", "SYNCED.dbtmp"})
        write_file(sample.path() / name, "half");
    EXPECT_EQ(sample.check(), Outcome::same_rows);
}

} // namespace
} // namespace bulla::store
