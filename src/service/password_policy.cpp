#include "service/password_policy.hpp"

#include "service/prepared_password.hpp"

namespace bulla::service {
namespace {

constexpr std::size_t repeated_unit_max = 4;   // bytes of a pattern: abcdabcdabcd
constexpr std::size_t own_name_size_min = 3;   // shorter names stand in too many good passwords
constexpr std::size_t beside_own_name_min = 4; // bytes that must be there beside the name

// A copy of a password, wiped.
class SecretString {
public:
    explicit SecretString(base::ByteView bytes) : text(base::as_text(bytes)) {}
    SecretString(SecretString const&) = delete;
    SecretString& operator=(SecretString const&) = delete;
    ~SecretString() { base::wipe(text); }

    std::string text;
};

std::size_t count_code_points(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(
        utf8, [](char unit) { return (static_cast<unsigned char>(unit) & 0xc0) != 0x80; }));
}

void make_lower(std::string& text) {
    for (char& character : text)
        if ('A' <= character && character <= 'Z')
            character = static_cast<char>(character - 'A' + 'a');
}

bool is_little_more_than(std::string_view password, std::string_view name) {
    if (name.size() < own_name_size_min)
        return false;
    auto rest = password.size();
    for (auto place = password.find(name); place != password.npos;
         place = password.find(name, place + name.size()))
        rest -= name.size();
    return rest < password.size() && rest < beside_own_name_min;
}

// A pattern said over and over, or two characters in any order.
bool repeats_a_pattern(std::string_view text) {
    auto const unit_max = std::min(repeated_unit_max, text.size() / 2);
    for (std::size_t unit = 1; unit <= unit_max; ++unit)
        if (text.substr(unit) == text.substr(0, text.size() - unit))
            return true;
    auto const first = text.front();
    auto const second = text.find_first_not_of(first);
    return second == text.npos ||
           text.find_first_not_of(std::array{first, text[second], '\0'}.data()) == text.npos;
}

// abcdefgh, 87654321, 1234567890: each character follows the one before it.
bool is_a_run(std::string_view text) {
    auto const follows = [&](int step) {
        for (std::size_t index = 1; index < text.size(); ++index) {
            bool const wraps = step > 0 ? text[index - 1] == '9' && text[index] == '0'
                                        : text[index - 1] == '0' && text[index] == '9';
            if (text[index] - text[index - 1] != step && !wraps)
                return false;
        }
        return true;
    };
    return follows(1) || follows(-1);
}

} // namespace

std::optional<PasswordWeakness> find_weakness(SecretBytes const& password, Username const& username,
                                              ledger::PasswordPolicy policy) {
    if (password.size() > password_size_max)
        return PasswordWeakness::too_long;
    auto const length_min =
        policy == ledger::PasswordPolicy::nist ? password_length_min_nist : password_length_min;
    if (count_code_points(base::as_text(password.expose())) < length_min)
        return PasswordWeakness::too_short;
    SecretString lower(password.expose());
    make_lower(lower.text);
    if (is_common_password_vartime(lower.text))
        return PasswordWeakness::common;
    if (is_little_more_than(lower.text, username.text()))
        return PasswordWeakness::is_username;
    if (repeats_a_pattern(lower.text) || is_a_run(lower.text))
        return PasswordWeakness::repeated;
    return std::nullopt;
}

} // namespace bulla::service
