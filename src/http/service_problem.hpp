// How the service's faults look to an HTTP client.
#pragma once

#include "http/problem.hpp"
#include "service/fault.hpp"

namespace bulla::http {

Problem to_problem(service::ServiceFault const& fault);
Response make_problem(service::ServiceFault const& fault); // with Retry-After where there is one
std::string_view sentence(service::PasswordWeakness weakness);

} // namespace bulla::http
