// A request body while it arrives: grows with what has come, not with what was announced, so that many
// clients which announce much and send little cost little. What it held is wiped, also when it moves to a
// larger place.
#pragma once

#include "base/secret.hpp"

namespace bulla::http {

class BodyBuffer {
public:
    // The body will have at most size_max bytes.
    explicit BodyBuffer(std::size_t size_max);

    std::size_t size() const { return size_; }
    void append(base::ByteView bytes);

    // Where the next bytes may be put, never empty while size() < size_max; then say how many there are.
    base::ByteSpan room();
    void add(std::size_t size);

    SecretBytes take() &&;

private:
    std::size_t const size_max_;
    SecretBytes place_;
    std::size_t size_ = 0;
};

// What has been read from a connection and not been used yet.
class InputBuffer {
public:
    InputBuffer();

    base::ByteView unread() const { return place_.expose().subspan(begin_, end_ - begin_); }
    bool empty() const { return begin_ == end_; }

    // Room for at least one more byte: the place grows twofold.
    base::ByteSpan room();
    void add(std::size_t size) { end_ += size; }

    void consume(std::size_t size); // wipes it

private:
    SecretBytes place_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace bulla::http
