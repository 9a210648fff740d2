#include "http/problem.hpp"

#include "base/check.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace bulla::http {
namespace {

constexpr std::string_view problem_json = "application/problem+json";

// The message itself.
std::optional<ProblemText> message_problem(Problem problem) {
    switch (problem) {
    case Problem::request_malformed:
        return ProblemText{400, "request_malformed", "The request is not well formed",
                           "Send an HTTP/1.1 request as RFC 9112 describes it."};
    case Problem::host_malformed:
        return ProblemText{400, "host_malformed", "The Host field is not usable",
                           "Send one Host field with the name, and the port if it is not the usual one."};
    case Problem::request_timeout:
        return ProblemText{408, "request_timeout", "The request took too long",
                           "Send the whole request without pauses."};
    case Problem::body_too_large:
        return ProblemText{413, "body_too_large", "The body is too large",
                           "Send a smaller body; the documentation of the route names its limit."};
    case Problem::uri_too_long:
        return ProblemText{414, "uri_too_long", "The URI is too long", "Use a URI of at most 8192 bytes."};
    case Problem::expectation_failed:
        return ProblemText{417, "expectation_failed", "The expectation is not supported",
                           "Leave out the Expect field, or send 100-continue."};
    case Problem::header_too_large:
        return ProblemText{431, "header_too_large", "The header is too large",
                           "Send at most 100 header fields of at most 16384 bytes together."};
    case Problem::method_unknown:
        return ProblemText{501, "method_unknown", "The method is not known",
                           "Use a method that the Allow field of the route lists."};
    case Problem::transfer_encoding_unknown:
        return ProblemText{501, "transfer_encoding_unknown", "The transfer encoding is not supported",
                           "Use Content-Length, or chunked as the only transfer encoding."};
    case Problem::too_many_connections:
        return ProblemText{503, "too_many_connections", "Too many connections",
                           "Close connections that are not needed and try again later."};
    case Problem::version_not_supported:
        return ProblemText{505, "version_not_supported", "The HTTP version is not supported",
                           "Use HTTP/1.1."};
    default: return std::nullopt;
    }
}

// What it asks for, and how the question is put.
std::optional<ProblemText> content_problem(Problem problem) {
    switch (problem) {
    case Problem::not_found: return ProblemText{404, "not_found", "There is nothing here", "Check the path."};
    case Problem::method_not_allowed:
        return ProblemText{405, "method_not_allowed", "The method is not allowed here",
                           "Use one of the methods in the Allow field."};
    case Problem::media_type_not_supported:
        return ProblemText{415, "media_type_not_supported", "The content type is not supported",
                           "Send the Content-Type that the documentation of the route names."};
    case Problem::encoding_not_supported:
        return ProblemText{415, "encoding_not_supported", "The content encoding is not supported",
                           "Send the body without compression."};
    case Problem::form_malformed:
        return ProblemText{400, "form_malformed", "The form is not well formed",
                           "Send name=value fields joined by &, percent-encoded UTF-8."};
    case Problem::field_missing:
        return ProblemText{400, "field_missing", "A field is missing",
                           "Send every field that the documentation of the route names as required."};
    case Problem::field_repeated:
        return ProblemText{400, "field_repeated", "A field was sent more than once", "Send each field once."};
    case Problem::field_unknown:
        return ProblemText{400, "field_unknown", "A field is not known here",
                           "Send only the fields that the documentation of the route names."};
    case Problem::field_too_long:
        return ProblemText{400, "field_too_long", "A field is too long",
                           "Send at most 4096 bytes in each field."};
    case Problem::query_malformed:
        return ProblemText{400, "query_malformed", "The query of the URI is not well formed",
                           "Send name=value fields joined by &, percent-encoded UTF-8."};
    case Problem::json_malformed:
        return ProblemText{400, "json_malformed", "The body is not the JSON that is expected here",
                           "Send one JSON value as the OpenAPI document describes it, each member once."};
    case Problem::value_not_allowed:
        return ProblemText{400, "value_not_allowed", "A value is not allowed",
                           "Compare the values with the OpenAPI document."};
    default: return std::nullopt;
    }
}

std::optional<ProblemText> account_problem(Problem problem) {
    switch (problem) {
    case Problem::username_invalid:
        return ProblemText{400, "username_invalid", "The username is not allowed",
                           "Choose a name as the documentation describes it."};
    case Problem::password_refused:
        return ProblemText{400, "password_refused", "The password is not allowed",
                           "Choose a longer password that is not in common use."};
    case Problem::username_taken:
        return ProblemText{409, "username_taken", "The username is taken", "Choose another name."};
    case Problem::login_refused:
        return ProblemText{401, "login_refused", "The sign-in was refused",
                           "Check username and password, or the credential used."};
    case Problem::token_missing:
        return ProblemText{401, "token_missing", "No token was sent",
                           "Sign in and send the token as Authorization: Bearer TOKEN."};
    case Problem::token_expired:
        return ProblemText{401, "token_expired", "The token has expired",
                           "Refresh the token or sign in again."};
    case Problem::token_invalid:
        return ProblemText{401, "token_invalid", "The token is not valid", "Sign in again."};
    case Problem::forbidden:
        return ProblemText{403, "forbidden", "This is not allowed",
                           "Sign in with an account that may do this."};
    case Problem::evidence_refused:
        return ProblemText{403, "evidence_refused", "The evidence was refused",
                           "Sign the statement again with a credential of the account."};
    case Problem::conflict:
        return ProblemText{409, "conflict", "The state has changed meanwhile",
                           "Read the current state and try again."};
    case Problem::gone: return ProblemText{410, "gone", "This is over", "Begin anew."};
    default: return std::nullopt;
    }
}

ProblemText service_problem(Problem problem) {
    switch (problem) {
    case Problem::too_many_requests:
        return {429, "too_many_requests", "Too many requests", "Wait for the time that Retry-After names."};
    case Problem::too_busy:
        return {503, "too_busy", "The server is busy; nothing was done",
                "Try again after the time that Retry-After names."};
    case Problem::read_only:
        return {503, "read_only", "The server takes no changes now; nothing was done",
                "Its disk is full, or it is stopping. Try again later; reading goes on."};
    case Problem::not_current:
        return {503, "not_current", "This node cannot show that it is up to date; nothing was done",
                "Try again later, or ask another node."};
    case Problem::outcome_unknown:
        return {504, "outcome_unknown", "The outcome is not known yet",
                "Ask for the entry under the address in the Location field before trying again."};
    default:
        return {500, "internal_error", "The server failed",
                "Try again later; the operator finds the request in the log."};
    }
}

std::string_view challenge(Problem problem) {
    switch (problem) {
    case Problem::token_missing:
    case Problem::login_refused: return "Bearer";
    default: return "Bearer error=\"invalid_token\"";
    }
}

} // namespace

ProblemText problem_text(Problem problem) {
    if (auto const text = message_problem(problem))
        return *text;
    if (auto const text = content_problem(problem))
        return *text;
    if (auto const text = account_problem(problem))
        return *text;
    return service_problem(problem);
}

std::span<Problem const> all_problems() {
    using enum Problem;
    static constexpr std::array all{
        request_malformed,
        host_malformed,
        request_timeout,
        body_too_large,
        uri_too_long,
        expectation_failed,
        header_too_large,
        method_unknown,
        transfer_encoding_unknown,
        too_many_connections,
        version_not_supported,
        not_found,
        method_not_allowed,
        media_type_not_supported,
        encoding_not_supported,
        form_malformed,
        field_missing,
        field_repeated,
        field_unknown,
        field_too_long,
        query_malformed,
        json_malformed,
        value_not_allowed,
        username_invalid,
        password_refused,
        username_taken,
        login_refused,
        token_missing,
        token_expired,
        token_invalid,
        forbidden,
        evidence_refused,
        conflict,
        gone,
        too_many_requests,
        internal_error,
        too_busy,
        read_only,
        not_current,
        outcome_unknown,
    };
    static_assert(all.size() == std::to_underlying(outcome_unknown) + 1);
    return all;
}

Response make_problem(Problem problem) {
    auto const text = problem_text(problem);
    Response response{.status = text.status, .content_type = problem_json};
    response.body = fmt::format(R"({{"type":"/problems/{}","title":"{}","status":{},"detail":"{}"}})",
                                text.name, text.title, text.status, text.detail);
    response.problem = problem;
    if (text.status == 401)
        response.with("WWW-Authenticate", std::string(challenge(problem)));
    return response;
}

void name_request(Response& response, std::string_view request_id) {
    auto text = std::string(body_text(response.body));
    if (response.content_type == problem_json && text.ends_with('}')) {
        text.pop_back();
        text += fmt::format(R"(,"request_id":"{}"}})", request_id);
    } else if (response.content_type == plain_text) {
        text += fmt::format(" (request {})", request_id);
    } else {
        return;
    }
    response.body = std::move(text);
}

Response make_problem(Problem problem, std::chrono::seconds retry_after) {
    auto response = make_problem(problem);
    response.retry_after = retry_after;
    return response;
}

} // namespace bulla::http
