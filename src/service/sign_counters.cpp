#include "service/sign_counters.hpp"

#include "base/big_endian.hpp"
#include "service/counter_rows.hpp"

namespace bulla::service {
namespace {

constexpr std::size_t flags_at = 32; // WebAuthn L3 §6.1: rpIdHash[32] ‖ flags ‖ signCount u32be
constexpr std::size_t count_at = 33;
constexpr std::size_t size_min = 37;
constexpr std::uint8_t row_format = 1;
constexpr std::size_t row_size = 6;

} // namespace

std::optional<SignCount> SignCount::read(base::ByteView authenticator_data) {
    if (authenticator_data.size() < size_min)
        return std::nullopt;
    return SignCount{.flags = authenticator_data[flags_at],
                     .count = base::load_big_endian<std::uint32_t>(authenticator_data.subspan(count_at, 4))};
}

base::ByteBuffer SignCount::encode() const {
    std::array<std::uint8_t, 2> const front = {row_format,
                                               static_cast<std::uint8_t>(flags & backup_eligible)};
    return base::concat(front, base::u32be(count));
}

std::optional<SignCount> SignCount::decode(base::ByteView row) {
    if (row.size() != row_size || row[0] != row_format)
        return std::nullopt;
    return SignCount{.flags = row[1], .count = base::load_big_endian<std::uint32_t>(row.subspan(2))};
}

bool may_follow(SignCount const& now, std::optional<SignCount> const& last) {
    if (!now.is_eligible() && (now.flags & SignCount::backed_up) != 0) // WebAuthn L3 §7.2 (18)
        return false;
    if (!last)
        return true;
    bool const counts = now.count != 0 || last->count != 0;
    return now.is_eligible() == last->is_eligible() &&
           (!counts || now.count > last->count); // §7.2 (19), (22)
}

std::optional<SignCount> SignCounters::load(ledger::Label const& label,
                                            ledger::CredentialId const& credential) const {
    auto const row = ground_.live.load_counter(passkey_key(label, credential));
    CHECK(row.has_value());
    return *row ? SignCount::decode(**row) : std::nullopt;
}

bool SignCounters::take(ledger::Label const& label, ledger::CredentialId const& credential,
                        SignCount const& now) {
    base::Lock const lock(mutex_);
    if (!may_follow(now, load(label, credential)))
        return false;
    auto const kept =
        ground_.live.change_counters({{.key = passkey_key(label, credential), .row = now.encode()}});
    CHECK(kept || kept.error().kind == store::StoreFaultKind::no_space);
    return true;
}

} // namespace bulla::service
