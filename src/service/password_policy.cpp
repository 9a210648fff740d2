#include "service/password_policy.hpp"

namespace bulla::service {
namespace {

// Code points of valid UTF-8: bytes that do not continue one.
std::size_t count_code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Each byte differs from the one before by the same step of −1, 0 or 1.
bool is_run(std::string_view text) {
    auto const step = text[1] - text[0];
    if (step < -1 || step > 1)
        return false;
    for (std::size_t index = 1; index < text.size(); ++index)
        if (text[index] - text[index - 1] != step)
            return false;
    return true;
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

} // namespace

std::optional<PasswordWeakness> find_weakness(SecretBytes const& prepared, Username const& username,
                                              ledger::PasswordPolicy policy) {
    std::size_t const length_min = policy == ledger::PasswordPolicy::nist ? 15 : 8;
    auto const text = base::as_text(prepared.expose());
    if (count_code_points(text) < length_min)
        return PasswordWeakness::too_short;
    if (is_run(text))
        return PasswordWeakness::repeated;
    auto lower = lower_ascii(text);
    bool const is_name = lower == username.text();
    bool const is_common = std::ranges::binary_search(common_passwords(), std::string_view(lower));
    base::wipe(lower);
    if (is_name)
        return PasswordWeakness::is_username;
    return is_common ? std::optional(PasswordWeakness::common) : std::nullopt;
}

} // namespace bulla::service
