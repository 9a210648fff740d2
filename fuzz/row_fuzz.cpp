// LINK: store
// LINK: service
// Rows as they lie in the databases: the first byte chooses the kind. What decodes is printed again byte for
// byte.
#include "ledger/account.hpp"
#include "ledger/login_statement.hpp"
#include "ledger/network_rows.hpp"
#include "ledger/node_list.hpp"
#include "service/counter_rows.hpp"
#include "service/login.hpp"
#include "store/ledger_database.hpp"
#include "store/ledger_rows.hpp"
#include "store/live_database.hpp"
#include "store/manifest_size.hpp"
#include "store/table_file.hpp"

using namespace bulla;

namespace {

template <class Row>
void check_fields(base::ByteView bytes) {
    if (auto const row = ledger::decode<Row>(bytes))
        CHECK(std::ranges::equal(ledger::encode(*row), bytes));
}

template <class Row>
void check_counter(base::ByteView bytes) {
    if (auto const row = Row::decode(bytes))
        CHECK(std::ranges::equal(row->encode(), bytes));
}

void check_account(base::ByteView bytes) {
    if (auto const row = store::parse_account(bytes))
        CHECK(std::ranges::equal(store::encode_account(*row), bytes));
}

void check_network_row(base::ByteView bytes) {
    auto const name = store::parse_network_key(bytes.first(std::min<std::size_t>(bytes.size(), 17)));
    if (name)
        CHECK(std::ranges::equal(store::encode_network_key(*name), bytes.first(1 + name->id.size())));
    if (name && bytes.size() > 17 && ledger::is_network_row(*name, bytes.subspan(17)))
        check_fields<ledger::ClientRow>(bytes.subspan(17));
}

void check_account_head(base::ByteView bytes) {
    if (auto const head = ledger::AccountHead::parse(bytes)) {
        auto const encoded = head->encode();
        CHECK(std::ranges::equal(base::ByteView(encoded), bytes));
    }
}

void check_tile_key(base::ByteView bytes) {
    if (auto const place = store::parse_tile_key(bytes))
        CHECK(std::ranges::equal(store::encode_tile_key(*place), bytes));
}

void check_side_row(base::ByteView bytes) {
    if (auto const row = store::parse_side_row(bytes))
        CHECK(std::ranges::equal(store::encode_side_row(*row), bytes));
}

void check_manifest_size(base::ByteView bytes) {
    if (auto const record = store::parse_manifest_size(base::as_text(bytes)))
        CHECK(store::print_manifest_size(*record) == base::as_text(bytes));
}

// Only that it ends, and reads within the file.
void check_table_file(base::ByteView bytes) {
    store::has_sound_properties(
        [&](std::uint64_t offset, base::ByteSpan out) {
            if (offset > bytes.size() || out.size() > bytes.size() - offset)
                return false;
            std::ranges::copy(bytes.subspan(offset, out.size()), out.begin());
            return true;
        },
        bytes.size());
}

constexpr std::array checks{
    check_account,
    check_fields<ledger::AccountState>,
    check_fields<ledger::NodesRow>,
    check_fields<ledger::PolicyRow>,
    check_fields<ledger::SigningKeyRow>,
    check_fields<store::SideRow>,
    check_fields<store::Session>,
    check_fields<service::LoginParameters>,
    check_counter<service::GuessRow>,
    check_counter<service::RegistrationRow>,
    check_manifest_size,
    check_table_file,
    check_network_row,
    check_fields<ledger::PendingChangeRow>,
    check_fields<ledger::NodeList>,
    check_fields<ledger::LoginStatement>,
    check_account_head,
    check_tile_key,
    check_side_row,
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size > 0)
        checks[data[0] % checks.size()]({data + 1, size - 1});
    return 0;
}
