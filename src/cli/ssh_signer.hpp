// Signatures by the user's own ssh-keygen: this program never sees an SSH private key.
//
// `ssh-keygen -Y sign -n bulla -f FILE` finds the private key itself: in FILE, or in the agent when FILE is
// the public half. It asks for a passphrase at the terminal when it needs one.
#pragma once

#include "credential/evidence.hpp"

#include <filesystem>

namespace bulla::cli {

struct SshKey {
    std::filesystem::path file; // as ssh-keygen is to be given it
    credential::PublicKey public_key;
};

// FILE.pub itself, or the one beside a private key. Errors are sentences.
Result<SshKey, std::string> load_ssh_key(std::filesystem::path const& file);

// The evidence over a statement's digest, 64 bytes; checked before it is returned.
Result<base::ByteBuffer, std::string> sign_with_ssh(SshKey const& key,
                                                    credential::StatementDigest const& digest);

} // namespace bulla::cli
