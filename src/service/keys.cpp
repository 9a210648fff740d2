#include "service/keys.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view signing_prefix = "signing-";

class FileDescriptor {
public:
    explicit FileDescriptor(int number) : number_(number) {}
    ~FileDescriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    FileDescriptor(FileDescriptor const&) = delete;
    FileDescriptor& operator=(FileDescriptor const&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

std::unexpected<KeyFault> fault(KeyFaultKind kind, fs::path const& file) {
    return std::unexpected{KeyFault{.kind = kind, .file = file}};
}

// A key file is written once, complete and synced, and never replaced.
Result<void, KeyFault> write_key(fs::path const& file, base::ByteView key) {
    FileDescriptor const descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (descriptor.number() < 0)
        return fault(KeyFaultKind::failed, file);
    auto const written = ::write(descriptor.number(), key.data(), key.size());
    if (written != static_cast<ssize_t>(key.size()) || ::fsync(descriptor.number()) != 0)
        return fault(KeyFaultKind::failed, file);
    FileDescriptor const parent(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.number() < 0 || ::fsync(parent.number()) != 0)
        return fault(KeyFaultKind::failed, file);
    return {};
}

template <std::size_t N>
Result<Secret<N>, KeyFault> read_key(fs::path const& file) {
    FileDescriptor const descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (descriptor.number() < 0)
        return fault(errno == ENOENT ? KeyFaultKind::missing : KeyFaultKind::failed, file);
    struct stat status{};
    if (::fstat(descriptor.number(), &status) != 0)
        return fault(KeyFaultKind::failed, file);
    if ((status.st_mode & 077) != 0)
        return fault(KeyFaultKind::readable_by_others, file);
    if (status.st_size != static_cast<off_t>(N))
        return fault(KeyFaultKind::wrong_size, file);
    ssize_t got = 0;
    auto key =
        Secret<N>::make([&](base::ByteSpan bytes) { got = ::read(descriptor.number(), bytes.data(), N); });
    if (got != static_cast<ssize_t>(N))
        return fault(KeyFaultKind::failed, file);
    return key;
}

template <std::size_t N>
Result<void, KeyFault> make_key(fs::path const& file, base::Randomness& randomness) {
    auto const key = Secret<N>::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
    return write_key(file, key.expose());
}

Result<crypto::Ed25519KeyPair, KeyFault> read_ed25519(fs::path const& file) {
    return crypto::Ed25519KeyPair::from_seed(TRY(read_key<32>(file)));
}

} // namespace

Result<void, KeyFault> make_keys(fs::path const& directory, base::Randomness& randomness) {
    for (auto const* const name : {"operator", "node", "cosigner", "log", "oprf-1", "opaque"})
        TRY(make_key<32>(directory / name, randomness));
    return make_key<64>(directory / "vrf", randomness);
}

Result<NodeKeys, KeyFault> load_keys(fs::path const& directory) {
    auto operator_key = TRY(read_ed25519(directory / "operator"));
    auto node_key = TRY(read_ed25519(directory / "node"));
    auto cosigner_key = TRY(read_ed25519(directory / "cosigner"));
    auto log_key = TRY(read_ed25519(directory / "log"));
    auto const vrf_seed = TRY(read_key<64>(directory / "vrf"));
    auto oprf_seed = TRY(read_key<32>(directory / "oprf-1"));
    auto const opaque_seed = TRY(read_key<32>(directory / "opaque"));
    return NodeKeys{.operator_key = std::move(operator_key),
                    .node_key = std::move(node_key),
                    .cosigner_key = std::move(cosigner_key),
                    .log_key = std::move(log_key),
                    .vrf_key = crypto::VrfKeyPair::from_seed(vrf_seed),
                    .oprf_seed = std::move(oprf_seed),
                    .opaque_keys = opaque::make_server_keys(opaque_seed)};
}

Result<SigningKey, KeyFault> make_signing_key(fs::path const& directory, base::Randomness& randomness) {
    auto key = crypto::Ed25519KeyPair::generate(randomness);
    auto const kid = token::make_key_id(key.public_key());
    TRY(write_key(directory / (std::string(signing_prefix) + token::print_key_id(kid)), key.seed().expose()));
    return SigningKey{.kid = kid, .key = std::move(key)};
}

Result<std::vector<SigningKey>, KeyFault> load_signing_keys(fs::path const& directory) {
    std::vector<SigningKey> keys;
    std::error_code error;
    for (auto const& file : fs::directory_iterator(directory, error)) {
        auto const name = file.path().filename().string();
        if (!name.starts_with(signing_prefix))
            continue;
        auto key = TRY(read_ed25519(file.path()));
        auto const kid = token::make_key_id(key.public_key());
        if (token::print_key_id(kid) != name.substr(signing_prefix.size()))
            return fault(KeyFaultKind::wrong_size, file.path());
        keys.push_back({.kid = kid, .key = std::move(key)});
    }
    if (error)
        return fault(KeyFaultKind::failed, directory);
    return keys;
}

} // namespace bulla::service
