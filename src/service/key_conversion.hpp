// The key directory of a node that does not run, from bare to encrypted and back.
//
// The new directory is built beside the old one as keys.new, synced; the two change places in one step; the
// old files are overwritten and removed. So a process that ends at any moment leaves the one or the other
// whole, and erase_conversion(), which every start and every conversion calls first, removes the rest.
//
// The caller holds the lock of the data directory.
#pragma once

#include "service/key_directory.hpp"

namespace bulla::service {

Result<void, KeyFault> encrypt_keys(std::filesystem::path const& directory, SecretBytes const& passphrase,
                                    base::Randomness& randomness);
Result<void, KeyFault> decrypt_keys(std::filesystem::path const& directory, SecretBytes const& passphrase,
                                    base::Randomness& randomness);
struct PassphraseChange {
    SecretBytes before;
    SecretBytes after;
};
Result<void, KeyFault> change_passphrase(std::filesystem::path const& directory,
                                         PassphraseChange const& change, base::Randomness& randomness);

// What a conversion that was interrupted has left.
Result<void, KeyFault> erase_conversion(std::filesystem::path const& directory);

} // namespace bulla::service
