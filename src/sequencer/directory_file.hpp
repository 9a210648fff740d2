// The directory's map file on the disk: a cache that spares a start the hashing of every row
// (docs/formats/store.md, "The map file").
//
//   DATA/maps/directory        merkle/map_file.hpp, as of some block
//   DATA/maps/directory.new    one that was never finished: nobody reads it
//
// Replaced by write, fsync, rename, fsync of the directory: it is the old one or the new one. Whatever stands
// there is compared with the ledger before it is used, and only ever believed where the last block's root
// agrees; when it is missing or refused the directory is built from the rows.
#pragma once

#include "merkle/map_file.hpp"
#include "sequencer/head.hpp"

#include <filesystem>
#include <functional>

namespace bulla::sequencer {

enum class DirectoryFileFault : std::uint8_t {
    missing,
    unreadable, // the file system
    damaged, // not a map file, or one whose checksum does not hold
    other_ledger, // the block it names is not this ledger's
    ahead, // as of a block that the ledger has not: the ledger is an older copy
    too_far_behind, // building from the rows is quicker
    wrong_root, // it does not lead to the directory of the last block
};
std::string_view name(DirectoryFileFault fault);

// Its form, checksum and top hash are compared, nothing else.
Result<merkle::MapFile, DirectoryFileFault> load_directory_file_unverified(std::filesystem::path const& file);

enum class StoreStep : std::uint8_t { create, write, sync, rename, sync_directory };
enum class StoreDirectoryFault : std::uint8_t {
    no_space, // less would be left than the ledger may need
    failed, // the file system: see errno's words on the log
};
// The directory of the head becomes the file, in the folder above, which is made. Beside it nothing is left
// when it fails. `watch`, if not empty, is called before each step (tests end the process there).
Result<void, StoreDirectoryFault> store_directory_file(std::filesystem::path const& file, Head const& head,
                                                       std::function<void(StoreStep)> const& watch = {});

// A file whose hashes turned out false goes out of the way: renamed to NAME.wrong.
void set_aside(std::filesystem::path const& file);

} // namespace bulla::sequencer
