#include "service/password_keyset.hpp"

#include "opaque/account_key.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

std::unexpected<ServiceFault> busy() {
    return std::unexpected{
        ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
}

} // namespace

Served<PasswordKeyset> find_keyset(Ground const& ground, std::uint32_t number) {
    auto const policy = ground.head()->policy;
    auto const keyset = std::ranges::find(policy->keysets, number, &ledger::Keyset::number);
    if (keyset == policy->keysets.end() || !ground.keyring.has_all(*policy))
        return busy();
    auto keys = ground.keyring.find(*keyset);
    CHECK(keys != nullptr);
    return PasswordKeyset{.number = number, .keys = std::move(keys)};
}

Served<PasswordKeyset> newest_keyset(Ground const& ground) {
    return find_keyset(ground, ground.head()->policy->keysets.back().number);
}

crypto::Scalar account_key(Ground const& ground, PasswordKeyset const& keyset, ledger::Label const& label) {
    return opaque::account_oprf_key(keyset.keys->oprf_seed, ground.network, keyset.number, label);
}

opaque::RegistrationResponse evaluate_password(Ground const& ground, PasswordKeyset const& keyset,
                                               opaque::RegistrationRequest const& request,
                                               ledger::Label const& label) {
    return opaque::create_registration_response(request, account_key(ground, keyset, label),
                                                keyset.keys->opaque_keys.public_key);
}

} // namespace bulla::service
