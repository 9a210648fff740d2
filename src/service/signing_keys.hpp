// The node's token signing keys while it runs: which one signs, publishing the next, retiring the one before.
//
// Every change is an entry of the node (LEDGER: publish_signing_key, retire_signing_key). A rotation makes
// and syncs a key file, publishes the key, retires the one before with its end, and erases that one's file;
// new tokens are signed with the new key from its publication on. Each step is durable before the next one
// begins, and settle() does what is left after a death in between (signing_key_steps.hpp).
//
// One change at a time; a second one is told `busy`. Safe from any I/O thread.
#pragma once

#include "net/worker_pool.hpp"
#include "service/ground.hpp"
#include "service/signing_key_steps.hpp"

#include <atomic>

namespace bulla::service {

enum class SigningKeyFaultKind : std::uint8_t {
    busy, // another change is under way, or the disk is
    no_room, // two keys are live: the one retired last still verifies
    unknown_key, // no key of this node
    ended, // it has no effect any more
    file, // see file
    not_ordered, // see order
    not_listed, // the list in force does not name this node
    unsettled, // steps without end: a fault of ours
};
struct SigningKeyFault {
    SigningKeyFaultKind kind = SigningKeyFaultKind::busy;
    std::optional<KeyFault> file = std::nullopt;
    std::optional<sequencer::OrderFault> order = std::nullopt;
};

struct ListedSigningKey {
    ledger::KeyId kid;
    std::optional<base::Timestamp> made; // none: its file is not there
    std::optional<base::Timestamp> ends; // when it stops verifying; none: not retired
    bool signs = false; // new tokens
};

class SigningKeys {
public:
    // The files as they are in the directory of the ground's keys. The pool is for the disk; what `ground`
    // refers to outlives it.
    SigningKeys(Ground& ground, std::vector<SigningKey> files, net::WorkerPool& pool);

    // Nothing while no key can sign: before the first settle(), or when it cannot publish one.
    std::shared_ptr<SigningKey const> in_force() const;
    // The live ones, in the order of their publication.
    std::vector<ListedSigningKey> list() const;

    template <class T>
    using Changed = boost::asio::awaitable<Result<T, SigningKeyFault>>;

    // Brings ledger and files where they should be: the first key, the steps left over, a key grown old. To
    // be called at start and from time to time.
    Changed<void> settle();
    // A new key signs; its id.
    Changed<ledger::KeyId> rotate();
    // For a stolen key: it ends now, and what it signed is refused. Another one is published if it was the
    // one that signs.
    Changed<void> end_now(ledger::KeyId kid);

private:
    SigningKeyState state() const;
    base::Timestamp now() const;
    Changed<void> settle_in_turn();
    Changed<void> take(SigningKeyStep step);
    Changed<ledger::KeyId> publish();
    enum class End : std::uint8_t { when_its_tokens_have, now };
    Changed<void> retire(ledger::KeyId kid, End end);
    Changed<void> erase_file(ledger::KeyId kid);
    Changed<void> order(base::ByteBuffer entry);
    ledger::NodePart asks() const;
    bool is_listed() const;

    Ground& ground_;
    net::WorkerPool& pool_;
    std::atomic_flag changing_;
    mutable base::Mutex mutex_;
    std::vector<std::shared_ptr<SigningKey const>> files_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
