#include "service/signing_key_steps.hpp"

namespace bulla::service {
namespace {

SigningKeyFile const* find_file(SigningKeyState const& state, ledger::KeyId const& kid) {
    auto const found = std::ranges::find(state.files, kid, &SigningKeyFile::kid);
    return found == state.files.end() ? nullptr : &*found;
}

bool may_sign(SigningKeyState const& state, ledger::KeyId const& kid) {
    return std::ranges::any_of(
        state.live, [&](ledger::LiveSigningKey const& key) { return key.kid == kid && !key.ends; });
}

bool is_old(SigningKeyFile const& file, base::Timestamp now, std::chrono::seconds lifetime) {
    return now - file.made >= lifetime || file.made - now >= lifetime;
}

} // namespace

std::optional<ledger::KeyId> signing_kid(SigningKeyState const& state) {
    for (auto key = state.live.rbegin(); key != state.live.rend(); ++key)
        if (!key->ends && find_file(state, key->kid) != nullptr)
            return key->kid;
    return std::nullopt;
}

bool has_room(SigningKeyState const& state) {
    return state.live.size() < ledger::live_signing_keys_max;
}

SigningKeyStep next_step(SigningKeyState const& state, base::Timestamp now, std::chrono::seconds lifetime) {
    for (auto const& file : state.files)
        if (!may_sign(state, file.kid))
            return EraseFile{file.kid};
    auto const signing = signing_kid(state);
    if (!signing && has_room(state))
        return PublishKey{};
    if (!signing)
        return EndKeyNow{state.live.front().kid};
    for (auto const& key : state.live)
        if (!key.ends && key.kid != *signing)
            return RetireKey{key.kid};
    if (is_old(*find_file(state, *signing), now, lifetime) && has_room(state))
        return PublishKey{};
    return Settled{};
}

} // namespace bulla::service
