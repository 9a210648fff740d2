#include "http/openapi.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> show_openapi(Request, Context) {
    co_return Response{
        .content_type = json_text, .body = openapi_document(), .cache_control = "public, max-age=300"};
}

} // namespace bulla::http
