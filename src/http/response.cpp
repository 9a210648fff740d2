#include "http/response.hpp"

namespace bulla::http {

std::string_view body_text(Body const& body) {
    struct View {
        std::string_view operator()(std::string const& text) const { return text; }
        std::string_view operator()(std::shared_ptr<std::string const> const& text) const { return *text; }
        std::string_view operator()(std::string_view text) const { return text; }
    };
    return std::visit(View{}, body);
}

Response make_text(int status, std::string text) {
    return {.status = status, .content_type = plain_text, .body = std::move(text)};
}

Response make_json(int status, std::string json) {
    return {.status = status, .content_type = json_text, .body = std::move(json)};
}

Response make_empty(int status) {
    return {.status = status};
}

std::string_view reason_phrase(int status) {
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
    }
}

} // namespace bulla::http
