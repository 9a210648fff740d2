#include "service/keys.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view signing_prefix = "signing-";
constexpr std::string_view unfinished_name = "signing.tmp";
constexpr std::string_view unfinished_secret_name = "shared.tmp";

constexpr std::array own_key_names{"operator", "node", "cosigner"};
constexpr std::array network_key_names{"validator", "p2p", "channel", "tls"};
constexpr std::array rotatable_key_names{"validator", "p2p", "channel", "tls", "cosigner"};
constexpr std::array succeeded_key_names{"validator", "p2p", "channel", "tls", "cosigner", "log"};
constexpr std::string_view next_suffix = ".next";

std::unexpected<KeyFault> fault(KeyFaultKind kind, fs::path const& file) {
    return std::unexpected{KeyFault{.kind = kind, .file = file}};
}

std::string next_name(std::string_view name) {
    return std::string(name) + std::string(next_suffix);
}

bool exists(KeyDirectory const& directory, std::string_view name) {
    std::error_code ignored;
    return fs::exists(directory.path() / name, ignored);
}

std::string signing_name(ledger::KeyId const& kid) {
    return std::string(signing_prefix) + token::print_key_id(kid);
}

template <std::size_t N>
Result<Secret<N>, KeyFault> read_key(KeyDirectory const& directory, std::string_view name) {
    auto const key = TRY(directory.read(name, N));
    return Secret<N>::from(key.expose());
}

template <std::size_t N>
Result<void, KeyFault> make_key(KeyDirectory const& directory, std::string_view name,
                                base::Randomness& randomness) {
    auto const key = Secret<N>::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
    return directory.write({.name = name, .in_the_end = name}, key.expose(), randomness);
}

Result<crypto::Ed25519KeyPair, KeyFault> read_ed25519(KeyDirectory const& directory, std::string_view name) {
    return crypto::Ed25519KeyPair::from_seed(TRY(read_key<32>(directory, name)));
}

Result<std::optional<NetworkNodeKeys>, KeyFault> load_network_keys(KeyDirectory const& directory) {
    std::error_code ignored;
    if (!fs::exists(directory.path() / "channel", ignored))
        return std::nullopt;
    auto const channel = TRY(read_key<32>(directory, "channel"));
    std::optional<crypto::Ed25519KeyPair> tls;
    if (fs::exists(directory.path() / "tls", ignored))
        tls = TRY(read_ed25519(directory, "tls"));
    return NetworkNodeKeys{.validator = TRY(read_ed25519(directory, "validator")),
                           .p2p = TRY(read_ed25519(directory, "p2p")),
                           .channel = crypto::ChannelKeyPair::from_seed(channel),
                           .tls = std::move(tls)};
}

Result<std::vector<HeldSecret>, KeyFault> load_shared_secrets(KeyDirectory const& directory) {
    std::vector<HeldSecret> secrets;
    std::error_code error;
    for (fs::directory_iterator at(directory.path(), error), end; !error && at != end; at.increment(error)) {
        auto const name = parse_secret_file(at->path().filename().string());
        if (!name)
            continue;
        auto const bytes = TRY(directory.read(file_of(*name), secret_size(name->kind)));
        auto secret = open_secret(name->kind, bytes.expose());
        if (!secret || name_of(*secret) != *name)
            return fault(KeyFaultKind::wrong_size, at->path());
        secrets.push_back(*std::move(secret));
    }
    if (error)
        return fault(KeyFaultKind::failed, directory.path());
    return secrets;
}

template <class Names>
Result<void, KeyFault> make_each(KeyDirectory const& directory, Names const& names,
                                 base::Randomness& randomness) {
    for (std::string_view const name : names)
        TRY(name == "vrf" ? make_key<64>(directory, name, randomness)
                          : make_key<32>(directory, name, randomness));
    return {};
}

// Where one of the shared keys stands in SharedKeys.
struct KeyPlace {
    std::size_t start = 0;
    std::size_t size = 0;
};
KeyPlace place_of(std::string_view name) {
    auto const before = std::ranges::find(shared_key_names, name) - shared_key_names.begin();
    return {.start = static_cast<std::size_t>(before) * 32, .size = name == "vrf" ? 64U : 32U};
}

template <class Names>
bool contains(Names const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

} // namespace

Result<void, KeyFault> make_keys(KeyDirectory const& directory, base::Randomness& randomness) {
    TRY(make_each(directory, own_key_names, randomness));
    return make_each(directory, shared_key_names, randomness);
}

Result<void, KeyFault> make_network_keys(KeyDirectory const& directory, base::Randomness& randomness) {
    return make_each(directory, network_key_names, randomness);
}

Result<void, KeyFault> copy_shared_keys(KeyDirectory const& from, KeyDirectory const& to,
                                        base::Randomness& randomness) {
    TRY(make_each(to, own_key_names, randomness));
    return write_shared_keys(to, TRY(read_shared_keys(from)), randomness);
}

base::ByteView shared_key(SharedKeys const& keys, std::string_view name) {
    auto const place = place_of(name);
    return base::ByteView(keys.expose()).subspan(place.start, place.size);
}

Result<SharedKeys, KeyFault> read_shared_keys(KeyDirectory const& directory) {
    std::optional<KeyFault> fault;
    auto keys = SharedKeys::make([&](base::ByteSpan bytes) {
        for (std::string_view const name : shared_key_names) {
            auto const place = place_of(name);
            auto const key = directory.read(name, place.size);
            if (key)
                std::ranges::copy(key->expose(), bytes.subspan(place.start).begin());
            else
                fault = key.error();
        }
    });
    if (fault)
        return std::unexpected{*fault};
    return keys;
}

Result<void, KeyFault> write_shared_keys(KeyDirectory const& directory, SharedKeys const& keys,
                                         base::Randomness& randomness) {
    for (std::string_view const name : shared_key_names) {
        TRY(directory.erase(name));
        TRY(directory.write({.name = name, .in_the_end = name}, shared_key(keys, name), randomness));
    }
    return {};
}

bool is_rotatable(std::string_view name) {
    return contains(rotatable_key_names, name);
}

Result<void, KeyFault> make_next_key(KeyDirectory const& directory, std::string_view name,
                                     base::Randomness& randomness) {
    auto const next = next_name(name);
    TRY(directory.erase(next));
    return make_key<32>(directory, next, randomness);
}

Result<NextKeys, KeyFault> load_next_keys(KeyDirectory const& directory) {
    NextKeys keys;
    for (auto const& [name, place] :
         {std::pair{"validator", &keys.validator}, std::pair{"p2p", &keys.p2p}, std::pair{"tls", &keys.tls},
          std::pair{"cosigner", &keys.cosigner}, std::pair{"log", &keys.log}})
        if (exists(directory, next_name(name)))
            *place = TRY(read_ed25519(directory, next_name(name)));
    if (exists(directory, next_name("channel")))
        keys.channel = crypto::ChannelKeyPair::from_seed(TRY(read_key<32>(directory, next_name("channel"))));
    return keys;
}

Result<void, KeyFault> adopt_next_key(KeyDirectory const& directory, std::string_view name,
                                      base::Randomness& randomness) {
    auto const next = next_name(name);
    auto const key = TRY(read_key<32>(directory, next));
    TRY(erase_unfinished_signing_key(directory));
    TRY(directory.write({.name = unfinished_name, .in_the_end = name}, key.expose(), randomness));
    TRY(directory.erase(name));
    TRY(directory.rename(unfinished_name, name));
    return directory.erase(next);
}

Result<void, KeyFault> finish_adoptions(KeyDirectory const& directory, base::Randomness& randomness) {
    for (std::string_view const name : succeeded_key_names)
        if (exists(directory, next_name(name)) && !exists(directory, name))
            TRY(adopt_next_key(directory, name, randomness));
    return {};
}

Result<void, KeyFault> make_own_keys(KeyDirectory const& directory, base::Randomness& randomness) {
    TRY(make_each(directory, own_key_names, randomness));
    return make_each(directory, network_key_names, randomness);
}

Result<OwnKeys, KeyFault> load_own_keys(KeyDirectory const& directory) {
    auto operator_key = TRY(read_ed25519(directory, "operator"));
    auto node_key = TRY(read_ed25519(directory, "node"));
    auto cosigner_key = TRY(read_ed25519(directory, "cosigner"));
    auto network = TRY(load_network_keys(directory));
    if (!network)
        return fault(KeyFaultKind::missing, directory.path() / "channel");
    return OwnKeys{.operator_key = std::move(operator_key),
                   .node_key = std::move(node_key),
                   .cosigner_key = std::move(cosigner_key),
                   .network = *std::move(network)};
}

Result<void, KeyFault> write_shared_secret(KeyDirectory const& directory, SecretName const& name,
                                           base::ByteView bytes, base::Randomness& randomness) {
    auto const file = file_of(name);
    TRY(directory.erase(unfinished_secret_name));
    TRY(directory.write({.name = unfinished_secret_name, .in_the_end = file}, bytes, randomness));
    return directory.rename(unfinished_secret_name, file);
}

Result<void, KeyFault> erase_unfinished_secret(KeyDirectory const& directory) {
    return directory.erase(unfinished_secret_name);
}

std::size_t key_size(std::string_view name) {
    if (auto const secret = parse_secret_file(name))
        return secret_size(secret->kind);
    if (name == "vrf")
        return 64;
    return is_key_name(name) ? 32 : 0;
}

bool is_key_name(std::string_view name) {
    if (parse_secret_file(name))
        return true;
    if (name.ends_with(next_suffix) &&
        contains(succeeded_key_names, name.substr(0, name.size() - next_suffix.size())))
        return true;
    return contains(own_key_names, name) || contains(shared_key_names, name) ||
           contains(network_key_names, name) ||
           (name.starts_with(signing_prefix) && token::parse_key_id(name.substr(signing_prefix.size())));
}

Result<NodeKeys, KeyFault> load_keys(KeyDirectory directory) {
    auto operator_key = TRY(read_ed25519(directory, "operator"));
    auto node_key = TRY(read_ed25519(directory, "node"));
    auto cosigner_key = TRY(read_ed25519(directory, "cosigner"));
    auto log_key = TRY(read_ed25519(directory, "log"));
    auto const vrf_seed = TRY(read_key<64>(directory, "vrf"));
    auto oprf_seed = TRY(read_key<32>(directory, "oprf-1"));
    auto const opaque_seed = TRY(read_key<32>(directory, "opaque"));
    auto network = TRY(load_network_keys(directory));
    auto secrets = TRY(load_shared_secrets(directory));
    return NodeKeys{.operator_key = std::move(operator_key),
                    .node_key = std::move(node_key),
                    .cosigner_key = std::move(cosigner_key),
                    .log_key = std::move(log_key),
                    .vrf_key = crypto::VrfKeyPair::from_seed(vrf_seed),
                    .oprf_seed = std::move(oprf_seed),
                    .opaque_keys = opaque::make_server_keys(opaque_seed),
                    .network = std::move(network),
                    .secrets = std::move(secrets),
                    .directory = std::move(directory)};
}

Result<SigningKey, KeyFault> make_signing_key(KeyDirectory const& directory, base::Randomness& randomness,
                                              base::Timestamp now) {
    TRY(erase_unfinished_signing_key(directory));
    auto key = crypto::Ed25519KeyPair::generate(randomness);
    auto const kid = token::make_key_id(key.public_key());
    auto const name = signing_name(kid);
    TRY(directory.write({.name = unfinished_name, .in_the_end = name, .modified = now}, key.seed().expose(),
                        randomness));
    TRY(directory.rename(unfinished_name, name));
    return SigningKey{.kid = kid, .key = std::move(key), .made = now};
}

Result<std::vector<SigningKey>, KeyFault> load_signing_keys(KeyDirectory const& directory) {
    std::vector<SigningKey> keys;
    std::error_code error;
    for (auto const& file : fs::directory_iterator(directory.path(), error)) {
        auto const name = file.path().filename().string();
        if (!name.starts_with(signing_prefix))
            continue;
        auto key = read_ed25519(directory, name);
        struct stat status{};
        if (!key && (key.error().kind != KeyFaultKind::missing || key.error().file != file.path()))
            return std::unexpected{key.error()};
        if (!key || ::stat(file.path().c_str(), &status) != 0)
            continue; // erased by a running server meanwhile
        auto const kid = token::make_key_id(key->public_key());
        if (signing_name(kid) != name)
            return fault(KeyFaultKind::wrong_size, file.path());
        auto const since_1970 =
            std::chrono::seconds{status.st_mtim.tv_sec} + std::chrono::nanoseconds{status.st_mtim.tv_nsec};
        keys.push_back({.kid = kid,
                        .key = *std::move(key),
                        .made = base::Timestamp{std::chrono::floor<std::chrono::milliseconds>(since_1970)}});
    }
    if (error)
        return fault(KeyFaultKind::failed, directory.path());
    return keys;
}

Result<void, KeyFault> erase_signing_key(KeyDirectory const& directory, ledger::KeyId const& kid) {
    TRY(erase_unfinished_signing_key(directory));
    auto const renamed = directory.rename(signing_name(kid), unfinished_name);
    if (!renamed && renamed.error().kind == KeyFaultKind::missing)
        return {};
    TRY(renamed);
    return erase_unfinished_signing_key(directory);
}

Result<void, KeyFault> erase_unfinished_signing_key(KeyDirectory const& directory) {
    return directory.erase(unfinished_name);
}

} // namespace bulla::service
