#include "service/password_policy.hpp"

namespace bulla::service {
namespace {

constexpr std::string_view sorted_passwords[] = {
#include "service/common_passwords.inc"
};
static_assert(std::ranges::is_sorted(sorted_passwords));

} // namespace

std::span<std::string_view const> common_passwords() {
    return sorted_passwords;
}

} // namespace bulla::service
