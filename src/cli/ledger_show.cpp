#include "cli/entry_text.hpp"
#include "cli/ledger_commands.hpp"
#include "cli/ledger_reader.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"
#include "service/ground.hpp"
#include "service/username.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

constexpr std::uint64_t newest_shown = 20;

void print_entry(ledger::LeafIndex index, base::ByteView entry, OutputForm form) {
    if (form == OutputForm::json)
        print_json(entry_json(index, entry));
    else
        fmt::print("{}\n", entry_line(index, entry));
}

ExitCode fail_store(store::StoreFault const& fault) {
    return fail(ExitCode::refused, describe(fault));
}

ExitCode show_one(store::LedgerDatabase& ledger, std::uint64_t index, std::uint64_t size, OutputForm form) {
    if (index >= size)
        return fail(ExitCode::usage, fmt::format("there is no entry {}: the ledger has {}", index, size));
    auto const entry = ledger.load_entry(ledger::LeafIndex{index});
    if (!entry)
        return fail_store(entry.error());
    auto const object = entry_json(ledger::LeafIndex{index}, *entry);
    if (form == OutputForm::json) {
        print_json(object);
        return ExitCode::good;
    }
    for (auto const& [key, value] : object)
        fmt::print("{:<16} {}\n", std::string_view(key),
                   value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value));
    return ExitCode::good;
}

ExitCode show_from(store::LedgerDatabase& ledger, std::uint64_t first,
                   std::optional<ledger::Label> const& label, OutputForm form) {
    auto const walked =
        ledger.each_entry(ledger::LeafIndex{first}, [&](ledger::LeafIndex index, base::ByteView entry) {
            if (!label || label_of(entry) == label)
                print_entry(index, entry, form);
            return true;
        });
    return walked ? ExitCode::good : fail_store(walked.error());
}

Result<service::NodeKeys, std::string> load_keys(ShowCommand const& command) {
    auto const fault_text = [](service::KeyFault const& fault) { return describe(fault); };
    auto const directory = service::DataPaths{command.data}.keys();
    auto const passphrase = TRY(passphrase_for(directory, command.passphrase_file));
    auto opened = TRY(map_fault(service::KeyDirectory::open(directory, passphrase), fault_text));
    return map_fault(service::load_keys(std::move(opened)), fault_text);
}

ExitCode show_account(store::LedgerDatabase& ledger, ShowCommand const& command) {
    auto const keys = load_keys(command);
    if (!keys)
        return fail(ExitCode::usage, fmt::format("names are found with the VRF key: {}", keys.error()));
    auto const policy = ledger.load_policy();
    if (!policy)
        return fail_store(policy.error());
    auto const username = service::Username::parse(*command.account, {.scripts = policy->scripts});
    if (!username)
        return fail(ExitCode::usage, fmt::format("{}: no name can look like this", *command.account));
    return show_from(ledger, 0, service::make_label(keys->vrf_key, username->text()), command.form);
}

} // namespace

ExitCode show_ledger(ShowCommand const& command) {
    auto reader = LedgerReader::open(command.data);
    if (!reader && reader.error().kind == ReadFault::Kind::no_directory)
        return fail(ExitCode::usage, fmt::format("{}: no data directory of Bulla", command.data.string()));
    if (!reader)
        return fail(ExitCode::unreachable, reader.error().store ? describe(*reader.error().store)
                                                                : "the running server does not answer");
    auto const tip = reader->ledger().load_tip();
    if (!tip)
        return fail_store(tip.error());
    auto const size = *tip ? (*tip)->block_index.number() + 1 : 0;
    if (command.index)
        return show_one(reader->ledger(), *command.index, size, command.form);
    if (command.account)
        return show_account(reader->ledger(), command);
    return show_from(reader->ledger(), size > newest_shown ? size - newest_shown : 0, std::nullopt,
                     command.form);
}

} // namespace bulla::cli
