// bulla_liar DATA: what whoever holds the keys of a node could do.
//
// Cosigns another root for the size at which the node's ledger ends, and shows that to every other node of
// the list, each of which has the node's honest cosignature of that size. Prints the size, and how many have
// listened.
#include "cli/await.hpp"
#include "cli/ledger_reader.hpp"
#include "crypto/random.hpp"
#include "crypto/start.hpp"
#include "net/system_clock.hpp"
#include "sequencer/finality.hpp"
#include "service/node_channel.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace bulla {
namespace {

struct Liar {
    service::OwnKeys keys;
    ledger::NodesRow nodes;
    std::uint64_t size;
    ledger::NodeId own() const { return ledger::make_node_id(keys.node_key.public_key()); }
};

std::optional<Liar> open(std::filesystem::path const& data) {
    auto directory = service::KeyDirectory::open(service::DataPaths{data}.keys(), std::nullopt);
    auto keys = directory ? std::optional(service::load_own_keys(*directory)) : std::nullopt;
    auto reader = cli::LedgerReader::open(data);
    if (!keys || !*keys || !reader)
        return std::nullopt;
    auto nodes = reader->ledger().load_nodes();
    auto const tip = reader->ledger().load_tip();
    if (!nodes || !tip || !*tip)
        return std::nullopt;
    return Liar{
        .keys = **std::move(keys), .nodes = *std::move(nodes), .size = (*tip)->block_index.number() + 1};
}

base::ByteBuffer make_lie(Liar const& liar) {
    auto const root = merkle::LogRoot::from(crypto::sha256(base::as_bytes("another history")).view());
    merkle::Checkpoint const checkpoint{
        .origin = liar.nodes.origin, .size = ledger::TreeSize{liar.size}, .root = root};
    auto const line =
        merkle::cosign_note(merkle::print_checkpoint(checkpoint), sequencer::cosigner_name(liar.own()),
                            net::SystemClock().now(), liar.keys.cosigner_key);
    return ledger::encode(
        service::CosignatureWord{.size = liar.size, .root = root, .signature = line.signature});
}

boost::asio::awaitable<bool> tell(Liar const* liar, net::NodeLinks* links, ledger::Node node) {
    crypto::SystemRandomness randomness;
    service::NodeMessage const message{.purpose = service::NodePurpose::ask_cosignature,
                                       .from = liar->own(),
                                       .to = node.id,
                                       .question = crypto::random_bytes<service::QuestionName>(randomness),
                                       .time = net::SystemClock().now(),
                                       .body = make_lie(*liar)};
    service::Speaker const speaker{
        .own = liar->own(), .channel = liar->keys.network.channel, .nodes = liar->nodes};
    auto const envelope = service::seal_message(speaker, message, randomness);
    auto peer = service::parse_peer(node.https_address.value_or(""));
    if (!envelope || !peer || !node.tls_key_hash)
        co_return false;
    net::HttpRequest request{.method = "POST",
                             .target = "/node/messages",
                             .host = *node.https_address,
                             .body = std::string(base::as_text(*envelope))};
    auto const sent = co_await links->exchange(
        {.peer = *std::move(peer), .key = net::TlsKeyHash::from(node.tls_key_hash->view())},
        std::move(request),
        {.time_max = service::NodeChannel::question_time_max,
         .body_size_max = service::node_message_size_max});
    co_return sent && sent->status == 200;
}

int lie(std::filesystem::path const& data) {
    auto const liar = open(data);
    if (!liar || !liar->keys.network.tls) {
        fmt::print(stderr, "bulla_liar: {} is no node's data directory\n", data.string());
        return 2;
    }
    auto const tls =
        net::NodeTls::make(*liar->keys.network.tls, [](net::TlsKeyHash const&) { return false; });
    net::NodeLinks links(*tls);
    std::size_t told = 0;
    for (auto const& node : liar->nodes.nodes)
        if (node.id != liar->own())
            told += cli::await_here(tell(&*liar, &links, node)) ? 1 : 0;
    fmt::print("size {}, told {}\n", liar->size, told);
    return told > 0 ? 0 : 1;
}

} // namespace
} // namespace bulla

int main(int argument_count, char** arguments) {
    bulla::crypto::start();
    if (argument_count != 2) {
        fmt::print(stderr, "usage: bulla_liar DATA\n");
        return 2;
    }
    return bulla::lie(arguments[1]);
}
