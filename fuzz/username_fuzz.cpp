// LINK: service
// A name of any bytes, the first of which chooses the policy: what is accepted is accepted again as itself,
// and a password prepared once is prepared.
#include "service/prepared_password.hpp"
#include "service/username.hpp"

using namespace bulla;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static std::array<service::UsernamePolicy, 4> const policies{
        {{}, {.scripts = {"Cyrillic"}}, {.scripts = {"Greek"}}, {.scripts = {"Arabic"}}}};
    if (size == 0)
        return 0;
    auto const& policy = policies[data[0] % policies.size()];
    auto const text = base::as_text({data + 1, size - 1});
    if (auto const username = service::Username::parse(text, policy)) {
        auto const again = service::Username::parse(username->text(), policy);
        CHECK(again && *again == *username);
        (void)service::is_reserved(*username);
    }
    if (auto const password = service::prepare_password({data + 1, size - 1})) {
        auto const again = service::prepare_password(password->expose());
        CHECK(again && base::same_secret(again->expose(), password->expose()));
    }
    return 0;
}
