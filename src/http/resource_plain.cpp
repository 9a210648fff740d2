#include "http/resource_plain.hpp"

#include "http/bearer.hpp"
#include "http/form.hpp"
#include "http/json_body.hpp"
#include "http/service_problem.hpp"
#include "service/application.hpp"

#include <fmt/format.h>

namespace bulla::http {
namespace {

using service::ServiceFault;
using service::ServiceFaultKind;

// The plain routes answer in text: the status of the problem, and a sentence. A 401 names the scheme (RFC
// 9110 §15.5.2).
Response refuse(Problem problem, std::string text) {
    auto response = make_text(problem_text(problem).status, std::move(text));
    response.problem = problem;
    if (response.status == 401)
        response.with("WWW-Authenticate", "Bearer");
    return response;
}
Response refuse(Problem problem) {
    return refuse(problem, std::string(problem_text(problem).detail));
}

std::string reason(ServiceFault const& fault) {
    if (fault.weakness)
        return std::string(sentence(*fault.weakness));
    switch (fault.kind) {
    case ServiceFaultKind::username_taken: return "Username already taken";
    case ServiceFaultKind::login_refused: return "Invalid username or password";
    case ServiceFaultKind::invalid_username:
        return "Invalid username: use 1 to 64 ASCII letters, digits, '.', '_' or '-'";
    case ServiceFaultKind::reserved_username: return "This username is reserved: choose another";
    case ServiceFaultKind::registration_closed: return "Registration is closed";
    case ServiceFaultKind::plain_form_disabled: return "The plain form is turned off: use /v1/logins";
    default: return std::string(problem_text(to_problem(fault)).detail);
    }
}

Response refuse(ServiceFault const& fault) {
    auto response = refuse(to_problem(fault), reason(fault));
    response.retry_after = fault.retry_after;
    return response;
}

std::string bearer_sentence(Problem problem) {
    if (problem == Problem::token_missing)
        return "No token provided";
    return problem == Problem::token_expired ? "Token expired" : "Invalid token";
}

Response refuse_bearer(Problem problem) {
    return refuse(problem, bearer_sentence(problem));
}

struct NameAndPassword {
    std::string username;
    SecretBytes password;
};

Result<NameAndPassword, Problem> read_form(Request const& request) {
    auto form = TRY(parse_form(request, {.required = {"username", "password"}}));
    auto username = std::string(form["username"]);
    return NameAndPassword{.username = std::move(username), .password = std::move(form).take("password")};
}

} // namespace

boost::asio::awaitable<Response> plain_register(Request request, Context context) {
    auto form = read_form(request);
    if (!form)
        co_return refuse(form.error());
    auto const registered = co_await context.application.plain_form().register_account(
        std::move(form->username), std::move(form->password), context.client.prefix);
    if (!registered)
        co_return refuse(registered.error());
    co_return make_text(200, "Registration successful");
}

boost::asio::awaitable<Response> plain_login(Request request, Context context) {
    auto form = read_form(request);
    if (!form)
        co_return refuse(form.error());
    auto issued = co_await context.application.plain_form().login(
        std::move(form->username), std::move(form->password), context.client.prefix);
    if (!issued)
        co_return refuse(issued.error());
    co_return make_text(200, std::move(issued->access_token));
}

boost::asio::awaitable<Response> protected_resource(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return refuse_bearer(principal.error());
    co_return make_text(200, fmt::format("Welcome, {}!", principal->username));
}

boost::asio::awaitable<Response> verify(Request request, Context context) {
    auto const principal = check_bearer(request, context);
    if (!principal)
        co_return refuse_bearer(principal.error());
    co_return make_empty(200)
        .with("Remote-User", principal->username)
        .with("Bulla-Account", base64url(principal->account))
        .with("Bulla-Session", base64url(principal->session));
}

} // namespace bulla::http
