#include "service/joining.hpp"

#include "merkle/tile.hpp"
#include "service/join_log.hpp"
#include "service/ledger_import.hpp"
#include "service/node_description.hpp"

#include <fstream>
#include <map>

namespace bulla::service {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

ledger::NodeId own_id(OwnKeys const& keys) {
    return ledger::make_node_id(keys.node_key.public_key());
}

// Compared with what the ledger says of each; the OPRF seed with that of the first keyset.
bool are_of_the_network(SharedKeys const& keys, Invited const& invited) {
    auto const& keyset = invited.genesis.policy.keysets.back();
    auto const log_key =
        crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(shared_key(keys, "log")));
    auto const vrf_key = crypto::VrfKeyPair::from_seed(Secret<64>::from(shared_key(keys, "vrf")));
    auto const opaque_keys = opaque::make_server_keys(Secret<32>::from(shared_key(keys, "opaque")));
    auto const oprf_hash = crypto::sha256(shared_key(keys, "oprf-1"));
    return log_key.public_key() == invited.list.log_key &&
           std::ranges::equal(vrf_key.public_key().view(), invited.genesis.vrf_public_key.view()) &&
           std::ranges::equal(opaque_keys.public_key.view(), keyset.opaque_public_key.view()) &&
           !keyset.seeds.empty() && std::ranges::equal(oprf_hash.view(), keyset.seeds[0].view());
}

// The bundle that has this entry, as wide as a log of `size` has it.
merkle::BundleId bundle_at(std::uint64_t entry, std::uint64_t size) {
    auto const number = entry / merkle::tile_width_max;
    auto const width =
        std::min<std::uint64_t>(size - number * merkle::tile_width_max, merkle::tile_width_max);
    return {.number = number, .width = static_cast<std::uint16_t>(width)};
}

} // namespace

Result<void, JoinFault> check_joiner(Joiner const& joiner) {
    auto const* const listed = joiner.invited.list.find(own_id(joiner.keys));
    if (listed == nullptr)
        return std::unexpected{JoinFault::not_listed};
    auto described = *listed;
    described.cosigner_key = joiner.keys.cosigner_key.public_key();
    describe_keys(described, joiner.keys.network);
    if (described != *listed)
        return std::unexpected{JoinFault::other_keys};
    return {};
}

asio::awaitable<Result<SharedKeys, JoinFault>> ask_shared_keys(Joiner const* joiner) {
    auto const link = JoinLink::make(*joiner);
    if (link == nullptr)
        co_return std::unexpected{JoinFault::tls};
    auto fault = JoinFault::no_answer;
    for (auto const& node : link->others()) {
        auto keys = co_await link->ask_keys(node);
        if (keys && are_of_the_network(*keys, joiner->invited))
            co_return *std::move(keys);
        if (keys) {
            joiner->on_wrong(node.id, WrongAnswer::keys);
            fault = JoinFault::wrong_keys;
        }
    }
    co_return std::unexpected{fault};
}

namespace {

std::unexpected<FoundingFault> file_fault(fs::path const& place) {
    return std::unexpected{FoundingFault{.kind = FoundingFaultKind::file_system, .place = place}};
}

} // namespace

Result<void, FoundingFault> found_joining_ledger(NewDirectory const& directory, Invited const& invited,
                                                 SharedKeys const& shared) {
    auto const& paths = directory.paths;
    std::error_code error;
    for (auto const& left : {paths.guard(), paths.ledger()})
        if (fs::remove_all(left, error); error)
            return file_fault(left);
    TRY(map_fault(write_shared_keys(directory.keys, shared, directory.randomness), [](KeyFault const& from) {
        return FoundingFault{.kind = FoundingFaultKind::key, .place = from.file, .key = from};
    }));
    return found_ledger(paths, invited.genesis);
}

namespace {

// Nothing: no answer, or not as many entries as the bundle has at this size.
asio::awaitable<std::optional<base::ByteBuffer>> load_last_entry(JoinLink* link, ledger::Node node,
                                                                 std::uint64_t size) {
    auto const bundle = bundle_at(size - 1, size);
    auto const bytes = co_await link->get(std::move(node), JoinLink::want(bundle));
    auto const entries = bytes ? merkle::parse_bundle(*bytes, bundle.width) : std::nullopt;
    co_return entries ? std::optional(base::to_buffer(entries->back())) : std::nullopt;
}

// The last entry of the log at a size, as more nodes have it than may lie.
asio::awaitable<std::optional<base::ByteBuffer>> agree_on_end(JoinLink* link, std::uint64_t size) {
    std::map<base::ByteBuffer, std::size_t> votes;
    for (auto const& node : link->others())
        if (auto last = co_await load_last_entry(link, node, size))
            if (auto const [vote, _] = votes.try_emplace(*std::move(last)); ++vote->second >= link->enough())
                co_return vote->first;
    co_return std::nullopt;
}

JoinFault fault_of(ImportFault const& fault) {
    return fault.kind == ImportFault::Kind::store ? JoinFault::store : JoinFault::wrong_ledger;
}

} // namespace

asio::awaitable<Result<void, JoinFault>> fetch_ledger(Joiner const* joiner, LedgerToFill to_fill) {
    auto const link = JoinLink::make(*joiner);
    if (link == nullptr)
        co_return std::unexpected{JoinFault::tls};
    if (to_fill.size <= to_fill.tip.head->size.number())
        co_return std::unexpected{JoinFault::no_ledger};
    auto const end = co_await agree_on_end(link.get(), to_fill.size);
    if (!end)
        co_return std::unexpected{JoinFault::no_ledger};
    auto const block = ledger::decode<ledger::BlockEntry>(*end);
    if (!block || block->first_index.number() + block->entry_count + 1 != to_fill.size)
        co_return std::unexpected{JoinFault::no_ledger};
    LedgerImport imported(to_fill.ledger, to_fill.tip);
    auto nodes = link->others();
    TakeEntry const take = [&](base::ByteView entry) { return map_fault(imported.take(entry), fault_of); };
    CO_TRY(co_await take_log(link.get(), &nodes, {.block = *block, .first = imported.size()}, take));
    co_return take(*end);
}

Result<void, FoundingFault> note_joined_list(DataPaths const& paths, ledger::NodeList const& list) {
    std::ofstream file(paths.joined_list(), std::ios::binary);
    file << base::as_text(ledger::encode(list));
    file.close();
    if (!file.good())
        return file_fault(paths.joined_list());
    return {};
}

} // namespace bulla::service
