// A bounded table of things that wait for the second half of a conversation: single use, short-lived, in
// memory.
//
// An id is 16 random bytes. take() consumes, whether or not the caller then succeeds. When the table is full
// the oldest row goes: an attacker who floods it can only shorten the time others have.
#pragma once

#include "base/mutex.hpp"
#include "base/time.hpp"
#include "crypto/random.hpp"

#include <deque>
#include <unordered_map>

namespace bulla::service {

using PendingId = base::Bytes<struct PendingIdMeaning, 16>;

template <class T>
class PendingTable {
public:
    PendingTable(std::size_t rows_max, std::chrono::milliseconds lifetime)
        : rows_max_(rows_max), lifetime_(lifetime) {}

    PendingId put(T value, base::Timestamp now, base::Randomness& randomness) {
        auto const id = crypto::random_bytes<PendingId>(randomness);
        base::Lock const lock(mutex_);
        drop_ended(now);
        if (rows_.size() >= rows_max_)
            drop_oldest();
        rows_.emplace(id, Row{std::move(value), now + lifetime_});
        order_.push_back(id);
        return id;
    }

    std::optional<T> take(PendingId const& id, base::Timestamp now) {
        base::Lock const lock(mutex_);
        auto const found = rows_.find(id);
        if (found == rows_.end())
            return std::nullopt;
        auto row = std::move(found->second);
        rows_.erase(found);
        if (row.ends <= now)
            return std::nullopt;
        return std::move(row.value);
    }

    std::size_t size() const {
        base::Lock const lock(mutex_);
        return rows_.size();
    }

private:
    struct Row {
        T value;
        base::Timestamp ends;
    };
    // order_ may name rows that were taken; it is never longer than twice the rows allowed.
    void drop_oldest() REQUIRES(mutex_) {
        while (!order_.empty()) {
            auto const id = order_.front();
            order_.pop_front();
            if (rows_.erase(id) > 0)
                return;
        }
    }
    void drop_ended(base::Timestamp now) REQUIRES(mutex_) {
        while (!order_.empty()) {
            auto const found = rows_.find(order_.front());
            if (found != rows_.end() && found->second.ends > now && order_.size() <= 2 * rows_max_)
                return;
            if (found != rows_.end())
                rows_.erase(found);
            order_.pop_front();
        }
    }

    std::size_t const rows_max_;
    std::chrono::milliseconds const lifetime_;
    mutable base::Mutex mutex_;
    std::unordered_map<PendingId, Row, base::PrefixHash> rows_ GUARDED_BY(mutex_);
    std::deque<PendingId> order_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
