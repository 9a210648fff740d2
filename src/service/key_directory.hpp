// A directory of key files on the disk: DATA/keys, bare or encrypted (docs/formats/store.md).
//
// It is encrypted when the file `wrapping` is in it; then every key file is sealed, and a bare one is
// refused. Files have mode 0600; one that others may read is refused, so is one of another size. A file is
// written once, complete and synced, and never replaced; an erased one is overwritten first. Nothing here is
// printed.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/aead.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace bulla::service {

enum class KeyFaultKind : std::uint8_t {
    missing,
    readable_by_others,
    wrong_size,
    failed,            // the system's refusal
    damaged,           // sealed, and does not open: changed, or another file in its place
    unknown_file,      // stands among the keys and is none
    encrypted_already,
    not_encrypted,     // a passphrase was given, and there is nothing it would open
    passphrase_missing,
    passphrase_refused, // not this one, or the wrapping was changed
    passphrase_unfit,   // see passphrase_size_min
    no_memory,          // to stretch the passphrase
};
struct KeyFault {
    KeyFaultKind kind = KeyFaultKind::failed;
    std::filesystem::path file;
};

using Passphrase = std::optional<SecretBytes>;
inline constexpr std::size_t passphrase_size_min = 12; // bytes: it can be guessed without asking anybody
inline constexpr std::size_t passphrase_size_max = 4096;

// Who may read the file of a passphrase. systemd hands a credential out by an access list, which shows as
// rights of the group; it keeps its directory from others itself.
enum class FileAudience : std::uint8_t { owner, credential };
// The file's first line, without its end.
Result<SecretBytes, KeyFault> load_passphrase(std::filesystem::path const& file, FileAudience audience);

bool is_encrypted(std::filesystem::path const& directory);

class KeyDirectory {
public:
    // One that is not encrypted.
    static KeyDirectory bare(std::filesystem::path directory) { return {std::move(directory), {}}; }
    // An empty one begins: encrypted when there is a passphrase.
    static Result<KeyDirectory, KeyFault> found(std::filesystem::path directory, Passphrase const& passphrase,
                                                base::Randomness& randomness);
    // Takes as long as one stretching where it is encrypted.
    static Result<KeyDirectory, KeyFault> open(std::filesystem::path directory, Passphrase const& passphrase);

    Result<SecretBytes, KeyFault> read(std::string_view name, std::size_t size) const;

    struct NewFile {
        std::string_view name;
        std::string_view in_the_end; // the name it will be renamed to, which it is sealed under
        std::optional<base::Timestamp> modified = std::nullopt;
    };
    Result<void, KeyFault> write(NewFile const& file, base::ByteView key, base::Randomness& randomness) const;
    Result<void, KeyFault> rename(std::string_view from, std::string_view to) const;
    // Good when there is none. What the medium keeps is not in the program's hands.
    Result<void, KeyFault> erase(std::string_view name) const;

    std::filesystem::path const& path() const { return path_; }
    // From another passphrase on; killed at any moment, it is the one or the other that opens.
    Result<void, KeyFault> replace_wrapping(SecretBytes const& passphrase,
                                            base::Randomness& randomness) const;

private:
    KeyDirectory(std::filesystem::path path, std::optional<crypto::AeadKey> wrapping_key)
        : path_(std::move(path)), wrapping_key_(std::move(wrapping_key)) {}

    std::filesystem::path path_;
    std::optional<crypto::AeadKey> wrapping_key_; // none: bare
};

inline constexpr std::string_view wrapping_name = "wrapping";
inline constexpr std::string_view fresh_wrapping_name = "wrapping.new"; // never read

} // namespace bulla::service
