#include "sequencer/directory_open.hpp"

#include "ledger/state.hpp"
#include "sequencer/limits.hpp"

#include <set>

namespace bulla::sequencer {
namespace {

using Fault = DirectoryFileFault;

// Why the map file does not serve; with `store` the database failed, and the rows would not serve either.
struct Refusal {
    Fault fault = Fault::missing;
    std::optional<store::StoreFault> store = std::nullopt;
};
std::unexpected<Refusal> refuse(Fault fault) {
    return std::unexpected{Refusal{.fault = fault}};
}
auto const file_fault = [](Fault fault) { return Refusal{.fault = fault}; };
auto const store_fault = [](store::StoreFault from) {
    return Refusal{.fault = Fault::unreadable, .store = std::move(from)};
};

bool is_directory_of(merkle::CommittedMap const& map, ledger::BlockEntry const& block) {
    return merkle::as_directory_root(map.root()) == block.directory_root;
}

// The index after the block that the file names, if it is a block of this ledger and had this directory.
Result<ledger::LeafIndex, Refusal> find_place(store::LedgerDatabase& ledger, Head const& head,
                                              merkle::MapFile const& file) {
    ledger::BlockHeight const height{file.place.height};
    if (height > head.block.height)
        return refuse(Fault::ahead);
    auto const index = TRY(map_fault(ledger.load_block_index(height), store_fault));
    if (!index)
        return refuse(Fault::other_ledger);
    auto const bytes = TRY(map_fault(ledger.load_entry(*index), store_fault));
    auto const block = ledger::decode<ledger::BlockEntry>(bytes);
    if (!block || merkle::hash_leaf(bytes) != file.place.block)
        return refuse(Fault::other_ledger);
    if (!is_directory_of(file.map, *block))
        return refuse(Fault::wrong_root);
    return index->next();
}

// What does not decode changes nothing here, and the root tells.
std::optional<ledger::Label> changed_account(base::ByteView bytes) {
    auto const entry = ledger::decode_entry(bytes);
    return entry ? ledger::read_set(*entry).account : std::nullopt;
}

Result<std::vector<merkle::MapChange>, Refusal> load_changes(store::LedgerDatabase& ledger,
                                                             ledger::LeafIndex first) {
    std::set<ledger::Label> labels;
    TRY(map_fault(ledger.each_entry(first,
                                    [&](ledger::LeafIndex, base::ByteView bytes) {
                                        if (auto const label = changed_account(bytes))
                                            labels.insert(*label);
                                        return true;
                                    }),
                  store_fault));
    std::vector<merkle::MapChange> changes;
    for (auto const& label : labels) {
        auto const account = TRY(map_fault(ledger.load_account(label), store_fault));
        if (!account)
            return refuse(Fault::wrong_root);
        auto const row = ledger::directory_row(label, account->head);
        changes.push_back({.key = row.key, .value_hash = row.value_hash});
    }
    return changes;
}

Result<OpenedDirectory, Refusal> open_from_file(store::LedgerDatabase& ledger, Head const& head,
                                                std::filesystem::path const& map_file) {
    auto file = TRY(map_fault(load_directory_file_unverified(map_file), file_fault));
    auto const first = TRY(find_place(ledger, head, file));
    auto const entries_after = head.size.number() - first.number();
    if (entries_after > std::max<std::uint64_t>(entries_after_map_file_max, file.map.size() / 2))
        return refuse(Fault::too_far_behind);
    auto directory = file.map.apply(TRY(load_changes(ledger, first)));
    if (!is_directory_of(directory, head.block))
        return refuse(Fault::wrong_root);
    return OpenedDirectory{.directory = std::move(directory),
                           .origin = {.map_file = ledger::BlockHeight{file.place.height},
                                      .entries_after = entries_after,
                                      .fault = std::nullopt}};
}

store::Stored<std::optional<merkle::CommittedMap>> build_from_rows(store::LedgerDatabase& ledger,
                                                                   Head const& head) {
    std::vector<merkle::MapRow> rows;
    TRY(ledger.each_account_head([&](ledger::Label const& label, base::ByteView value) {
        rows.push_back({.key = merkle::map_key(label), .value_hash = merkle::hash_value(value)});
        return true;
    }));
    auto directory = merkle::CommittedMap::build(rows);
    if (!directory || !is_directory_of(*directory, head.block))
        return std::nullopt;
    return *std::move(directory);
}

} // namespace

store::Stored<std::optional<OpenedDirectory>> open_directory(store::LedgerDatabase& ledger, Head const& head,
                                                             std::filesystem::path const& map_file) {
    DirectoryOrigin origin;
    if (!map_file.empty()) {
        auto opened = open_from_file(ledger, head, map_file);
        if (opened)
            return *std::move(opened);
        if (opened.error().store)
            return std::unexpected{*std::move(opened).error().store};
        origin.fault = opened.error().fault;
    }
    auto built = TRY(build_from_rows(ledger, head));
    if (!built)
        return std::nullopt;
    return OpenedDirectory{.directory = *std::move(built), .origin = origin};
}

} // namespace bulla::sequencer
