// The owners of the simulator's accounts: what they can ask for next, each with a statement that is good
// until a given time.
#pragma once

#include "simulator/node.hpp"

namespace bulla::test {

struct Wanted {
    ledger::Entry entry;
    std::vector<store::SideWrite> side_writes;
    RememberedAccount::Version after; // without its head
};

class Asker {
public:
    Asker(TestNetwork const& network, TestAccount const& account, std::size_t number, base::Timestamp until)
        : network_(network), account_(account), number_(number), until_(until) {}

    Wanted register_name(std::uint16_t password) const {
        auto statement = account_.register_statement(password);
        statement.asks = asks();
        return {.entry = make_admitted_entry(network_, statement, {signer(key(password))}, until_),
                .side_writes = {{account_.label, Node::side_row(number_, password)}},
                .after = {.head = {}, .password = password, .devices = 0}};
    }
    Wanted replace_password(RememberedAccount::Version now, std::uint16_t password) const {
        ledger::ReplaceCredential const statement{{asks()}, account_.password(password)};
        return {.entry = make_admitted_entry(network_, statement,
                                             {signer(key(now.password)), signer(key(password))}, until_),
                .side_writes = {{account_.label, Node::side_row(number_, password)}},
                .after = {.head = {}, .password = password, .devices = now.devices}};
    }
    Wanted add_device(RememberedAccount::Version now) const {
        auto const device = account_.device(now.devices);
        auto const device_key = account_.device_key(now.devices);
        ++now.devices;
        return {.entry = make_entry(ledger::AddCredential{{asks()}, device},
                                    {signer(key(now.password)), account_.signer(device, device_key)}),
                .side_writes = {},
                .after = now};
    }
    Wanted end_sessions(RememberedAccount::Version now) const {
        return {.entry = make_entry(ledger::EndSessions{{asks()}}, {signer(key(now.password))}),
                .side_writes = {},
                .after = now};
    }
    Wanted erase(RememberedAccount::Version now) const {
        return {.entry = make_entry(ledger::Erase{{asks()}}, {signer(key(now.password))}),
                .side_writes = {{account_.label, std::nullopt}},
                .after = {}};
    }

private:
    struct PasswordKey {
        std::uint16_t password;
        crypto::Ed25519KeyPair pair;
    };
    static PasswordKey make_key(TestAccount const& account, std::uint16_t password) {
        return {password, account.password_key(password)};
    }
    // Kept, as a signer refers to it.
    PasswordKey const& key(std::uint16_t password) const {
        auto const found = keys_.find(password);
        return found != keys_.end() ? found->second
                                    : keys_.emplace(password, make_key(account_, password)).first->second;
    }
    TestSigner signer(PasswordKey const& key) const {
        return account_.signer(account_.password(key.password), key.pair);
    }
    ledger::AccountPart asks() const {
        auto part = account_.asks();
        part.not_after = until_;
        return part;
    }

    TestNetwork const& network_;
    TestAccount const& account_;
    std::size_t number_;
    base::Timestamp until_;
    mutable std::map<std::uint16_t, PasswordKey> keys_;
};

} // namespace bulla::test
