// What a state of an account is called in answers: whether an erased name may come back is not said there.
#pragma once

#include "ledger/names.hpp"

namespace bulla::http {

inline std::string_view status_name(ledger::AccountStatus status) {
    return status == ledger::AccountStatus::erased_closed ? "erased" : ledger::name_of(status);
}

} // namespace bulla::http
