// A sequence of entries over two accounts and a node, drawn from the bytes. Each step is two bytes: who and
// what, and which byte of the entry is changed, if any. Whatever happens: a refused entry leaves no trace, an
// accepted one makes one version, states keep their invariants, and the log that comes out passes an audit.
#include "../tests/support/ledger_world.hpp"
#include "ledger/audit.hpp"
#include "ledger/node_rules.hpp"

using namespace bulla;

namespace {

constexpr std::size_t steps_max = 48;

test::TestNetwork const& network() {
    static test::TestNetwork const one;
    return one;
}

struct Step {
    std::uint8_t what = 0;
    std::uint8_t change = 0;
    std::uint64_t which() const { return what >> 4 & 3; }
};

ledger::Entry publish_or_retire(Step const& step, std::uint64_t sequence) {
    auto const key = test::test_key("signing", step.which());
    ledger::PublishSigningKey const publish{
        {network().asks(sequence)}, ledger::SigningAlgorithm::eddsa, base::to_buffer(key.public_key())};
    auto const kid = *ledger::signing_key_id(publish);
    if (step.what & 1)
        return test::make_entry(publish, {network().signer(), {base::to_buffer(kid), key}});
    bool const compromised = (step.what & 2) != 0;
    return test::make_entry(ledger::RetireSigningKey{{network().asks(sequence)}, kid, compromised},
                            {network().signer()});
}

ledger::Entry account_entry(test::TestAccount const& account, Step const& step) {
    auto const which = step.which();
    auto const revoke = [&](ledger::NewCredential const& wanted) {
        return account.entry(ledger::RevokeCredential{{account.asks()}, account.id_of(wanted)}, which);
    };
    switch (step.what >> 1 & 7) {
    case 0: return account.register_entry(which);
    case 1: return account.add_device(step.change & 3, which);
    case 2: return revoke(account.device(step.change & 3));
    case 3: return revoke(account.password(step.change & 3));
    case 4: {
        auto const wanted = account.password(step.change & 3);
        auto const old_key = account.password_key(which);
        auto const new_key = account.password_key(step.change & 3);
        return test::make_admitted_entry(
            network(), ledger::ReplaceCredential{{account.asks()}, wanted},
            {account.signer(account.password(which), old_key), account.signer(wanted, new_key)});
    }
    case 5: return account.erase(which);
    default: return account.end_sessions(which);
    }
}

void check_state(ledger::MemoryState const& state) {
    for (auto const& [label, row] : state.accounts()) {
        CHECK(row.state.has_value() != row.head.is_erased());
        CHECK(ledger::AccountHead::parse(row.head.encode()) == row.head);
        if (!row.state)
            continue;
        auto const& credentials = row.state->credentials;
        CHECK(ledger::commit(*row.state) == row.head.commitment);
        CHECK(ledger::decode<ledger::AccountState>(ledger::encode(*row.state)).has_value());
        CHECK(row.state->active_count() >= 1 && credentials.size() <= ledger::credentials_max);
        CHECK(std::ranges::is_sorted(credentials, {}, &ledger::Credential::id));
        CHECK(row.state->window.count <= ledger::counted_entries_max);
    }
    for (auto const& node : state.nodes().nodes)
        for (auto const& live : node.signing_keys)
            CHECK(state.find_signing_key(live.kid)->ends == live.ends);
}

void submit(test::LedgerWorld& world, test::TestAccount* account, ledger::Entry const& entry,
            Step const& step) {
    auto bytes = ledger::encode(entry);
    if (step.change >= 128)
        bytes[(step.change * std::size_t{37} + step.what) % bytes.size()] ^=
            static_cast<std::uint8_t>(step.change);
    auto const length = world.log.size();
    auto const directory_root = world.state.directory_root();
    auto const network_root = world.state.network_root();
    if (!world.submit(bytes)) {
        CHECK(world.log.size() == length && world.state.directory_root() == directory_root &&
              world.state.network_root() == network_root);
        return;
    }
    CHECK(step.change < 128); // no change of a byte is accepted
    if (account != nullptr) {
        account->accepted(entry);
        CHECK(world.state.find_account(account->label)->head.version == account->version);
        CHECK(world.state.find_account(account->label)->head.head == account->head);
    }
    CHECK(!world.submit(bytes)); // nothing is accepted twice
}

void audit(std::vector<base::ByteBuffer> const& log) {
    ledger::Audit audit;
    for (auto const& entry : log)
        CHECK(audit.feed(entry).has_value());
    CHECK(audit.finish().has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    test::LedgerWorld world(network());
    std::array<test::TestAccount, 2> accounts = {test::TestAccount(network(), 1),
                                                 test::TestAccount(network(), 2)};
    for (std::size_t place = 0; place + 1 < std::min(size, 2 * steps_max); place += 2) {
        Step const step{data[place], data[place + 1]};
        if (step.what == 0xff) {
            world.close_block();
            world.time += std::chrono::minutes{step.change};
        } else if (step.what >= 0xc0) {
            auto const sequence = world.state.nodes().nodes[0].sequence.number() + 1;
            submit(world, nullptr, publish_or_retire(step, sequence), step);
        } else {
            auto& account = accounts[step.what & 1];
            submit(world, &account, account_entry(account, step), step);
        }
        check_state(world.state);
    }
    world.close_block();
    audit(world.log);
    return 0;
}
