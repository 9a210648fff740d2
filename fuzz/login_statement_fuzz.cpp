// Bytes as a login's statement, in the form with a name and in the one without: what decodes prints back, no
// bytes are both, and neither is taken without a signature.
#include "ledger/login_statement.hpp"

using namespace bulla;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    base::ByteView const bytes(data, size);
    auto const named = ledger::decode<ledger::LoginStatement>(bytes);
    auto const nameless = ledger::decode<ledger::NamelessLogin>(bytes);
    CHECK(!named || !nameless);
    if (named)
        CHECK(std::ranges::equal(ledger::encode(*named), bytes));
    if (nameless)
        CHECK(std::ranges::equal(ledger::encode(*nameless), bytes));
    ledger::AccountRow const account{.head = {}, .state = ledger::AccountState{}};
    CHECK(!ledger::check_key_login(bytes, {}, {}, {account, {}}));
    return 0;
}
