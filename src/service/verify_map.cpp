#include "service/verify_map.hpp"

#include "sequencer/directory_file.hpp"

namespace bulla::service {
namespace {

// The block entry of the height; nothing when the ledger has none.
store::Stored<std::optional<base::ByteBuffer>> load_block(store::LedgerDatabase& ledger,
                                                          std::uint64_t height) {
    auto const index = TRY(ledger.load_block_index(ledger::BlockHeight{height}));
    if (!index)
        return std::nullopt;
    return TRY(ledger.load_entry(*index));
}

bool is_true(merkle::MapFile const& file, base::ByteView block_bytes) {
    auto const block = ledger::decode<ledger::BlockEntry>(block_bytes);
    return block && merkle::hash_leaf(block_bytes) == file.place.block &&
           merkle::as_directory_root(file.map.root()) == block->directory_root && file.map.has_true_hashes();
}

} // namespace

std::optional<WrongThing> check_map_file(store::LedgerDatabase& ledger, std::filesystem::path const& file) {
    auto const wrong = [&](VerifyReason reason) {
        return WrongThing{.index = {}, .file = file.string(), .reason = reason};
    };
    auto const loaded = sequencer::load_directory_file_unverified(file);
    if (!loaded && loaded.error() == sequencer::DirectoryFileFault::missing)
        return std::nullopt;
    if (!loaded)
        return wrong(VerifyReason::map_file_damaged);
    auto const block = load_block(ledger, loaded->place.height);
    if (!block)
        return wrong_store(block.error(), std::nullopt);
    if (*block && !is_true(*loaded, **block))
        return wrong(VerifyReason::map_file_differs);
    return std::nullopt;
}

} // namespace bulla::service
