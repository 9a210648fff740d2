#include "service/limits.hpp"

#include "base/big_endian.hpp"

namespace bulla::service {
namespace {

using std::chrono::seconds;

// Keys: u8 kind ‖ label ‖ prefix. Two kinds never share a key.
enum class CounterKind : std::uint8_t { name = 1, name_and_prefix = 2, registration = 3, registration_prefix = 4 };

base::ByteBuffer counter_key(CounterKind kind, base::ByteView label, base::ByteView prefix = {}) {
    std::array<std::uint8_t, 1> const kind_byte = {std::to_underlying(kind)};
    return base::concat(kind_byte, label, prefix);
}

std::unexpected<LimitRefusal> wait_until(base::Timestamp open_from, base::Timestamp now) {
    return std::unexpected{LimitRefusal{.retry_after = std::chrono::ceil<seconds>(open_from - now)}};
}

constexpr std::array<std::chrono::milliseconds, 2> windows = {std::chrono::hours{1}, std::chrono::hours{24}};
constexpr std::array<std::uint32_t, 2> registrations_of_label = {5, 20};
constexpr std::array<std::uint32_t, 2> registrations_of_prefix = {10, 240};

} // namespace

// Row, 12 bytes: failures u32be ‖ open_from u64be.
GuessLimits::Ladder GuessLimits::Ladder::parse(std::optional<base::ByteBuffer> const& row) {
    if (!row || row->size() != 12)
        return {};
    base::ByteView const bytes(*row);
    return {.failures = base::load_big_endian<std::uint32_t>(bytes),
            .open_from = base::from_unix_milliseconds(base::load_big_endian<std::uint64_t>(bytes.subspan(4)))};
}

base::ByteBuffer GuessLimits::Ladder::encode() const {
    return base::concat(base::u32be(failures), base::u64be(base::unix_milliseconds(open_from)));
}

void GuessLimits::Ladder::count(base::Timestamp now) {
    ++failures;
    if (failures <= free_failures)
        return;
    auto const doublings = std::min(failures - free_failures - 1, 10u);
    open_from = std::max(open_from, now) + std::min(first_delay * (1 << doublings), delay_max);
}

Result<void, LimitRefusal> GuessLimits::Ladder::check(base::Timestamp now) const {
    if (failures >= failures_max)
        return std::unexpected{LimitRefusal{.retry_after = std::nullopt}};
    if (now < open_from)
        return wait_until(open_from, now);
    return {};
}

// Row, 24 bytes: for each of hour and day start u64be ‖ count u32be.
GuessLimits::Windows GuessLimits::Windows::parse(std::optional<base::ByteBuffer> const& row) {
    Windows result;
    if (!row || row->size() != 24)
        return result;
    for (std::size_t index = 0; index < 2; ++index) {
        auto const bytes = base::ByteView(*row).subspan(12 * index);
        result.starts[index] = base::from_unix_milliseconds(base::load_big_endian<std::uint64_t>(bytes));
        result.counts[index] = base::load_big_endian<std::uint32_t>(bytes.subspan(8));
    }
    return result;
}

base::ByteBuffer GuessLimits::Windows::encode() const {
    return base::concat(base::u64be(base::unix_milliseconds(starts[0])), base::u32be(counts[0]),
                        base::u64be(base::unix_milliseconds(starts[1])), base::u32be(counts[1]));
}

Result<void, LimitRefusal> GuessLimits::Windows::take(base::Timestamp now,
                                                      std::array<std::uint32_t, 2> const& maxima) {
    for (std::size_t index = 0; index < 2; ++index) {
        if (now >= starts[index] + windows[index]) {
            starts[index] = now;
            counts[index] = 0;
        }
        if (counts[index] >= maxima[index])
            return wait_until(starts[index] + windows[index], now);
    }
    for (auto& count : counts)
        ++count;
    return {};
}

Result<void, LimitRefusal> GuessLimits::take_from_bucket(base::ByteView prefix, base::Timestamp now) {
    if (buckets_.size() >= prefixes_max) // full ones say nothing; the rest is lost to whoever floods it
        std::erase_if(buckets_, [&](auto const& row) { return row.second.filled + std::chrono::minutes{2} < now; });
    if (buckets_.size() >= prefixes_max)
        buckets_.clear();
    auto& bucket = buckets_.try_emplace(std::string(base::as_text(prefix)), Bucket{.filled = now}).first->second;
    if (now > bucket.filled) {
        auto const passed = std::chrono::duration<double>(now - bucket.filled).count();
        bucket.level = std::min(evaluations_burst, bucket.level + passed * evaluations_per_second);
        bucket.filled = now;
    }
    if (bucket.level < 1)
        return std::unexpected{LimitRefusal{.retry_after = seconds{3}}};
    bucket.level -= 1;
    return {};
}

Result<GuessTicket, LimitRefusal> GuessLimits::begin_guess(ledger::Label const& label, base::ByteView prefix,
                                                           base::Timestamp now) {
    base::Lock const lock(mutex_);
    auto const name_key = counter_key(CounterKind::name, label);
    auto const both_key = counter_key(CounterKind::name_and_prefix, label, prefix);
    auto name = Ladder::parse(counters_.load_counter(name_key));
    auto both = Ladder::parse(counters_.load_counter(both_key));
    TRY(name.check(now));
    TRY(both.check(now));
    TRY(take_from_bucket(prefix, now));
    name.count(now);
    both.count(now);
    counters_.store_counter(name_key, name.encode());
    counters_.store_counter(both_key, both.encode());
    return GuessTicket{.label = label, .prefix = base::to_buffer(prefix)};
}

void GuessLimits::give_back(GuessTicket const& ticket) {
    base::Lock const lock(mutex_);
    counters_.erase_counter(counter_key(CounterKind::name, ticket.label));
    counters_.erase_counter(counter_key(CounterKind::name_and_prefix, ticket.label, ticket.prefix));
}

Result<void, LimitRefusal> GuessLimits::begin_registration(ledger::Label const& label, base::ByteView prefix,
                                                           base::Timestamp now) {
    base::Lock const lock(mutex_);
    auto const label_key = counter_key(CounterKind::registration, label);
    auto const prefix_key = counter_key(CounterKind::registration_prefix, prefix);
    auto of_label = Windows::parse(counters_.load_counter(label_key));
    auto of_prefix = Windows::parse(counters_.load_counter(prefix_key));
    TRY(of_label.take(now, registrations_of_label));
    TRY(of_prefix.take(now, registrations_of_prefix));
    counters_.store_counter(label_key, of_label.encode());
    counters_.store_counter(prefix_key, of_prefix.encode());
    return {};
}

void GuessLimits::registered(ledger::Label const& label) {
    base::Lock const lock(mutex_);
    counters_.erase_counter(counter_key(CounterKind::name, label));
    counters_.erase_counter(counter_key(CounterKind::registration, label));
}

} // namespace bulla::service
