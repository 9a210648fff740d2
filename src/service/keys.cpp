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
constexpr std::string_view unfinished_name = "signing.tmp";

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

bool set_modified(int descriptor, base::Timestamp time) {
    auto const since_1970 = time.time_since_epoch();
    auto const whole = std::chrono::floor<std::chrono::seconds>(since_1970);
    timespec const stamp{.tv_sec = whole.count(),
                         .tv_nsec = std::chrono::nanoseconds(since_1970 - whole).count()};
    timespec const stamps[2] = {stamp, stamp};
    return ::futimens(descriptor, stamps) == 0;
}

Result<void, KeyFault> sync_parent(fs::path const& file) {
    FileDescriptor const parent(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.number() < 0 || ::fsync(parent.number()) != 0)
        return fault(KeyFaultKind::failed, file);
    return {};
}

// A key file is written once, complete and synced, and never replaced.
Result<void, KeyFault> write_key(fs::path const& file, base::ByteView key,
                                 std::optional<base::Timestamp> modified = std::nullopt) {
    FileDescriptor const descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (descriptor.number() < 0)
        return fault(KeyFaultKind::failed, file);
    auto const written = ::write(descriptor.number(), key.data(), key.size());
    if (written != static_cast<ssize_t>(key.size()) ||
        (modified && !set_modified(descriptor.number(), *modified)) || ::fsync(descriptor.number()) != 0)
        return fault(KeyFaultKind::failed, file);
    return sync_parent(file);
}

Result<void, KeyFault> rename_key(fs::path const& from, fs::path const& to) {
    if (::rename(from.c_str(), to.c_str()) != 0)
        return fault(errno == ENOENT ? KeyFaultKind::missing : KeyFaultKind::failed, from);
    return sync_parent(to);
}

fs::path signing_file(fs::path const& directory, ledger::KeyId const& kid) {
    return directory / (std::string(signing_prefix) + token::print_key_id(kid));
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

Result<SigningKey, KeyFault> make_signing_key(fs::path const& directory, base::Randomness& randomness,
                                              base::Timestamp now) {
    TRY(erase_unfinished_signing_key(directory));
    auto key = crypto::Ed25519KeyPair::generate(randomness);
    auto const kid = token::make_key_id(key.public_key());
    TRY(write_key(directory / unfinished_name, key.seed().expose(), now));
    TRY(rename_key(directory / unfinished_name, signing_file(directory, kid)));
    return SigningKey{.kid = kid, .key = std::move(key), .made = now};
}

Result<std::vector<SigningKey>, KeyFault> load_signing_keys(fs::path const& directory) {
    std::vector<SigningKey> keys;
    std::error_code error;
    for (auto const& file : fs::directory_iterator(directory, error)) {
        auto const name = file.path().filename().string();
        if (!name.starts_with(signing_prefix))
            continue;
        auto key = read_ed25519(file.path());
        struct stat status{};
        if (!key && key.error().kind != KeyFaultKind::missing)
            return std::unexpected{key.error()};
        if (!key || ::stat(file.path().c_str(), &status) != 0)
            continue; // erased by a running server meanwhile
        auto const kid = token::make_key_id(key->public_key());
        if (token::print_key_id(kid) != name.substr(signing_prefix.size()))
            return fault(KeyFaultKind::wrong_size, file.path());
        auto const since_1970 =
            std::chrono::seconds{status.st_mtim.tv_sec} + std::chrono::nanoseconds{status.st_mtim.tv_nsec};
        keys.push_back({.kid = kid,
                        .key = *std::move(key),
                        .made = base::Timestamp{std::chrono::floor<std::chrono::milliseconds>(since_1970)}});
    }
    if (error)
        return fault(KeyFaultKind::failed, directory);
    return keys;
}

Result<void, KeyFault> erase_signing_key(fs::path const& directory, ledger::KeyId const& kid) {
    TRY(erase_unfinished_signing_key(directory));
    auto const renamed = rename_key(signing_file(directory, kid), directory / unfinished_name);
    if (!renamed && renamed.error().kind == KeyFaultKind::missing)
        return {};
    TRY(renamed);
    return erase_unfinished_signing_key(directory);
}

Result<void, KeyFault> erase_unfinished_signing_key(fs::path const& directory) {
    auto const file = directory / unfinished_name;
    FileDescriptor const descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (descriptor.number() < 0 && errno == ENOENT)
        return {};
    base::Bytes<struct Erased, 32> const zeros{};
    if (descriptor.number() < 0 ||
        ::write(descriptor.number(), zeros.view().data(), zeros.size) != static_cast<ssize_t>(zeros.size) ||
        ::fsync(descriptor.number()) != 0 || ::unlink(file.c_str()) != 0)
        return fault(KeyFaultKind::failed, file);
    return sync_parent(file);
}

} // namespace bulla::service
