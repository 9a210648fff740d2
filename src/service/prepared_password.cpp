#include "service/prepared_password.hpp"

#include "base/encoding.hpp"
#include "service/precis.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

namespace bulla::service {
namespace {

// UTF-16 of a password: one allocation, wiped. ICU's own strings would leave copies behind.
class SecretText {
public:
    explicit SecretText(std::size_t capacity) : units_(capacity) {}
    SecretText(SecretText const&) = delete;
    SecretText& operator=(SecretText const&) = delete;
    ~SecretText() {
        base::wipe({reinterpret_cast<std::uint8_t*>(units_.data()), units_.size() * sizeof(char16_t)});
    }

    char16_t* buffer() { return units_.data(); }
    int capacity() const { return static_cast<int>(units_.size()); }
    void set_size(int size) { size_ = static_cast<std::size_t>(size); }
    std::span<char16_t> units() { return std::span(units_).first(size_); }
    std::u16string_view view() const { return {units_.data(), size_}; }

private:
    std::vector<char16_t> units_;
    std::size_t size_ = 0;
};

// NFC makes at most three units of one (Unicode Standard Annex 15, §9).
constexpr std::size_t nfc_growth_max = 3;
constexpr std::size_t utf8_growth_max = 3; // bytes of one UTF-16 unit

void decode(base::ByteView utf8, SecretText& text) {
    auto error = U_ZERO_ERROR;
    int size = 0;
    u_strFromUTF8(text.buffer(), text.capacity(), &size, base::as_text(utf8).data(),
                  static_cast<int>(utf8.size()), &error);
    CHECK(U_SUCCESS(error));
    text.set_size(size);
}

// RFC 8265 §4.2.2, step 2. All such spaces are single units.
void map_spaces(SecretText& text) {
    for (auto& unit : text.units())
        if (u_charType(unit) == U_SPACE_SEPARATOR)
            unit = u' ';
}

void normalize(SecretText const& text, SecretText& normal) {
    auto error = U_ZERO_ERROR;
    auto const* const nfc = unorm2_getNFCInstance(&error);
    auto const size = unorm2_normalize(nfc, text.view().data(), static_cast<int>(text.view().size()),
                                       normal.buffer(), normal.capacity(), &error);
    CHECK(U_SUCCESS(error));
    normal.set_size(size);
}

SecretBytes encode(SecretText const& text) {
    SecretBytes bytes(text.view().size() * utf8_growth_max);
    auto error = U_ZERO_ERROR;
    int size = 0;
    u_strToUTF8(reinterpret_cast<char*>(bytes.writable().data()), static_cast<int>(bytes.size()), &size,
                text.view().data(), static_cast<int>(text.view().size()), &error);
    CHECK(U_SUCCESS(error));
    return SecretBytes::from(bytes.expose().first(static_cast<std::size_t>(size)));
}

} // namespace

Result<SecretBytes, PasswordTextFault> prepare_password(base::ByteView utf8) {
    if (utf8.empty())
        return std::unexpected{PasswordTextFault::empty};
    if (utf8.size() > password_size_max)
        return std::unexpected{PasswordTextFault::too_long};
    if (!base::is_utf8(base::as_text(utf8)))
        return std::unexpected{PasswordTextFault::not_text};
    SecretText text(utf8.size());
    decode(utf8, text);
    map_spaces(text);
    SecretText normal(utf8.size() * nfc_growth_max);
    normalize(text, normal);
    if (!conforms(normal.view(), StringClass::freeform))
        return std::unexpected{PasswordTextFault::not_text};
    auto prepared = encode(normal);
    if (prepared.size() > password_size_max)
        return std::unexpected{PasswordTextFault::too_long};
    return prepared;
}

} // namespace bulla::service
