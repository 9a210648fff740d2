// What a resource is given beside the request, and the shape of a resource.
#pragma once

#include "base/time.hpp"
#include "http/client_address.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace bulla::service {
class Application;
}

namespace bulla::http {

struct Route;

struct Context {
    service::Application& application;
    ClientAddress client;
    base::Timestamp now; // read once, when the request was complete
    Route const& route;
};

// Both are the handler's own. An exception that leaves a handler is answered 500.
using Handler = std::function<boost::asio::awaitable<Response>(Request, Context)>;

} // namespace bulla::http
