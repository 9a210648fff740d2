#include "base/encoding.hpp"
#include "cli/entry_text.hpp"
#include "cli/ledger_commands.hpp"
#include "ledger/fork_proof.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

boost::json::object to_json(merkle::Checkpoint const& checkpoint, std::optional<base::Timestamp> time) {
    boost::json::object out{
        {"size", checkpoint.size.number()}, {"root", base::to_base64(checkpoint.root)}, {"time", nullptr}};
    if (time)
        out["time"] = base::unix_milliseconds(*time);
    return out;
}

void print_side(merkle::Checkpoint const& checkpoint, std::optional<base::Timestamp> time) {
    fmt::print("  size {}  root {}{}\n", checkpoint.size.number(), base::to_base64(checkpoint.root),
               time ? "  signed " + print_time(*time) : "");
}

ExitCode report(Result<ledger::Fork, ledger::ForkProofFault> const& checked, ForkCommand const& command) {
    if (command.form == OutputForm::json && checked)
        print_json({{"ok", true},
                    {"origin", checked->first.origin},
                    {"first", to_json(checked->first, checked->first_time)},
                    {"second", to_json(checked->second, checked->second_time)}});
    else if (command.form == OutputForm::json)
        print_json({{"ok", false}, {"reason", ledger::name(checked.error())}});
    else if (checked) {
        fmt::print("proved: {} has signed two histories of {}\n",
                   command.key.substr(0, command.key.find('+')), checked->first.origin);
        print_side(checked->first, checked->first_time);
        print_side(checked->second, checked->second_time);
    } else {
        fmt::print("this proves nothing: {}\n", ledger::name(checked.error()));
    }
    return checked ? ExitCode::good : ExitCode::refused;
}

} // namespace

ExitCode check_fork(ForkCommand const& command) {
    auto const key = merkle::VerifierKey::parse(command.key);
    if (!key)
        return fail(ExitCode::usage, "--key is no verifier key: NAME+ID+KEY");
    auto const bytes = read_text_file(command.file);
    if (!bytes)
        return fail(ExitCode::usage, bytes.error());
    return report(ledger::check_fork_proof(base::as_bytes(*bytes), *key), command);
}

} // namespace bulla::cli
