#include "http/resource_pages.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"
#include "crypto/hash.hpp"
#include "http/problem.hpp"

#include <algorithm>

namespace bulla::http {
namespace {

constexpr std::string_view immutable = "public, max-age=31536000, immutable";
constexpr std::string_view ask_again = "no-cache";

// Nothing inline and nothing from elsewhere; 'wasm-unsafe-eval' lets the OPAQUE module be compiled, and no
// script from a string.
constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

std::string_view trim(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "q=0", "q=0." and "q=0.000" are refusals; a weight above that is not compared.
bool is_refusal(std::string_view parameter) {
    parameter = trim(parameter);
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q="))
        return false;
    return parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

PageFile const* find_file(std::string_view path) {
    auto const files = page_files();
    auto const found = std::ranges::lower_bound(files, path, {}, &PageFile::path);
    return found == files.end() || found->path != path ? nullptr : &*found;
}

Response answer(Request const& request, PageFile const& file) {
    Response response{.content_type = file.content_type, .body = file.identity};
    response.with("Content-Security-Policy", std::string(content_security_policy));
    response.with("Cross-Origin-Opener-Policy", "same-origin");
    response.with("Referrer-Policy", "no-referrer");
    response.with("Vary", "Accept-Encoding");
    auto const accepted = request.field("accept-encoding").value_or("");
    if (!file.brotli.empty() && accepts_coding(accepted, "br")) {
        response.body = file.brotli;
        response.with("Content-Encoding", "br");
    } else if (!file.gzip.empty() && accepts_coding(accepted, "gzip")) {
        response.body = file.gzip;
        response.with("Content-Encoding", "gzip");
    }
    return response;
}

} // namespace

bool accepts_coding(std::string_view field, std::string_view coding) {
    while (!field.empty()) {
        auto const comma = field.find(',');
        auto const item = field.substr(0, comma);
        auto const semicolon = item.find(';');
        if (equals_ignoring_case(trim(item.substr(0, semicolon)), coding))
            return semicolon == std::string_view::npos || !is_refusal(item.substr(semicolon + 1));
        field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
    }
    return false;
}

std::string pages_digest() {
    std::string list;
    for (auto const& file : page_files())
        list += base::to_hex(crypto::sha256(base::as_bytes(file.identity))) + "  " +
                std::string(file.path.substr(1)) + "\n";
    return base::to_hex(crypto::sha256(base::as_bytes(list)));
}

boost::asio::awaitable<Response> show_page(Request request, Context) {
    auto const* const page = find_file("/index.html");
    CHECK(page != nullptr);
    auto response = answer(request, *page);
    response.cache_control = ask_again;
    co_return response;
}

boost::asio::awaitable<Response> show_asset(Request request, Context) {
    auto const* const file = find_file(request.path());
    if (file == nullptr)
        co_return make_problem(Problem::not_found);
    auto response = answer(request, *file);
    response.cache_control = immutable;
    co_return response;
}

} // namespace bulla::http
