#include "http/request_id.hpp"

namespace bulla::http {

RequestId RequestIds::next() {
    if (used_ == drawn_.size()) {
        randomness_.fill(drawn_);
        used_ = 0;
    }
    static constexpr std::string_view hexadecimal = "0123456789abcdef";
    RequestId id;
    for (std::size_t index = 0; index < id_size; ++index) {
        auto const byte = drawn_[used_ + index];
        id.digits[2 * index] = hexadecimal[byte >> 4];
        id.digits[2 * index + 1] = hexadecimal[byte & 15];
    }
    used_ += id_size;
    return id;
}

} // namespace bulla::http
