#include "http/method.hpp"

#include "base/check.hpp"

#include <array>

namespace bulla::http {

std::string_view method_text(Method method) {
    switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::trace: return "TRACE";
    }
    CHECK_UNREACHABLE();
}

std::optional<Method> parse_method(std::string_view text) {
    static constexpr std::array all{Method::get,   Method::post,    Method::head,    Method::put,
                                    Method::patch, Method::delete_, Method::options, Method::trace};
    for (auto const method : all)
        if (text == method_text(method))
            return method;
    return std::nullopt;
}

} // namespace bulla::http
