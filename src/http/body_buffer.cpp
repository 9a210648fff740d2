#include "http/body_buffer.hpp"

#include "http/limits.hpp"

#include <algorithm>

namespace bulla::http {
namespace {

void copy(base::ByteView from, base::ByteSpan to) {
    CHECK(from.size() <= to.size());
    std::ranges::copy(from, to.begin());
}

} // namespace

BodyBuffer::BodyBuffer(std::size_t size_max)
    : size_max_(size_max), place_(std::min(size_max, read_buffer_size_min)) {}

base::ByteSpan BodyBuffer::room() {
    if (size_ == place_.size() && size_ < size_max_) {
        SecretBytes larger(std::min(size_max_, 2 * place_.size()));
        copy(place_.expose(), larger.writable());
        place_ = std::move(larger);
    }
    return place_.writable().subspan(size_);
}

void BodyBuffer::add(std::size_t size) {
    CHECK(size <= place_.size() - size_);
    size_ += size;
}

void BodyBuffer::append(base::ByteView bytes) {
    CHECK(bytes.size() <= size_max_ - size_);
    while (!bytes.empty()) {
        auto const part = bytes.first(std::min(bytes.size(), room().size()));
        copy(part, room());
        add(part.size());
        bytes = bytes.subspan(part.size());
    }
}

SecretBytes BodyBuffer::take() && {
    return size_ == place_.size() ? std::move(place_) : SecretBytes::from(place_.expose().first(size_));
}

InputBuffer::InputBuffer() : place_(read_buffer_size_min) {}

base::ByteSpan InputBuffer::room() {
    if (end_ < place_.size())
        return place_.writable().subspan(end_);
    auto const size = end_ - begin_;
    SecretBytes other(size > read_buffer_size_min / 2 ? 2 * place_.size() : place_.size());
    copy(unread(), other.writable());
    place_ = std::move(other);
    begin_ = 0;
    end_ = size;
    return place_.writable().subspan(end_);
}

void InputBuffer::consume(std::size_t size) {
    CHECK(size <= end_ - begin_);
    base::wipe(place_.writable().subspan(begin_, size));
    begin_ += size;
    if (begin_ < end_)
        return;
    begin_ = end_ = 0;
    if (place_.size() > read_buffer_size_min)
        place_ = SecretBytes(read_buffer_size_min);
}

} // namespace bulla::http
