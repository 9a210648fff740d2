// Part of verify: the rows that the store keeps beside the log, against the state that the log makes.
#pragma once

#include "service/verify.hpp"

namespace bulla::service {

enum class Records : std::uint8_t { complete, may_lack };
struct RowsFound {
    std::optional<WrongThing> wrong;
    std::uint64_t lacking = 0; // accounts without their records, where these may lack
};
RowsFound check_rows(store::LedgerDatabase& ledger, ledger::Audit const& audit, Records records);

} // namespace bulla::service
