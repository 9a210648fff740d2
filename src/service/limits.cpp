#include "service/limits.hpp"

namespace bulla::service {
namespace {

constexpr std::size_t prefix_size_max = 16;
constexpr Seconds closed_registration_retry{86'400};

base::ByteView bounded(base::ByteView prefix) {
    return prefix.first(std::min(prefix.size(), prefix_size_max));
}

std::unexpected<LimitRefusal> refuse_for(Seconds wait) {
    return std::unexpected{LimitRefusal{.kind = LimitRefusal::Kind::wait, .retry_after = wait}};
}
std::unexpected<LimitRefusal> refuse_closed(Seconds wait) {
    return std::unexpected{LimitRefusal{.kind = LimitRefusal::Kind::closed, .retry_after = wait}};
}

Result<void, LimitRefusal> refuse_uncounted(Kept kept) {
    if (kept == Kept::no_space)
        return std::unexpected{LimitRefusal{.kind = LimitRefusal::Kind::no_space}};
    return {};
}

} // namespace

GuessLimits::GuessLimits(CounterStore& counters, GuessRules rules)
    : counters_(counters), rules_(rules), buckets_(rules.prefixes_max), key_logins_(rules.prefixes_max),
      hours_(rules.prefixes_max) {}

// After the clock went back, the row as it then is must be stored at once: computed anew at each attempt,
// what remains of a delay would never pass.
GuessRow GuessLimits::load_guess(base::ByteView key, base::Timestamp now) {
    auto const stored = counters_.load_counter(key);
    if (!stored)
        return {};
    auto const row = GuessRow::decode(*stored).value_or(GuessRow{.failures = failures_max});
    auto const present = row.rebased(now);
    if (present != row) // on a full disk the attempt is refused all the same, when it is counted
        (void)counters_.change_counters({{.key = base::to_buffer(key), .row = present.encode()}});
    return present;
}

RegistrationRow GuessLimits::load_registration(base::ByteView key, base::Timestamp now) {
    auto const stored = counters_.load_counter(key);
    if (!stored)
        return {};
    auto const row = RegistrationRow::decode(*stored).value_or(RegistrationRow{.in_all = 255});
    auto const present = row.rebased(now);
    if (present != row) // on a full disk the attempt is refused all the same, when it is counted
        (void)counters_.change_counters({{.key = base::to_buffer(key), .row = present.encode()}});
    return present;
}

Result<void, LimitRefusal> GuessLimits::take_evaluation(base::ByteView prefix, base::Timestamp now) {
    base::Lock const lock(prefixes_mutex_);
    auto& bucket = buckets_.touch(prefix, {});
    if (auto const wait = bucket.wait(rules_.prefix, now); wait > Seconds{0})
        return refuse_for(wait);
    bucket.take(rules_.prefix);
    return {};
}

Result<void, LimitRefusal> GuessLimits::begin_key_login(base::ByteView prefix, base::Timestamp now) {
    base::Lock const lock(prefixes_mutex_);
    auto& bucket = key_logins_.touch(bounded(prefix), {});
    if (auto const wait = bucket.wait(rules_.key_login, now); wait > Seconds{0})
        return refuse_for(wait);
    bucket.take(rules_.key_login);
    return {};
}

Result<void, LimitRefusal> GuessLimits::take_registration(base::ByteView prefix, base::Timestamp now) {
    base::Lock const lock(prefixes_mutex_);
    auto& bucket = buckets_.touch(prefix, {});
    auto& hour = hours_.touch(prefix, {});
    auto const wait =
        std::max(bucket.wait(rules_.prefix, now), hour.wait(rules_.prefix_registrations_hourly, now));
    if (wait > Seconds{0})
        return refuse_for(wait);
    bucket.take(rules_.prefix);
    hour.take(now);
    return {};
}

Result<GuessTicket, LimitRefusal> GuessLimits::begin_guess(ledger::Label const& label, base::ByteView prefix,
                                                           base::Timestamp now) {
    prefix = bounded(prefix);
    auto const name_key = guess_key(label);
    auto const prefix_key = prefix_guess_key(label, prefix);
    base::Lock const lock(stripe_of(label));
    auto const of_name = load_guess(name_key, now);
    auto const of_prefix = load_guess(prefix_key, now);
    if (of_name.is_closed())
        return refuse_closed(rules_.name.delay_max);
    if (auto const wait = std::max(of_name.wait(now), of_prefix.wait(now)); wait > Seconds{0})
        return refuse_for(wait);
    TRY(take_evaluation(prefix, now));
    auto const counted = of_name.counted(rules_.name, now);
    TRY(refuse_uncounted(counters_.change_counters(
        {{.key = name_key, .row = counted.encode()},
         {.key = prefix_key, .row = of_prefix.counted(rules_.name_and_prefix, now).encode()}})));
    return GuessTicket(label, prefix, counted.failures);
}

void GuessLimits::give_back(GuessTicket ticket) {
    base::Lock const lock(stripe_of(ticket.label_));
    // On a full disk what was good stays counted as a failure, until the next good one.
    (void)counters_.change_counters(
        {{.key = guess_key(ticket.label_), .row = std::nullopt},
         {.key = prefix_guess_key(ticket.label_, ticket.prefix_), .row = std::nullopt}});
}

Result<void, LimitRefusal> GuessLimits::begin_registration(ledger::Label const& label, base::ByteView prefix,
                                                           base::Timestamp now) {
    auto const key = registration_key(label);
    base::Lock const lock(stripe_of(label));
    auto const row = load_registration(key, now);
    if (row.is_closed(rules_.registration))
        return refuse_closed(closed_registration_retry);
    if (auto const wait = row.wait(rules_.registration, now); wait > Seconds{0})
        return refuse_for(wait);
    TRY(take_registration(bounded(prefix), now));
    return refuse_uncounted(counters_.change_counters({{.key = key, .row = row.counted(now).encode()}}));
}

void GuessLimits::registered(ledger::Label const& label) {
    base::Lock const lock(stripe_of(label));
    (void)counters_.change_counters({{.key = guess_key(label), .row = std::nullopt},
                                     {.key = registration_key(label), .row = std::nullopt}});
}

Dropped GuessLimits::drop_old(ledger::Label const& label, base::ByteView key, base::Timestamp now) {
    base::Lock const lock(stripe_of(label));
    auto const row = counters_.load_counter(key);
    if (!row || fate_of_counter(key, *row, now) == CounterFate::keep)
        return Dropped::no;
    auto const kept = counters_.change_counters({{.key = base::to_buffer(key), .row = std::nullopt}});
    return kept == Kept::yes ? Dropped::yes : Dropped::no;
}

} // namespace bulla::service
