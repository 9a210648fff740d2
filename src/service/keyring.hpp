// The secrets that all nodes of the network hold, as far as this one has them: those it began with, and those
// made since (service/shared_secret.hpp). They come while the server runs; none ever goes. Any thread.
#pragma once

#include "base/mutex.hpp"
#include "service/keys.hpp"
#include "service/shared_secret.hpp"

#include <map>

namespace bulla::service {

inline constexpr std::size_t held_secrets_max = 256; // that operators can make it hold

class Keyring {
public:
    explicit Keyring(NodeKeys const& keys); // outlive the ring

    // Nothing: this node has not got it.
    std::shared_ptr<KeysetKeys const> find(ledger::Keyset const& keyset) const;
    std::shared_ptr<crypto::Ed25519KeyPair const> find_log_key(ledger::Ed25519PublicKey const& key) const;
    bool has(WantedSecret const& wanted) const;
    // Whether every password of the ledger can be checked here.
    bool has_all(ledger::PolicyRow const& policy) const;

    std::size_t size() const;

    // These two write a file, synced: for a pool.
    Result<HeldSecret, KeyFault> make(SecretKind kind, base::Randomness& randomness);
    // One that came from another node; `bytes` are the wanted. Good when it is there already.
    Result<void, KeyFault> keep(SecretName const& name, base::ByteView bytes, base::Randomness& randomness);
    // The bytes of its file, for another node.
    Result<SecretBytes, KeyFault> read(SecretName const& name) const;

private:
    std::optional<HeldSecret> look(SecretName const& name) const;

    NodeKeys const& keys_;
    base::Mutex writing_; // one file at a time
    mutable base::Mutex mutex_;
    std::map<SecretName, HeldSecret> secrets_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
