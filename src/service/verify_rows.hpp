// Part of verify: the rows that the store keeps beside the log, against the state that the log makes.
#pragma once

#include "service/verify.hpp"

namespace bulla::service {

std::optional<WrongThing> check_rows(store::LedgerDatabase& ledger, ledger::Audit const& audit);

} // namespace bulla::service
