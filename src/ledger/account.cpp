#include "ledger/account.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::ledger {
namespace {

constexpr std::uint8_t head_format = 1;

enum HeadOffset : std::size_t {
    at_status = 1,
    at_version = 2,
    at_last_index = 10,
    at_head = 18,
    at_commitment = 50
};

} // namespace

bool NewCredential::has_the_fields_of_its_kind() const {
    bool const has_password_fields = generation && keyset && stretching && record;
    bool const has_no_password_fields = !generation && !keyset && !stretching && !record;
    switch (kind) {
    case CredentialKind::password: return has_password_fields && !webauthn_id;
    case CredentialKind::passkey:
        return has_no_password_fields && webauthn_id && !webauthn_id->empty() && webauthn_id->size() <= 1023;
    case CredentialKind::device_key:
    case CredentialKind::recovery_key:
    case CredentialKind::ssh_key: return has_no_password_fields && !webauthn_id;
    }
    CHECK_UNREACHABLE();
}

Credential const* AccountState::find(CredentialId const& id) const {
    auto const found = std::ranges::find(credentials, id, &Credential::id);
    return found == credentials.end() ? nullptr : &*found;
}

Credential const* AccountState::password() const {
    auto const found = std::ranges::find_if(
        credentials, [](Credential const& row) { return row.key.kind == CredentialKind::password; });
    return found == credentials.end() ? nullptr : &*found;
}

std::size_t AccountState::active_count() const {
    return static_cast<std::size_t>(std::ranges::count_if(credentials, is_active));
}

bool AccountState::has_key(PublicKey const& public_key) const {
    return (recovery && recovery->credential.public_key == public_key) ||
           std::ranges::any_of(credentials,
                               [&](Credential const& row) { return row.key.public_key == public_key; });
}

bool is_active(Credential const& credential) {
    return credential.key.kind != CredentialKind::recovery_key;
}

bool can_cancel(Credential const& credential, PendingRecovery const& recovery) {
    return is_active(credential) &&
           (!recovery.key_version || credential.added_version <= *recovery.key_version);
}

StateCommitment commit(AccountState const& state) {
    return StateCommitment::from(crypto::sha256({base::as_bytes("bulla/account-state/v1"), encode(state)}));
}

base::Bytes<struct AccountHeadMeaning, AccountHead::encoded_size> AccountHead::encode() const {
    base::Bytes<struct AccountHeadMeaning, encoded_size> bytes;
    auto const put = [&](std::size_t offset, base::ByteView part) {
        std::ranges::copy(part, bytes.writable().subspan(offset).begin());
    };
    bytes.writable()[0] = head_format;
    bytes.writable()[at_status] = std::to_underlying(status);
    put(at_version, base::u64be(version.number()));
    put(at_last_index, base::u64be(last_index.number()));
    put(at_head, head);
    put(at_commitment, commitment);
    return bytes;
}

std::optional<AccountHead> AccountHead::parse(base::ByteView bytes) {
    if (bytes.size() != encoded_size || bytes[0] != head_format)
        return std::nullopt;
    AccountHead const result{
        .status = static_cast<AccountStatus>(bytes[at_status]),
        .version = AccountVersion{base::load_big_endian<std::uint64_t>(bytes.subspan(at_version))},
        .last_index = LeafIndex{base::load_big_endian<std::uint64_t>(bytes.subspan(at_last_index))},
        .head = LeafHash::from(bytes.subspan(at_head, LeafHash::size)),
        .commitment = StateCommitment::from(bytes.subspan(at_commitment)),
    };
    if (!is_known(result.status) || result.is_erased() != result.commitment.is_zero())
        return std::nullopt;
    return result;
}

} // namespace bulla::ledger
