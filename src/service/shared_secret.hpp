// A secret that all nodes of a network hold, and that was made after its beginning: a keyset, or a log key.
//
// It is named by its public key, which the ledger names too; so are its file, DATA/keys/keyset-NAME or
// log-NAME (NAME in base64url), and the question that other nodes ask for it. Those that every network begins
// with have files of their own (service/keys.hpp).
#pragma once

#include "crypto/ed25519.hpp"
#include "crypto/kept.hpp"
#include "ledger/act.hpp"
#include "opaque/server.hpp"

#include <variant>

namespace bulla::service {

enum class SecretKind : std::uint8_t {
    keyset = 1, // OPRF seed[32] ‖ OPAQUE seed[32]; named by the OPAQUE public key
    log_key = 2, // Ed25519 seed[32]; named by the public key
};
bool is_known(SecretKind kind);
std::size_t secret_size(SecretKind kind);

using SecretId = base::Bytes<struct SecretIdMeaning, 32>;
struct SecretName {
    SecretKind kind = SecretKind::keyset;
    SecretId id;

    friend auto operator<=>(SecretName const&, SecretName const&) = default;
};
std::string file_of(SecretName const& name);
std::optional<SecretName> parse_secret_file(std::string_view file); // nothing: another file's name

// What a keyset is computed with.
struct KeysetKeys {
    Secret<32> oprf_seed; // r of the one set X = {}
    opaque::ServerKeys opaque_keys;
};
ledger::SeedHash hash_seed(Secret<32> const& oprf_seed);

// Its memory is locked as the node's other keys are.
using HeldSecret =
    std::variant<std::shared_ptr<KeysetKeys const>, std::shared_ptr<crypto::Ed25519KeyPair const>>;
// Nothing: bytes of another length.
std::optional<HeldSecret> open_secret(SecretKind kind, base::ByteView bytes);
SecretName name_of(HeldSecret const& secret);

// A secret as the ledger names it.
struct WantedSecret {
    SecretName name;
    std::optional<ledger::SeedHash> seed = {}; // of a keyset

    friend bool operator==(WantedSecret const&, WantedSecret const&) = default;
};
WantedSecret secret_of(ledger::Keyset const& keyset);
std::optional<WantedSecret> secret_of(ledger::Act const& act); // nothing: it names none
bool is_the_wanted(HeldSecret const& secret, WantedSecret const& wanted);

} // namespace bulla::service
