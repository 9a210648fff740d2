#include "service/joining.hpp"

#include "merkle/tile.hpp"
#include "service/join_link.hpp"
#include "service/ledger_import.hpp"
#include "service/node_description.hpp"

#include <fstream>

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
        if (keys)
            fault = JoinFault::wrong_keys;
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

// What one node has, as far as it gives it.
asio::awaitable<Result<void, JoinFault>> take_from(JoinLink* link, ledger::Node node, LedgerImport* imported,
                                                   std::uint64_t size) {
    while (imported->size() < size) {
        auto const bundle = bundle_at(imported->size(), size);
        auto const bytes = co_await link->get(node, JoinLink::want(bundle));
        auto const entries = bytes ? merkle::parse_bundle(*bytes, bundle.width) : std::nullopt;
        if (!entries)
            break;
        for (auto const& entry : std::span(*entries).subspan(imported->size() % merkle::tile_width_max))
            if (!imported->take(entry))
                co_return std::unexpected{JoinFault::wrong_ledger};
    }
    co_return Result<void, JoinFault>{};
}

// Whether a node's log has this last entry.
asio::awaitable<bool> has_end(JoinLink* link, ledger::Node node, sequencer::Tip const* end) {
    auto const size = end->head->size.number();
    auto const bundle = bundle_at(size - 1, size);
    auto const bytes = co_await link->get(std::move(node), JoinLink::want(bundle));
    auto const entries = bytes ? merkle::parse_bundle(*bytes, bundle.width) : std::nullopt;
    co_return entries&& merkle::hash_leaf(entries->back()) == end->chain.block_hash;
}

} // namespace

asio::awaitable<Result<sequencer::Tip, JoinFault>> fetch_ledger(Joiner const* joiner, LedgerToFill to_fill) {
    auto const link = JoinLink::make(*joiner);
    if (link == nullptr)
        co_return std::unexpected{JoinFault::tls};
    LedgerImport imported(to_fill.ledger, to_fill.tip);
    for (auto const& node : link->others())
        CO_TRY(co_await take_from(link.get(), node, &imported, to_fill.size));
    if (imported.end().head->size.number() != to_fill.size)
        co_return std::unexpected{JoinFault::no_ledger};
    std::size_t agreeing = 0;
    for (auto const& node : link->others())
        if (co_await has_end(link.get(), node, &imported.end()))
            ++agreeing;
    if (agreeing < link->enough())
        co_return std::unexpected{JoinFault::no_ledger};
    co_return imported.end();
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
