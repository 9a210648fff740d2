#include "service/keyring.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

// The set of genesis has files of its own.
HeldSecret first_keyset(NodeKeys const& keys) {
    return std::shared_ptr<KeysetKeys const>(
        crypto::keep(KeysetKeys{.oprf_seed = keys.oprf_seed.clone(),
                                .opaque_keys = {.private_key = keys.opaque_keys.private_key.clone(),
                                                .public_key = keys.opaque_keys.public_key}}));
}

HeldSecret first_log_key(NodeKeys const& keys) {
    return std::shared_ptr<crypto::Ed25519KeyPair const>(
        crypto::keep(crypto::Ed25519KeyPair::from_seed(keys.log_key.seed())));
}

} // namespace

Keyring::Keyring(NodeKeys const& keys) : keys_(keys) {
    auto secrets = keys.secrets;
    secrets.push_back(first_keyset(keys));
    secrets.push_back(first_log_key(keys));
    for (auto const& secret : secrets)
        secrets_.emplace(name_of(secret), secret);
}

std::optional<HeldSecret> Keyring::look(SecretName const& name) const {
    base::Lock const lock(mutex_);
    auto const found = secrets_.find(name);
    return found == secrets_.end() ? std::nullopt : std::optional(found->second);
}

std::shared_ptr<KeysetKeys const> Keyring::find(ledger::Keyset const& keyset) const {
    auto const wanted = secret_of(keyset);
    auto const held = look(wanted.name);
    return held && is_the_wanted(*held, wanted) ? std::get<std::shared_ptr<KeysetKeys const>>(*held)
                                                : nullptr;
}

std::shared_ptr<crypto::Ed25519KeyPair const> Keyring::find_log_key(
    ledger::Ed25519PublicKey const& key) const {
    auto const held = look({.kind = SecretKind::log_key, .id = SecretId::from(key.view())});
    return held ? std::get<std::shared_ptr<crypto::Ed25519KeyPair const>>(*held) : nullptr;
}

bool Keyring::has(WantedSecret const& wanted) const {
    auto const held = look(wanted.name);
    return held && is_the_wanted(*held, wanted);
}

bool Keyring::has_all(ledger::PolicyRow const& policy) const {
    return std::ranges::all_of(policy.keysets,
                               [&](ledger::Keyset const& keyset) { return has(secret_of(keyset)); });
}

std::size_t Keyring::size() const {
    base::Lock const lock(mutex_);
    return secrets_.size();
}

Result<HeldSecret, KeyFault> Keyring::make(SecretKind kind, base::Randomness& randomness) {
    SecretBytes bytes(secret_size(kind));
    randomness.fill(bytes.writable());
    auto const secret = open_secret(kind, bytes.expose());
    CHECK(secret.has_value());
    TRY(keep(name_of(*secret), bytes.expose(), randomness));
    return *secret;
}

// A file that is there and not in the ring was left by a write that failed: it is written again.
Result<void, KeyFault> Keyring::keep(SecretName const& name, base::ByteView bytes,
                                     base::Randomness& randomness) {
    base::Lock const writing(writing_);
    if (look(name))
        return {};
    auto secret = open_secret(name.kind, bytes);
    CHECK(secret && name_of(*secret) == name);
    TRY(write_shared_secret(keys_.directory, name, bytes, randomness));
    base::Lock const lock(mutex_);
    secrets_.emplace(name, *std::move(secret));
    return {};
}

Result<SecretBytes, KeyFault> Keyring::read(SecretName const& name) const {
    return keys_.directory.read(file_of(name), secret_size(name.kind));
}

} // namespace bulla::service
