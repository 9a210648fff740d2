#include "store/rocks_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace bulla::store {
namespace {

constexpr std::uint32_t protection_bytes = 8;
constexpr double filter_bits_per_key = 10;

rocksdb::ColumnFamilyOptions make_family_options(RowUse use, std::size_t write_buffer_size,
                                                 std::shared_ptr<rocksdb::Cache> const& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.block_size = use == RowUse::looked_up ? 4'096 : 16'384;
    if (use == RowUse::looked_up)
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(filter_bits_per_key));
    table.checksum = rocksdb::kCRC32c; // the one that table_file.hpp knows
    table.detect_filter_construct_corruption = true;
    table.verify_compression = true;

    rocksdb::ColumnFamilyOptions options;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    // Hashes, keys and signatures do not compress.
    options.compression = rocksdb::kNoCompression;
    options.memtable_protection_bytes_per_key = protection_bytes;
    options.write_buffer_size = write_buffer_size;
    options.arena_block_size = 64 << 10;
    return options;
}

} // namespace

rocksdb::DBOptions database_options(DatabaseShape const& shape) {
    rocksdb::DBOptions options;
    // The default, point-in-time recovery, drops acknowledged writes behind a flipped bit without a word.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = true;
    options.verify_sst_unique_id_in_manifest = true;
    options.paranoid_checks = true;
    options.flush_verify_memtable_count = true;
    options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
    // Erased rows must not stay in logs that are used again.
    options.recycle_log_file_num = 0;
    // The size of a file is what was written to it; a commit is as fast without.
    options.allow_fallocate = false;
    options.max_total_wal_size = shape.log_size_max;
    options.db_write_buffer_size = shape.write_buffers_size;
    options.max_background_jobs = 2;
    options.max_file_opening_threads = 1;
    // No thread that only keeps statistics, and a LOG with warnings alone.
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.info_log_level = rocksdb::WARN_LEVEL;
    options.keep_log_file_num = 1;
    options.max_log_file_size = 1 << 20;
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> family_options(DatabaseShape const& shape) {
    // One shard: the cache is small, and its capacity then is one number.
    auto const cache = rocksdb::NewLRUCache(shape.block_cache_size, 0);
    auto const write_buffer_size = shape.write_buffers_size / 2;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    families.emplace_back(rocksdb::kDefaultColumnFamilyName,
                          make_family_options(RowUse::walked, write_buffer_size, cache));
    for (auto const& family : shape.families)
        families.emplace_back(std::string(family.name),
                              make_family_options(family.use, write_buffer_size, cache));
    return families;
}

} // namespace bulla::store
