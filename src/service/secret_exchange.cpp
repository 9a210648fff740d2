#include "service/secret_exchange.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds disk_wait_max{2'000};

} // namespace

store::Stored<std::vector<WantedSecret>> find_wanted_secrets(Ground const& ground, OperatorAudit& audit) {
    auto const head = ground.head();
    std::vector<WantedSecret> wanted;
    for (auto const& keyset : head->policy->keysets)
        wanted.push_back(secret_of(keyset));
    wanted.push_back(
        {.name = {.kind = SecretKind::log_key, .id = SecretId::from(head->nodes->log_key.view())}});
    for (auto const& change : TRY(audit.read()).waiting)
        if (auto const secret = secret_of(change.act))
            wanted.push_back(*secret);
    return wanted;
}

store::Stored<std::vector<WantedSecret>> SecretExchange::find_lacking() {
    auto wanted = TRY(find_wanted_secrets(ground_, audit_));
    std::erase_if(wanted, [&](WantedSecret const& secret) { return ground_.keyring.has(secret); });
    return wanted;
}

std::optional<SecretBytes> SecretExchange::open(ledger::Node const& from, base::ByteView answer) const {
    auto const body = ledger::decode<SharedKeysAnswer>(answer);
    auto const key = channel_key_of(*ground_.head()->nodes, from.id);
    if (!body || body->sealed.empty() || !key || !ground_.keys.network)
        return std::nullopt;
    return ground_.keys.network->channel.open(*key, body->sealed);
}

asio::awaitable<bool> SecretExchange::keep(WantedSecret wanted, SecretBytes bytes) {
    auto job = [this, name = wanted.name, bytes = std::move(bytes)] {
        return ground_.keyring.keep(name, bytes.expose(), ground_.randomness).has_value();
    };
    auto const ran = co_await disk_.run(std::move(job), disk_wait_max);
    co_return ran && *ran;
}

asio::awaitable<bool> SecretExchange::fetch(WantedSecret wanted) {
    auto const question = ledger::encode(SecretRequest{.kind = wanted.name.kind, .id = wanted.name.id});
    auto const head = ground_.head();
    for (auto const& node : head->nodes->nodes) {
        if (node.id == ground_.node)
            continue;
        auto const answer = co_await channel_.ask(node, NodePurpose::ask_secret, question);
        auto bytes = answer ? open(node, *answer) : std::nullopt;
        auto const secret = bytes ? open_secret(wanted.name.kind, bytes->expose()) : std::nullopt;
        if (secret && is_the_wanted(*secret, wanted))
            co_return co_await keep(wanted, *std::move(bytes));
    }
    co_return false;
}

// One head says who is listed and, through the audit, what is named: a newer one at most removes the asker.
base::ByteBuffer SecretExchange::seal_for(SecretName const& name, ledger::NodeId const& asker) {
    auto const wanted = find_wanted_secrets(ground_, audit_);
    bool const is_named = wanted && std::ranges::find(*wanted, name, &WantedSecret::name) != wanted->end();
    auto const bytes = is_named ? std::optional(ground_.keyring.read(name)) : std::nullopt;
    auto const to = channel_key_of(*ground_.head()->nodes, asker);
    if (!bytes || !*bytes || !to || !ground_.keys.network)
        return {};
    return ground_.keys.network->channel.seal(*to, (*bytes)->expose(), ground_.randomness)
        .value_or(base::ByteBuffer{});
}

asio::awaitable<base::ByteBuffer> SecretExchange::answer(base::ByteBuffer question, ledger::NodeId asker) {
    auto job = [this, asker, question = std::move(question)] {
        auto const request = ledger::decode<SecretRequest>(question);
        return SharedKeysAnswer{.sealed = request
                                              ? seal_for({.kind = request->kind, .id = request->id}, asker)
                                              : base::ByteBuffer{}};
    };
    auto const ran = co_await disk_.run(std::move(job), disk_wait_max);
    co_return ledger::encode(ran ? *ran : SharedKeysAnswer{});
}

} // namespace bulla::service
