#include "ledger/types.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::ledger {

bool is_known(AccountStatus status) {
    return status >= AccountStatus::active && status <= AccountStatus::erased_closed;
}

bool is_known(PasswordPolicy policy) {
    return policy == PasswordPolicy::standard || policy == PasswordPolicy::nist;
}

NodeId make_node_id(Ed25519PublicKey const& first_node_key) {
    return NodeId::from(crypto::sha256({base::as_bytes("bulla/node-id/v1"), first_node_key}));
}

NetworkId make_network_id(LeafHash const& genesis) {
    return NetworkId::from(genesis);
}

AccountId make_account_id(NetworkId const& network, Label const& label, AccountVersion registered,
                          Opening const& opening) {
    auto const digest =
        crypto::sha256({base::as_bytes("bulla/account-id/v1"), network, label,
                        base::u32be(static_cast<std::uint32_t>(registered.number())), opening});
    return AccountId::from(digest.view().first(AccountId::size));
}

OpeningHash hash_opening(Opening const& opening) {
    return OpeningHash::from(crypto::sha256(opening.view()));
}

} // namespace bulla::ledger

namespace bulla::credential {

bool is_known(CredentialKind kind) {
    return kind >= CredentialKind::password && kind <= CredentialKind::ssh_key;
}

} // namespace bulla::credential

namespace bulla::token {

bool is_known(Algorithm algorithm) {
    return algorithm >= Algorithm::eddsa && algorithm <= Algorithm::rs256;
}

} // namespace bulla::token
