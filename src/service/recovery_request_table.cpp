#include "service/recovery_request_table.hpp"

#include "base/big_endian.hpp"
#include "crypto/random.hpp"
#include "service/faults_of_order.hpp"

#include <tuple>

namespace bulla::service {
namespace {

constexpr std::size_t nonce_size = 16;
constexpr std::size_t tagged_size = nonce_size + sizeof(std::uint64_t); // of an id: what its tag is over
constexpr std::size_t tag_size = RequestId::size - tagged_size;

auto const store_fault = [](store::StoreFault const& fault) { return to_service_fault(fault); };

Secret<32> random_key(base::Randomness& randomness) {
    return Secret<32>::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
}

} // namespace

RecoveryRequestTable::RecoveryRequestTable(Ground const& ground)
    : ground_(ground), id_key_(random_key(ground.randomness)) {
    base::Lock const lock(mutex_);
    auto const first = request_key({});
    auto const walked =
        ground_.live.each_counter(first, [&](base::ByteView key, base::ByteView bytes) REQUIRES(mutex_) {
            if (key.empty() || key[0] != first[0])
                return false;
            if (auto row = ledger::decode<RecoveryRequest>(bytes))
                rows_.emplace(row->number, *std::move(row));
            return true;
        });
    CHECK(walked.has_value());
}

// --- ids

RequestId RecoveryRequestTable::make_id(base::Timestamp ends) const {
    using Nonce = base::Bytes<struct RequestNonceMeaning, nonce_size>;
    auto const tagged = base::concat(crypto::random_bytes<Nonce>(ground_.randomness),
                                     base::u64be(base::unix_milliseconds(ends)));
    auto const tag = crypto::hmac_sha512(id_key_.expose(), {tagged});
    return RequestId::from(base::concat(tagged, base::ByteView(tag.expose()).first(tag_size)));
}

std::optional<base::Timestamp> RecoveryRequestTable::end_of_own(RequestId const& id) const {
    auto const tagged = id.view().first(tagged_size);
    auto const tag = crypto::hmac_sha512(id_key_.expose(), {tagged});
    auto const ends =
        base::from_unix_milliseconds(base::load_big_endian<std::uint64_t>(tagged.subspan(nonce_size)));
    bool const is_own =
        std::ranges::equal(base::ByteView(tag.expose()).first(tag_size), id.view().subspan(tagged_size));
    return is_own && ends > ground_.clock.now() ? std::optional(ends) : std::nullopt;
}

// --- the rows

std::optional<RecoveryRequest> RecoveryRequestTable::find(RequestNumber const& number) const {
    base::Lock const lock(mutex_);
    auto const found = rows_.find(number);
    if (found == rows_.end() || found->second.ends <= ground_.clock.now())
        return std::nullopt;
    return found->second;
}

std::optional<RecoveryRequest> RecoveryRequestTable::find(RequestId const& id) const {
    auto found = find(number_of(id));
    return found && found->id == hash_of(id) ? found : std::nullopt;
}

std::vector<RecoveryRequest> RecoveryRequestTable::select(Wanted const& wanted) const {
    auto const now = ground_.clock.now();
    std::vector<RecoveryRequest> requests;
    base::Lock const lock(mutex_);
    for (auto const& [number, request] : rows_)
        if (request.ends > now && wanted(request))
            requests.push_back(request);
    std::ranges::sort(requests, [](RecoveryRequest const& left, RecoveryRequest const& right) {
        return std::tie(left.asked, left.number) < std::tie(right.asked, right.number);
    });
    return requests;
}

std::optional<RecoveryRequest> RecoveryRequestTable::find(ledger::StatementDigest const& begin) const {
    auto found = select([&](RecoveryRequest const& request) { return request.begin_digest() == begin; });
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Served<void> RecoveryRequestTable::store(RecoveryRequest const& request) {
    TRY(map_fault(
        ground_.live.change_counters({{.key = request_key(request.number), .row = ledger::encode(request)}}),
        store_fault));
    base::Lock const lock(mutex_);
    rows_.insert_or_assign(request.number, request);
    return {};
}

Served<void> RecoveryRequestTable::erase(RecoveryRequest const& request) {
    if (request.state != RequestState::asked)
        TRY(map_fault(
            ground_.live.change_counters({{.key = request_key(request.number), .row = std::nullopt}}),
            store_fault));
    base::Lock const lock(mutex_);
    rows_.erase(request.number);
    return {};
}

// A row that the disk does not give up ends all the same: nobody finds it.
void RecoveryRequestTable::drop_ended() {
    auto const now = ground_.clock.now();
    std::vector<RecoveryRequest> ended;
    {
        base::Lock const lock(mutex_);
        for (auto const& [number, request] : rows_)
            if (request.ends <= now)
                ended.push_back(request);
    }
    for (auto const& request : ended)
        static_cast<void>(erase(request));
}

// The one that gives way to one more; nothing: there is room.
std::optional<RequestNumber> RecoveryRequestTable::find_oldest(Rows const& rows,
                                                               std::optional<ledger::Label> const& label,
                                                               std::size_t count_max) {
    RecoveryRequest const* oldest = nullptr;
    std::size_t count = 0;
    for (auto const& [number, request] : rows) {
        if (request.state != RequestState::asked || (label && request.label != *label))
            continue;
        ++count;
        if (oldest == nullptr || request.asked < oldest->asked)
            oldest = &request;
    }
    return count >= count_max ? std::optional(oldest->number) : std::nullopt;
}

void RecoveryRequestTable::keep(RecoveryRequest request) {
    drop_ended();
    base::Lock const lock(mutex_);
    if (rows_.contains(request.number)) // one in 2^40: whoever asked asks again
        return;
    if (auto const oldest = find_oldest(rows_, request.label, asked_requests_of_name_max))
        rows_.erase(*oldest);
    if (auto const oldest = find_oldest(rows_, std::nullopt, asked_requests_max))
        rows_.erase(*oldest);
    rows_.emplace(request.number, std::move(request));
}

} // namespace bulla::service
