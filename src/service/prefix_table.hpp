// A bounded table with one row a client prefix. When it is full, the row used longest ago goes.
//
// Not thread-safe. Invariant: rows_ and by_prefix_ hold the same prefixes, at most capacity of them.
#pragma once

#include "base/bytes.hpp"

#include <list>
#include <map>

namespace bulla::service {

template <class Row>
class PrefixTable {
public:
    explicit PrefixTable(std::size_t capacity) : capacity_(capacity) { CHECK(capacity > 0); }

    // The prefix's row, made by `fresh` when there is none; now the one used last. Valid until the next call.
    Row& touch(base::ByteView prefix, Row const& fresh) {
        auto const key = base::to_buffer(prefix);
        if (auto const found = by_prefix_.find(key); found != by_prefix_.end()) {
            rows_.splice(rows_.begin(), rows_, found->second);
            return found->second->row;
        }
        if (by_prefix_.size() == capacity_) {
            by_prefix_.erase(rows_.back().prefix);
            rows_.pop_back();
        }
        rows_.push_front({.prefix = key, .row = fresh});
        by_prefix_.emplace(key, rows_.begin());
        return rows_.front().row;
    }

    std::size_t size() const { return by_prefix_.size(); }

private:
    struct Place {
        base::ByteBuffer prefix;
        Row row;
    };
    std::size_t capacity_;
    std::list<Place> rows_; // the one used last first
    // Ordered, not hashed: whoever picks prefixes picks no collisions.
    std::map<base::ByteBuffer, typename std::list<Place>::iterator> by_prefix_;
};

} // namespace bulla::service
