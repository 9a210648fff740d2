#include "service/password_entry.hpp"

#include "service/peers.hpp"

namespace bulla::service {

boost::asio::awaitable<Served<std::vector<ledger::Admission>>> admit_statement(Ground const* ground,
                                                                               PasswordEntry entry) {
    using Admissions = std::vector<ledger::Admission>;
    if (ground->peers == nullptr)
        co_return Admissions{make_admission(*ground, ledger::digest_statement(entry.kind, entry.statement))};
    co_return co_await ground->peers->gather_admissions(
        {.statement = std::move(entry.statement),
         .username = std::move(entry.username),
         .row = *std::move(entry.write.row),
         .recovers = entry.kind == ledger::EntryKind::begin_recovery});
}

boost::asio::awaitable<Served<sequencer::Submission>> admit_entry(Ground const* ground, PasswordEntry entry) {
    sequencer::Submission submission;
    submission.side_writes.push_back(entry.write);
    if (ground->peers == nullptr) {
        submission.entry =
            assemble_entry(*ground, entry.kind, std::move(entry.statement), std::move(entry.evidence));
        co_return submission;
    }
    auto admissions = CO_TRY(co_await admit_statement(ground, entry));
    submission.entry = ledger::encode(ledger::Entry{.kind = entry.kind,
                                                    .statement = std::move(entry.statement),
                                                    .evidence = std::move(entry.evidence),
                                                    .admissions = std::move(admissions)});
    co_return submission;
}

} // namespace bulla::service
