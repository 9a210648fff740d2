#include "cli/ssh_signer.hpp"

#include "cli/output.hpp"
#include "credential/ssh_key.hpp"
#include "net/foreground_program.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using Refusal = std::unexpected<std::string>;

// A directory of our own for the digest and its signature, removed with what is in it.
class ScratchDirectory {
public:
    ScratchDirectory() {
        std::error_code error;
        auto pattern = (fs::temp_directory_path(error) / "bulla-sign-XXXXXX").string();
        if (!error && ::mkdtemp(pattern.data()) != nullptr)
            path_ = pattern;
    }
    ~ScratchDirectory() {
        std::error_code ignored;
        if (!path_.empty())
            fs::remove_all(path_, ignored);
    }
    ScratchDirectory(ScratchDirectory const&) = delete;
    ScratchDirectory& operator=(ScratchDirectory const&) = delete;
    fs::path const& path() const { return path_; } // empty: none could be made

private:
    fs::path path_;
};

bool write_file(fs::path const& file, base::ByteView bytes) {
    std::ofstream out(file, std::ios::binary);
    out << base::as_text(bytes);
    return out.flush().good();
}

} // namespace

Result<SshKey, std::string> load_ssh_key(fs::path const& file) {
    auto const public_file = file.extension() == ".pub" ? file : fs::path(file).concat(".pub");
    auto const text = TRY(read_text_file(public_file));
    auto const key = credential::parse_ssh_public_key(text);
    if (!key)
        return Refusal{
            fmt::format("{}: not a public key of ssh-ed25519 or ecdsa-sha2-nistp256", public_file.string())};
    return SshKey{.file = file, .public_key = *key};
}

Result<base::ByteBuffer, std::string> sign_with_ssh(SshKey const& key,
                                                    credential::StatementDigest const& digest) {
    ScratchDirectory const scratch;
    auto const message = scratch.path() / "digest";
    if (scratch.path().empty() || !write_file(message, digest))
        return Refusal{"there is no place for a temporary file"};
    auto const end = net::run_in_foreground(
        {"ssh-keygen", "-q", "-Y", "sign", "-n", "bulla", "-f", key.file.string(), message.string()});
    bool const is_good = end.kind == net::ChildEnd::Kind::exited && end.number == 0;
    if (!is_good)
        return Refusal{fmt::format("ssh-keygen did not sign: {}", net::describe(end))};
    auto const made = credential::parse_ssh_signature(TRY(read_text_file(fs::path(message).concat(".sig"))));
    if (!made || !(made->public_key == key.public_key))
        return Refusal{"ssh-keygen's signature is not by this key"};
    auto const check = credential::evidence_check({credential::CredentialKind::ssh_key, key.public_key}, {},
                                                  digest, std::span(&made->signature, 1));
    if (!check || !credential::check(*check))
        return Refusal{"ssh-keygen's signature does not hold"};
    return made->signature;
}

} // namespace bulla::cli
