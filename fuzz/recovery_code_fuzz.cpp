// A recovery code as somebody types it: what is taken prints back as the same code.
#include "credential/recovery_code.hpp"

using namespace bulla;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const code = credential::RecoveryCode::parse({data, size});
    if (!code)
        return 0;
    auto const printed = code->print();
    auto const again = credential::RecoveryCode::parse(printed.expose());
    CHECK(again.has_value());
    CHECK(base::same_secret(again->print().expose(), printed.expose()));
    return 0;
}
