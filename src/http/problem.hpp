// What went wrong, as RFC 9457 problem details: application/problem+json with type, title, status and detail.
//
// The type is a path reference, "/problems/" and the enumerator's name. The detail says what to do. Neither
// depends on anything but the enumerator, so an answer cannot give away more than its kind; a 500 has the
// request's id besides.
#pragma once

#include "http/response.hpp"

#include <span>

namespace bulla::http {

enum class Problem {
    // The message itself: these end the connection.
    request_malformed, // 400
    host_malformed, // 400
    request_timeout, // 408
    body_too_large, // 413
    uri_too_long, // 414
    expectation_failed, // 417
    header_too_large, // 431
    method_unknown, // 501
    transfer_encoding_unknown, // 501
    too_many_connections, // 503
    version_not_supported, // 505

    // What it asks for.
    not_found, // 404
    method_not_allowed, // 405
    media_type_not_supported, // 415
    encoding_not_supported, // 415
    form_malformed, // 400
    field_missing, // 400
    field_repeated, // 400
    field_unknown, // 400
    field_too_long, // 400
    query_malformed, // 400
    json_malformed, // 400
    value_not_allowed, // 400

    // Accounts and sign-in.
    username_invalid, // 400
    password_refused, // 400
    username_taken, // 409
    login_refused, // 401
    token_missing, // 401
    token_expired, // 401
    token_invalid, // 401
    forbidden, // 403
    evidence_refused, // 403
    conflict, // 409
    gone, // 410

    // The state of the service.
    too_many_requests, // 429
    internal_error, // 500
    too_busy, // 503
    read_only, // 503
    not_current, // 503: too few nodes vouch for this one's state
    outcome_unknown, // 504
};

struct ProblemText {
    int status;
    std::string_view name; // the enumerator's
    std::string_view title;
    std::string_view detail; // what to do
};

ProblemText problem_text(Problem problem);

// The answer: the JSON body, and the fields that belong to the status (WWW-Authenticate for 401).
Response make_problem(Problem problem);

// As above with a Retry-After.
Response make_problem(Problem problem, std::chrono::seconds retry_after);

// Every enumerator, for what is counted by reason.
std::span<Problem const> all_problems();

// Adds the request's id to the body of an answer that reports a failure of ours: as the member request_id, or
// in brackets behind a text. Other content types stay as they are.
void name_request(Response& response, std::string_view request_id);

} // namespace bulla::http
