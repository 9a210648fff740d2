// A sequence of entries over two accounts, a node and its operators, drawn from the bytes. Each step is two
// bytes: who and what, and which byte of the entry is changed, if any. Whatever happens: a refused entry
// leaves no trace, an accepted one makes one version, states keep their invariants, and the log that comes
// out passes an audit.
#include "../tests/support/test_operators.hpp"
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
    test::TestOperators const* operators = nullptr;
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

// --- recoveries

ledger::Entry recovery_entry(test::TestAccount const& account, test::LedgerWorld const& world,
                             Step const& step) {
    auto const which = step.which();
    auto const* const row = world.state.find_account(account.label);
    auto const pending = row != nullptr && row->state && row->state->recovery ? row->state->recovery->begin
                                                                              : ledger::StatementDigest{};
    auto const key = account.password_key(which);
    auto const signer = account.signer(account.password(which), key);
    switch (step.change & 7) {
    case 0: return account.add_recovery(which);
    case 1: return account.begin_recovery(ledger::AccountVersion{step.change >> 3U & 7U}, 60 + which, which);
    case 2: return account.finish_recovery(pending, 60 + which);
    case 3: return account.cancel_recovery(pending, signer);
    case 4: return account.entry(ledger::AllowOperatorRecovery{{account.asks()}}, which);
    case 5: return account.entry(ledger::ForbidOperatorRecovery{{account.asks()}}, which);
    default:
        return account.entry(
            ledger::RevokeCredential{{account.asks()}, account.id_of(account.recovery(which))}, which);
    }
}

// --- operators

// What has been proposed, so that it can be voted on and applied.
struct Proposed {
    ledger::LeafHash change;
    ledger::Act act;
};

template <class Kind>
ledger::Act about(test::TestAccount const& account) {
    Kind act;
    act.label = account.label;
    return act;
}

ledger::Act draw_network_act(test::LedgerWorld const& world, Step const& step) {
    auto const& nodes = world.state.nodes().nodes;
    auto const& node = nodes[step.which() % nodes.size()];
    std::uint64_t const number = 1 + (step.change >> 4U & 7U);
    switch (step.change & 15) {
    case 3: {
        ledger::AddNode act;
        act.node = test::test_node(number);
        act.first_operator = test::test_operator(number);
        return act;
    }
    case 4: {
        ledger::RemoveNode act;
        act.node = node.id;
        for (auto const& live : node.signing_keys)
            act.kids.push_back(live.kid);
        return act;
    }
    case 5: {
        ledger::RotateNodeKey act;
        act.node = test::test_node(10 + number);
        act.node.node.id = node.id;
        return act;
    }
    case 6: {
        ledger::ChangePolicy act;
        act.policy = world.state.policy();
        act.policy.delays.recovery_by_key = std::chrono::minutes{number};
        return act;
    }
    case 7: {
        ledger::ChangeLog act;
        act.log_key = test::test_key("log", number).public_key();
        act.origin = "fuzz.example/log";
        return act;
    }
    case 8: {
        ledger::ChangeKeyset act;
        act.keyset = world.state.policy().keysets.back();
        act.keyset.number += static_cast<std::uint32_t>(number & 1);
        return act;
    }
    case 9: {
        ledger::GrantOperator act;
        act.node = node.id;
        act.person = test::test_operator(number);
        return act;
    }
    default: {
        ledger::RevokeOperator act;
        act.node = node.id;
        act.person = node.operators[0].id;
        if (number & 1)
            act.successor = test::test_operator(number);
        return act;
    }
    }
}

ledger::Act draw_act(test::LedgerWorld const& world, test::TestAccount const& account, Step const& step) {
    switch (step.change & 15) {
    case 0: return about<ledger::Suspend>(account);
    case 1: return about<ledger::Restore>(account);
    case 2: {
        ledger::RecoverAccount act;
        act.begin = account.begin_statement(std::nullopt, 60 + step.which());
        return act;
    }
    case 10: {
        ledger::RetireKey act;
        act.kid = ledger::KeyId::from(
            token::make_key_id(test::test_key("signing", step.which()).public_key()).view());
        return act;
    }
    default: return draw_network_act(world, step);
    }
}

ledger::Entry client_entry(test::TestOperators const& operators, test::TestAccount const& account,
                           Step const& step) {
    ledger::ClientRow const row{.node = operators.node().id, .metadata = {step.change}};
    switch (step.change >> 1U & 3U) {
    case 0: {
        ledger::RegisterClient wanted;
        wanted.row = row;
        return operators.entry(wanted);
    }
    case 1: {
        ledger::UpdateClient wanted;
        wanted.row = row;
        return operators.entry(wanted);
    }
    case 2: return operators.entry(ledger::RemoveClient{});
    default: {
        ledger::GrantRole wanted;
        wanted.label = account.label;
        wanted.registered = ledger::AccountVersion{1};
        wanted.role = "role";
        return operators.entry(wanted);
    }
    }
}

ledger::Entry operator_entry(test::LedgerWorld const& world, test::TestAccount const& account,
                             std::vector<Proposed>& proposed, Step const& step) {
    test::TestOperators const& operators = *step.operators;
    auto const place = step.which() % world.state.nodes().nodes.size();
    if (proposed.empty() || (step.what >> 1U & 3U) == 0) {
        auto act = draw_act(world, account, step);
        auto entry = operators.propose(act, place);
        proposed.push_back({merkle::hash_leaf(ledger::encode(entry)), std::move(act)});
        return entry;
    }
    auto const& one = proposed[proposed.size() - 1 - step.which() % proposed.size()];
    switch (step.what >> 1U & 3U) {
    case 1: return operators.approve(one.change, place);
    case 2:
        return (step.change & 1) ? operators.object(one.change, place)
                                 : client_entry(operators, account, step);
    default: {
        auto entry = operators.apply(one.change, one.act);
        if (auto const* const recover = std::get_if<ledger::RecoverAccount>(&one.act)) {
            auto const digest =
                ledger::digest_statement(ledger::EntryKind::begin_recovery, encode(recover->begin));
            for (std::uint64_t device = 60; device < 64; ++device)
                if (recover->begin.credential == account.device(device))
                    entry.evidence.push_back(
                        {.signer = base::to_buffer(account.id_of(account.device(device))),
                         .parts = {base::to_buffer(account.device_key(device).sign(digest))}});
        }
        return entry;
    }
    }
}

void check_rows(ledger::MemoryState const& state) {
    CHECK(ledger::is_sound(ledger::make_node_list(state.nodes())));
    CHECK(ledger::is_sound(state.policy()));
    CHECK(ledger::decode<ledger::NodesRow>(ledger::encode(state.nodes())).has_value());
    for (auto const& node : state.nodes().nodes)
        CHECK(!node.operators.empty() && node.operators.size() <= ledger::operators_max);
    for (auto const& [name, value] : state.rows())
        CHECK(ledger::is_network_row(name, value));
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

bool changes_account(ledger::Entry const& entry, test::TestAccount const& account) {
    auto const decoded = ledger::decode_entry(ledger::encode(entry));
    bool const is_about =
        decoded->act ? entry.link.has_value() : entry.kind < ledger::EntryKind::register_client;
    return is_about && ledger::read_set(*decoded).account == account.label;
}

void submit(test::LedgerWorld& world, std::span<test::TestAccount> accounts, ledger::Entry const& entry,
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
    for (auto& account : accounts) {
        if (!changes_account(entry, account))
            continue;
        account.accepted(entry);
        CHECK(world.state.find_account(account.label)->head.version == account.version);
        CHECK(world.state.find_account(account.label)->head.head == account.head);
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
    test::TestOperators const operators(world);
    std::vector<Proposed> proposed;
    for (std::size_t place = 0; place + 1 < std::min(size, 2 * steps_max); place += 2) {
        Step const step{data[place], data[place + 1], &operators};
        auto& account = accounts[step.what & 1];
        if (step.what == 0xff) {
            world.close_block();
            world.time += std::chrono::minutes{step.change * step.change};
        } else if (step.what >= 0xc0) {
            auto const sequence = world.state.nodes().nodes[0].sequence.number() + 1;
            submit(world, accounts, publish_or_retire(step, sequence), step);
        } else if (step.what >= 0x80) {
            submit(world, accounts, operator_entry(world, account, proposed, step), step);
        } else if (step.what >= 0x40) {
            submit(world, accounts, recovery_entry(account, world, step), step);
        } else {
            submit(world, accounts, account_entry(account, step), step);
        }
        check_rows(world.state);
        check_state(world.state);
    }
    world.close_block();
    audit(world.log);
    return 0;
}
