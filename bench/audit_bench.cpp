// The audit of a ledger of registrations with every signature checked on one core, counted in signatures,
// beside the bare verification of the same signatures in the same run, and beside all curve arithmetic that
// an audit needs.
#include "../tests/support/ledger_world.hpp"
#include "../tests/support/test_network.hpp"
#include "crypto/start.hpp"
#include "figure.hpp"
#include "ledger/audit.hpp"

namespace {

using namespace bulla;

constexpr std::uint64_t registration_count = 5'000;
constexpr std::uint64_t entries_a_block = 50;
constexpr std::size_t rounds = 5;

std::vector<ledger::AuditCheck> audit_without_signatures(std::vector<base::ByteBuffer> const& log) {
    std::vector<ledger::AuditCheck> checks;
    ledger::Audit audit;
    for (auto const& entry : log) {
        auto fed = audit.feed(entry);
        CHECK(fed.has_value());
        std::ranges::move(*fed, std::back_inserter(checks));
    }
    CHECK(audit.finish().has_value());
    return checks;
}

// A registration's new key must lie in the prime-order subgroup: curve arithmetic that no audit can leave
// out.
double key_check_seconds() {
    auto const key = test::test_key("any").public_key();
    return 1 / bench::rate_of([&] { CHECK(crypto::is_registrable(key)); });
}

void check_all(std::vector<ledger::AuditCheck> const& checks) {
    for (auto const& one : checks)
        CHECK(credential::check(one.planned.check));
}

template <class Work>
double cpu_seconds_of(Work work) {
    auto const began = bench::thread_cpu_seconds();
    work();
    return bench::thread_cpu_seconds() - began;
}

} // namespace

int main(int argc, char** argv) {
    crypto::start();
    bench::Report report(argc, argv);
    test::TestNetwork const network;
    test::LedgerWorld world(network);
    for (std::uint64_t number = 1; number <= registration_count; ++number) {
        CHECK(world.submit(test::TestAccount(network, number).register_entry()).has_value());
        if (number % entries_a_block == 0)
            world.close_block();
    }
    constexpr auto name = "audit, signatures checked, a core";
    std::vector<bench::Figure> beside_signatures;
    std::vector<bench::Figure> beside_curve;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto const checks = audit_without_signatures(world.log);
        auto const bare = cpu_seconds_of([&] { check_all(checks); });
        auto const all = cpu_seconds_of([&] { check_all(audit_without_signatures(world.log)); });
        auto const signatures = static_cast<double>(checks.size());
        auto const curve = bare + key_check_seconds() * static_cast<double>(registration_count);
        beside_signatures.push_back(
            {name, signatures / all, "the same signatures, bare", signatures / bare, 0.8});
        beside_curve.push_back(
            {name, signatures / all, "and the new keys checked, bare", signatures / curve});
    }
    report.print(std::move(beside_signatures));
    report.print(std::move(beside_curve));
}
