// The live database: sessions and counters. Not the ledger; lost without loss of an account.
//
// Writes return once they are in the operating system's hands and are synced as a group each second by
// sync(), which its owner calls: a killed process loses nothing, a power failure at most the last second.
// Ending a session is synced at once: no ended session returns. Many readers and writers.
#pragma once

#include "ledger/fields.hpp"
#include "ledger/types.hpp"
#include "store/fault.hpp"
#include "token/access_token.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace bulla::store {

using token::SessionId;

struct Session {
    ledger::AccountId account;
    ledger::Label label;
    ledger::AccountVersion registered; // of the register entry: an erased name registered again is another
    ledger::CredentialId credential;
    ledger::Epoch epoch; // of the account when the session began
    base::Timestamp began;
    base::Timestamp ends;
    std::string username;
    std::string client;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.account);
        visitor.field(1, self.label);
        visitor.field(2, self.registered);
        visitor.field(3, self.credential);
        visitor.field(4, self.epoch);
        visitor.field(5, self.began);
        visitor.field(6, self.ends);
        visitor.field(7, self.username);
        visitor.field(8, self.client);
    }
    friend bool operator==(Session const&, Session const&) = default;
};

// A counter's new row, or nothing: it is erased.
struct CounterChange {
    base::ByteBuffer key;
    std::optional<base::ByteBuffer> row;
};

class LiveDatabase {
public:
    // Makes it where none stands.
    static Stored<std::unique_ptr<LiveDatabase>> open(std::filesystem::path const& directory);
    virtual ~LiveDatabase() = default;

    virtual Stored<void> store_session(SessionId const& id, Session const& session) = 0;
    virtual Stored<std::optional<Session>> load_session(SessionId const& id) = 0;
    virtual Stored<bool> end_session(SessionId const& id) = 0; // synced; false: there was none
    // Ascending session ids.
    virtual Stored<std::vector<std::pair<SessionId, Session>>> sessions_of(ledger::AccountId const&) = 0;
    // Drops those with ends ≤ now; how many.
    virtual Stored<std::size_t> drop_ended_sessions(base::Timestamp now) = 0;

    virtual Stored<std::optional<base::ByteBuffer>> load_counter(base::ByteView key) = 0;
    virtual Stored<void> change_counters(std::vector<CounterChange> const& changes) = 0; // all or none
    // Ascending keys, from `first` on; the visitor may stop the walk by returning false.
    using CounterVisitor = std::function<bool(base::ByteView key, base::ByteView row)>;
    virtual Stored<void> each_counter(base::ByteView first, CounterVisitor visit) = 0;

    virtual Stored<void> sync() = 0;
    // About how many sessions are stored, without looking at each: for metrics.
    virtual std::uint64_t estimate_sessions() = 0;
};

} // namespace bulla::store
