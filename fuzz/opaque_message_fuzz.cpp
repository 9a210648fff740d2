// Any bytes as each message of OPAQUE. What parses is printed again; a KE1 is answered and a KE2 finished as
// far as they go, so that no accepted element ends the process.
#include "opaque/client.hpp"
#include "opaque/login_parameters.hpp"
#include "opaque/server.hpp"

#include <algorithm>

namespace {

using namespace bulla;

class FixedRandomness final : public base::Randomness {
public:
    void fill(base::ByteSpan bytes) override { std::ranges::fill(bytes, std::uint8_t{0x42}); }
};

std::optional<Secret<64>> identity_stretching(base::ByteView bytes) {
    return Secret<64>::from(bytes);
}

template <class Message>
std::optional<Message> parse_strictly(base::ByteView input) {
    auto const message = Message::parse(input);
    CHECK(!message || std::ranges::equal(message->view(), input));
    return message;
}

// One account of one server, the same for every input.
struct World {
    FixedRandomness randomness;
    crypto::Scalar oprf_key = crypto::Scalar::generate(randomness);
    opaque::ServerKeys server_keys = opaque::make_server_keys(Secret<32>::make([](base::ByteSpan) {}));
    opaque::LoginStart client = opaque::start_login(base::as_bytes("password"), randomness);
};

void answer(World& world, opaque::Ke1 const& ke1, opaque::OpaqueRecord const& record) {
    auto const started = opaque::start_login(ke1, {.record = record, .oprf_key = world.oprf_key},
                                             world.server_keys, world.randomness);
    CHECK(opaque::Ke2::parse(started.ke2.view()).has_value());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    static World world;
    base::ByteView const input(bytes, size);
    if (auto const request = parse_strictly<opaque::RegistrationRequest>(input))
        (void)opaque::create_registration_response(*request, world.oprf_key, world.server_keys.public_key);
    if (auto const record = parse_strictly<opaque::OpaqueRecord>(input))
        answer(world, world.client.ke1, *record);
    if (auto const ke1 = parse_strictly<opaque::Ke1>(input)) {
        auto const record =
            opaque::OpaqueRecord::parse(base::concat(ke1->blinded_message().view(), base::ByteBuffer(160)));
        CHECK(record.has_value());
        answer(world, *ke1, *record);
    }
    if (auto const ke2 = parse_strictly<opaque::Ke2>(input))
        (void)opaque::finish_login(world.client, base::as_bytes("password"), *ke2,
                                   {.stretch = identity_stretching});
    (void)parse_strictly<opaque::RegistrationResponse>(input);
    (void)parse_strictly<opaque::Ke3>(input);
    (void)opaque::open_login_parameters(input, Secret<64>::make([](base::ByteSpan) {}), {}, {});
    return 0;
}
