#include "service/shared_secret.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

constexpr std::string_view keyset_prefix = "keyset-";
constexpr std::string_view log_prefix = "log-";

std::string_view prefix_of(SecretKind kind) {
    return kind == SecretKind::keyset ? keyset_prefix : log_prefix;
}

std::optional<SecretName> parse_file(SecretKind kind, std::string_view file) {
    auto const prefix = prefix_of(kind);
    auto const bytes =
        file.starts_with(prefix) ? base::parse_base64url(file.substr(prefix.size())) : std::nullopt;
    auto const id = bytes ? SecretId::parse(*bytes) : std::nullopt;
    return id ? std::optional(SecretName{.kind = kind, .id = *id}) : std::nullopt;
}

std::shared_ptr<KeysetKeys const> make_keyset_keys(base::ByteView bytes) {
    return crypto::keep(
        KeysetKeys{.oprf_seed = Secret<32>::from(bytes.first(32)),
                   .opaque_keys = opaque::make_server_keys(Secret<32>::from(bytes.last(32)))});
}

} // namespace

bool is_known(SecretKind kind) {
    return kind == SecretKind::keyset || kind == SecretKind::log_key;
}

std::size_t secret_size(SecretKind kind) {
    return kind == SecretKind::keyset ? 64 : 32;
}

std::string file_of(SecretName const& name) {
    return std::string(prefix_of(name.kind)) + base::to_base64url(name.id);
}

std::optional<SecretName> parse_secret_file(std::string_view file) {
    auto const keyset = parse_file(SecretKind::keyset, file);
    return keyset ? keyset : parse_file(SecretKind::log_key, file);
}

ledger::SeedHash hash_seed(Secret<32> const& oprf_seed) {
    return ledger::SeedHash::from(crypto::sha256(base::ByteView(oprf_seed.expose())));
}

std::optional<HeldSecret> open_secret(SecretKind kind, base::ByteView bytes) {
    if (bytes.size() != secret_size(kind))
        return std::nullopt;
    if (kind == SecretKind::keyset)
        return HeldSecret(make_keyset_keys(bytes));
    return HeldSecret(std::shared_ptr<crypto::Ed25519KeyPair const>(
        crypto::keep(crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(bytes)))));
}

SecretName name_of(HeldSecret const& secret) {
    if (auto const* const keyset = std::get_if<std::shared_ptr<KeysetKeys const>>(&secret))
        return {.kind = SecretKind::keyset, .id = SecretId::from((*keyset)->opaque_keys.public_key.view())};
    auto const& key = std::get<std::shared_ptr<crypto::Ed25519KeyPair const>>(secret);
    return {.kind = SecretKind::log_key, .id = SecretId::from(key->public_key().view())};
}

WantedSecret secret_of(ledger::Keyset const& keyset) {
    return {.name = {.kind = SecretKind::keyset, .id = SecretId::from(keyset.opaque_public_key.view())},
            .seed = keyset.seeds.empty() ? std::nullopt : std::optional(keyset.seeds.front())};
}

std::optional<WantedSecret> secret_of(ledger::Act const& act) {
    if (auto const* const change = std::get_if<ledger::ChangeKeyset>(&act))
        return secret_of(change->keyset);
    if (auto const* const change = std::get_if<ledger::ChangeLog>(&act))
        return WantedSecret{
            .name = {.kind = SecretKind::log_key, .id = SecretId::from(change->log_key.view())}};
    return std::nullopt;
}

bool is_the_wanted(HeldSecret const& secret, WantedSecret const& wanted) {
    auto const* const keyset = std::get_if<std::shared_ptr<KeysetKeys const>>(&secret);
    return name_of(secret) == wanted.name &&
           (keyset == nullptr || wanted.seed == hash_seed((*keyset)->oprf_seed));
}

} // namespace bulla::service
