// The reading and writing half of Connection.
#include "http/chunked_body.hpp"
#include "http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace bulla::http {
namespace {

auto constexpr awaited = boost::asio::as_tuple(boost::asio::use_awaitable);

boost::asio::mutable_buffer buffer_of(base::ByteSpan bytes) {
    return {bytes.data(), bytes.size()};
}

Socket::wait_type wait_for(net::TlsStep::Kind kind) {
    return kind == net::TlsStep::Kind::wait_read ? Socket::wait_read : Socket::wait_write;
}

} // namespace

boost::asio::awaitable<Result<std::size_t, Connection::Silence>> Connection::read_some(base::ByteSpan room,
                                                                                       SteadyTime deadline) {
    if (cut_)
        co_return std::unexpected{Silence{}};
    deadline_ = deadline;
    std::size_t size = 0;
    bool failed = false;
    if (tls_) {
        auto const read = co_await read_tls(room);
        size = read.value_or(0);
        failed = !read;
    } else {
        boost::system::error_code error;
        std::tie(error, size) = co_await socket_.async_read_some(buffer_of(room), awaited);
        failed = error.failed();
    }
    deadline_ = SteadyTime::max();
    bool const expired = std::exchange(expired_, false);
    auto const waiting = std::exchange(waiting_, Waiting::progress);
    if (!failed && !cut_)
        co_return size;
    co_return std::unexpected{
        expired && !cut_ && waiting != Waiting::first_byte ? Silence{Problem::request_timeout} : Silence{}};
}

boost::asio::awaitable<bool> Connection::wait(Socket::wait_type what, SteadyTime deadline) {
    deadline_ = deadline;
    auto const [error] = co_await socket_.async_wait(what, awaited);
    deadline_ = SteadyTime::max();
    co_return !error && !cut_;
}

boost::asio::awaitable<bool> Connection::shake_hands() {
    auto const deadline = std::chrono::steady_clock::now() + parts_.limits.header_time_max;
    waiting_ = Waiting::first_byte; // a stop need not wait for it
    tls_ = parts_.tls->accept(socket_.native_handle());
    while (tls_ && !cut_ && !lane_.stopping) {
        auto const step = tls_->handshake();
        if (step.kind == net::TlsStep::Kind::done)
            co_return true;
        if (step.kind == net::TlsStep::Kind::ended || !co_await wait(wait_for(step.kind), deadline))
            break;
    }
    co_return false;
}

// The deadline is set, and taken back, by the caller.
boost::asio::awaitable<std::optional<std::size_t>> Connection::read_tls(base::ByteSpan room) {
    auto const deadline = deadline_;
    while (!cut_) {
        auto const step = tls_->read(room);
        if (step.kind == net::TlsStep::Kind::done)
            co_return step.size;
        if (step.kind == net::TlsStep::Kind::ended || !co_await wait(wait_for(step.kind), deadline))
            break;
    }
    co_return std::nullopt;
}

net::TlsStep Connection::write_now(std::string_view bytes) {
    if (tls_)
        return tls_->write(bytes);
    boost::system::error_code error;
    auto const size = socket_.write_some(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error == boost::asio::error::would_block)
        return {.kind = net::TlsStep::Kind::wait_write};
    return {.kind = error ? net::TlsStep::Kind::ended : net::TlsStep::Kind::done, .size = size};
}

boost::asio::awaitable<Result<RequestHead, Connection::Silence>> Connection::read_head() {
    waiting_ = Waiting::progress;
    if (input_.empty()) {
        if (lane_.stopping)
            co_return std::unexpected{Silence{}};
        waiting_ = Waiting::first_byte;
        auto const idle_max = requests_ == 0 ? parts_.limits.header_time_max : parts_.limits.idle_time_max;
        input_.add(CO_TRY(co_await read_some(input_.room(), std::chrono::steady_clock::now() + idle_max)));
    }
    auto deadline = SteadyTime::max(); // most heads come in one piece
    for (HeadScanner scanner;;) {
        auto const text = base::as_text(input_.unread());
        auto const scanned = scanner.scan(text);
        if (!scanned)
            co_return std::unexpected{Silence{scanned.error()}};
        if (auto const size = *scanned) {
            auto head = parse_head(text.substr(0, *size));
            input_.consume(*size);
            if (!head)
                co_return std::unexpected{Silence{head.error()}};
            co_return *std::move(head);
        }
        if (deadline == SteadyTime::max())
            deadline = std::chrono::steady_clock::now() + parts_.limits.header_time_max;
        input_.add(CO_TRY(co_await read_some(input_.room(), deadline)));
    }
}

boost::asio::awaitable<Result<void, Connection::Silence>> Connection::continue_if_expected(
    Expectation expectation) {
    if (expectation == Expectation::continue_ && input_.empty() &&
        !co_await write_all("HTTP/1.1 100 Continue\r\n\r\n"))
        co_return std::unexpected{Silence{}};
    co_return Result<void, Silence>{};
}

boost::asio::awaitable<Result<SecretBytes, Connection::Silence>> Connection::read_body(BodyAhead ahead,
                                                                                       std::size_t body_max) {
    if (body_max == 0 || (ahead.framing == Framing::sized && ahead.size > body_max))
        co_return std::unexpected{Silence{Problem::body_too_large}};
    CO_TRY(co_await continue_if_expected(ahead.expectation));
    if (ahead.framing == Framing::chunked)
        co_return co_await read_chunked_body(body_max);
    co_return co_await read_sized_body(static_cast<std::size_t>(ahead.size));
}

boost::asio::awaitable<Result<SecretBytes, Connection::Silence>> Connection::read_sized_body(
    std::size_t size) {
    auto const deadline = std::chrono::steady_clock::now() + parts_.limits.body_time_max;
    BodyBuffer body(size);
    auto const here = input_.unread().first(std::min(size, input_.unread().size()));
    body.append(here);
    input_.consume(here.size());
    while (body.size() < size)
        body.add(CO_TRY(co_await read_some(body.room(), deadline)));
    co_return std::move(body).take();
}

boost::asio::awaitable<Result<SecretBytes, Connection::Silence>> Connection::read_chunked_body(
    std::size_t body_max) {
    auto const deadline = std::chrono::steady_clock::now() + parts_.limits.body_time_max;
    for (ChunkedBody body(body_max);;) {
        auto const used = body.take(input_.unread());
        if (!used)
            co_return std::unexpected{Silence{used.error()}};
        input_.consume(*used);
        if (body.is_complete())
            co_return std::move(body).take_body();
        input_.add(CO_TRY(co_await read_some(input_.room(), deadline)));
    }
}

boost::asio::awaitable<bool> Connection::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const piece = bytes.substr(0, write_piece_size_max);
        if (!co_await write_piece(piece))
            co_return false;
        bytes.remove_prefix(piece.size());
    }
    co_return true;
}

// The system nearly always has room for an answer: then no coroutine is made for it.
std::size_t Connection::write_at_once(std::string_view bytes) {
    return write_now(bytes).size;
}

boost::asio::awaitable<bool> Connection::write_piece(std::string_view piece) {
    auto deadline = SteadyTime::max();
    while (!cut_ && !piece.empty()) {
        auto const step = write_now(piece);
        if (step.kind == net::TlsStep::Kind::ended)
            co_return false;
        if (step.kind != net::TlsStep::Kind::done) {
            if (deadline == SteadyTime::max())
                deadline = std::chrono::steady_clock::now() + parts_.limits.write_time_max;
            bool const ready = co_await wait(wait_for(step.kind), deadline);
            expired_ = false;
            if (!ready)
                co_return false;
        }
        piece.remove_prefix(step.size);
    }
    bool const whole = piece.empty();
    co_return whole;
}

boost::asio::awaitable<bool> Connection::write_source(BodySource source, BodyEnd end) {
    try {
        while (!lane_.stopping) {
            auto const piece = co_await source();
            if (piece.empty())
                break;
            output_.clear();
            if (end == BodyEnd::chunked)
                append_chunk(output_, piece);
            else
                output_.append(piece);
            if (!co_await write_all(output_))
                co_return false;
        }
    } catch (std::exception const& exception) {
        exception_ = exception.what();
        co_return false;
    }
    co_return end != BodyEnd::chunked || co_await write_all("0\r\n\r\n");
}

// Reads on for a moment, so that the system does not reset the connection before the answer has been read.
boost::asio::awaitable<void> Connection::drain() {
    auto const deadline = std::chrono::steady_clock::now() + parts_.limits.drain_time_max;
    input_.consume(input_.unread().size());
    for (std::size_t drained = 0; drained < drain_size_max;) {
        auto const room = input_.room();
        auto const size =
            co_await read_some(room.first(std::min(room.size(), drain_size_max - drained)), deadline);
        if (!size)
            co_return;
        drained += *size;
    }
}

} // namespace bulla::http
