// The whole service of one node: opens what lies on disk, founds a new ledger at the first start, and holds
// the parts that http and cli call.
#pragma once

#include "net/worker_pool.hpp"
#include "service/accounts.hpp"
#include "service/block_feed.hpp"
#include "service/key_login.hpp"
#include "service/login.hpp"
#include "service/operator_audit.hpp"
#include "service/operator_desk.hpp"
#include "service/plain_form.hpp"
#include "service/record_mender.hpp"
#include "service/recovery.hpp"
#include "service/recovery_requests.hpp"
#include "service/registration.hpp"
#include "service/tokens.hpp"

namespace bulla::service {

struct Parts {
    NodeKeys const& keys;
    std::vector<SigningKey> signing_keys; // the files
    ledger::NetworkId network;
    sequencer::Sequencer& sequencer;
    store::LedgerDatabase& ledger;
    store::LiveDatabase& live;
    net::WorkerPool& argon2_pool;
    net::WorkerPool& disk_pool;
    base::Clock const& clock;
    base::Randomness& randomness;
};

class Application {
public:
    Application(Settings settings, Parts parts);

    Settings const& settings() const { return settings_; }
    Ground const& ground() const { return ground_; }
    Registration& registration() { return registration_; }
    Login& login() { return login_; }
    KeyLogin& key_login() { return key_login_; }
    SigningKeys& signing_keys() { return signing_keys_; } // settle() before the first login
    Tokens& tokens() { return tokens_; }
    Accounts& accounts() { return accounts_; }
    Events& events() { return events_; }
    PlainForm& plain_form() { return plain_form_; }
    BlockFeed& blocks() { return blocks_; }
    Recovery& recovery() { return recovery_; }
    RecoveryRequests& recovery_requests() { return recovery_requests_; }
    OperatorDesk& operator_desk() { return operator_desk_; }
    // Read on the disk's pool.
    boost::asio::awaitable<Served<OperatorAudit::View>> read_operator_audit();
    // A new one, kept here; nobody else has it before the ledger names it.
    boost::asio::awaitable<Served<HeldSecret>> make_shared_secret(SecretKind kind);
    // Whether a change that waits names a secret that this node has not got: its operators are to approve it
    // when it has.
    boost::asio::awaitable<Served<bool>> lacks_secret_of(ledger::LeafHash change);

    // On a node of a network, before anything is served: from then on passwords need the other nodes'
    // admissions. What `parts` refers to outlives the application.
    struct NetworkParts {
        crypto::VrfPublicKey vrf_public_key;
        sequencer::LackingRecords& lacking;
        net::WorkerPool& disk;
        net::NodeTls const* tls = nullptr; // none: nodes of this machine alone
        sequencer::JoinSource* joins = nullptr;
        EvidenceShelf const* evidence = nullptr;
    };
    store::Stored<void> join_network(NetworkParts const& parts);
    // Whether this node may answer logins and checks of tokens from its own state (DESIGN §7): always on a
    // single node.
    bool holds_lease() { return peers_ == nullptr || peers_->holds_lease(); }
    // Brings the session of a token that another node began, where that has to be asked for.
    boost::asio::awaitable<void> fetch_session(std::string token);
    Peers* peers() { return peers_.get(); } // none on a single node
    RecordMender* record_mender() { return mender_.get(); } // likewise

    // What this node waits for before it is ready: entries are accepted, tokens can be signed, no record
    // or keyset lacks, enough nodes agree, and no end is in sight. Meanwhile it serves what it can.
    enum class Want : std::uint8_t { start, room, engine, signing_key, records, keysets, clock, nodes };
    std::vector<Want> wants();
    bool is_ready() { return wants().empty(); }
    void announce_end() {
        ending_ = true;
        blocks_.end();
    }

private:
    std::atomic<bool> ending_ = false;
    Settings settings_;
    Events events_;
    std::unique_ptr<CounterStore> counters_;
    GuessLimits limits_;
    Keyring keyring_;
    Ground ground_;
    SigningKeys signing_keys_;
    Tokens tokens_;
    Registration registration_;
    Login login_;
    KeyLogin key_login_;
    RecoveryAttempts recovery_attempts_;
    RecoveryRequests recovery_requests_;
    Accounts accounts_;
    PlainForm plain_form_;
    BlockFeed blocks_;
    Recovery recovery_;
    OperatorDesk operator_desk_;
    OperatorAudit operator_audit_;
    net::WorkerPool& disk_pool_;
    std::unique_ptr<AdmissionDesk> desk_;
    std::unique_ptr<ForeignSessions> foreign_;
    std::unique_ptr<Peers> peers_;
    std::unique_ptr<RecordMender> mender_;
};

} // namespace bulla::service
