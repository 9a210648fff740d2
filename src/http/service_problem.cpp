#include "http/service_problem.hpp"

#include "base/check.hpp"

namespace bulla::http {

Problem to_problem(service::ServiceFault const& fault) {
    using enum service::ServiceFaultKind;
    switch (fault.kind) {
    case invalid_username:
    case reserved_username:
        return Problem::username_invalid;
    case username_taken:
        return Problem::username_taken;
    case registration_closed:
    case plain_form_disabled:
        return Problem::forbidden;
    case weak_password:
        return Problem::password_refused;
    case malformed:
        return Problem::value_not_allowed;
    case login_refused:
        return Problem::login_refused;
    case wait:
        return Problem::too_many_requests;
    case unknown_request:
        return Problem::gone;
    case unknown_credential:
        return Problem::not_found;
    case conflict:
        return Problem::conflict;
    case refused:
        return Problem::evidence_refused;
    case busy:
        return Problem::too_busy;
    case no_space:
        return Problem::read_only;
    case outcome_unknown:
        return Problem::outcome_unknown;
    case internal:
        return Problem::internal_error;
    }
    CHECK_UNREACHABLE();
}

Response make_problem(service::ServiceFault const& fault) {
    auto const problem = to_problem(fault);
    return fault.retry_after ? make_problem(problem, *fault.retry_after) : make_problem(problem);
}

std::string_view sentence(service::PasswordWeakness weakness) {
    using enum service::PasswordWeakness;
    switch (weakness) {
    case too_short: return "Password too short: use at least 8 characters";
    case too_long: return "Password too long: use at most 4096 bytes";
    case common: return "Password too common: choose one that others do not use";
    case is_username: return "Password must not be your username";
    case repeated: return "Password too simple: do not repeat or count up characters";
    case not_text: return "Password must be text without control characters";
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::http
