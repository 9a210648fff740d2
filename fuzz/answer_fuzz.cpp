// LINK: cli
// What a hostile server may answer to the commands: offers and keys in JSON. What is accepted is of the sizes
// that the walks expect, and a walk that stretches a password has bounds for it.
#include "cli/api_client.hpp"
#include "cli/offers.hpp"
#include "crypto/argon2id.hpp"
#include "opaque/login_parameters.hpp"

#include <boost/json/parse.hpp>

using namespace bulla;

namespace {

void check_login(boost::json::object const& answer) {
    auto const offer = cli::read_login_offer(answer);
    if (!offer)
        return;
    (void)opaque::Ke2::parse(offer->ke2);
    if (crypto::is_acceptable(offer->stretching))
        CHECK(offer->stretching.memory_kib <= 1024 * 1024 && offer->stretching.passes <= 10);
    auto const key = Secret<64>::make([](base::ByteSpan bytes) { std::ranges::fill(bytes, 7); });
    CHECK(!opaque::open_login_parameters(offer->sealed_parameters, key, base::ByteBuffer(96), offer->ke2));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    boost::json::error_code error;
    auto const parsed = boost::json::parse(base::as_text({bytes, size}), error);
    auto const* const answer = parsed.if_object();
    if (error || answer == nullptr)
        return 0;
    check_login(*answer);
    (void)cli::read_network_keys(*answer);
    if (auto const offer = cli::read_password_offer(*answer))
        CHECK(base::unix_milliseconds(offer->time) >= 0);
    return 0;
}
