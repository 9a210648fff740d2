#include "base/encoding.hpp"
#include "cli/control.hpp"
#include "cli/entry_text.hpp"
#include "cli/ledger_commands.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "ledger/names.hpp"
#include "net/system_clock.hpp"
#include "service/founding.hpp"
#include "service/ground.hpp"
#include "service/proof.hpp"
#include "service/username.hpp"

#include <fmt/format.h>

#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

// As the network normalises it. Without knowing which script it allows beside ASCII, a name in another one is
// taken as typed: a proof of another name is refused anyway.
std::string normalise(std::string const& name) {
    auto const username = service::Username::parse(name, {});
    return username ? std::string(username->text()) : name;
}

boost::json::object to_json(service::ProvedAccount const& proved, std::string_view name) {
    boost::json::object out;
    out["ok"] = true;
    out["name"] = name;
    out["present"] = proved.row.has_value();
    out["network"] = proved.network ? boost::json::value(base::to_base64url(*proved.network)) : nullptr;
    out["vrf_public_key"] = base::to_base64url(proved.vrf_key);
    out["label"] = base::to_base64url(proved.label);
    out["size"] = proved.size;
    out["height"] = proved.block.height.number();
    out["time"] = base::unix_milliseconds(proved.block.time);
    if (proved.row) {
        out["status"] = ledger::name_of(proved.row->head.status);
        out["version"] = proved.row->head.version.number();
        out["last_index"] = proved.row->head.last_index.number();
        if (proved.row->state)
            out["state"] = account_state_json(*proved.row->state);
    }
    return out;
}

void print_text(service::ProvedAccount const& proved, std::string_view name) {
    auto const as_of =
        fmt::format("as of block {}, {}", proved.block.height.number(), print_time(proved.block.time));
    if (!proved.row)
        return fmt::print("proved: there is no account {} ({})\n", name, as_of);
    fmt::print("proved: account {} is {}, version {} ({})\n", name, ledger::name_of(proved.row->head.status),
               proved.row->head.version.number(), as_of);
    if (!proved.row->state)
        return;
    for (auto const& credential : account_state_json(*proved.row->state)["credentials"].as_array())
        fmt::print("  {} {}\n", std::string_view(credential.at("kind").as_string()),
                   std::string_view(credential.at("public_key").as_string()));
}

ExitCode report_refusal(service::AccountProofFault fault, VerifyProofCommand const& command) {
    if (command.form == OutputForm::json)
        print_json(
            {{"ok", false}, {"fault", {{"file", command.proof.string()}, {"reason", service::name(fault)}}}});
    else
        fmt::print("REFUSED: {}\n", service::name(fault));
    return ExitCode::refused;
}

std::optional<crypto::VrfPublicKey> parse_vrf_key(std::string const& text) {
    auto const bytes = base::parse_base64url(text);
    return bytes ? crypto::VrfPublicKey::parse(*bytes) : std::nullopt;
}

// On a stopped node's directory: opens it as a start does, since the checkpoint is signed for the proof.
Result<std::string, std::string> prove_here(ProveCommand const& command, std::string const& name) {
    service::Settings settings;
    settings.data = command.data;
    net::SystemClock const clock;
    crypto::SystemRandomness randomness;
    auto const founding_text = [](service::FoundingFault const& fault) { return describe(fault); };
    auto const passphrase =
        TRY(passphrase_for(service::DataPaths{command.data}.keys(), command.passphrase_file));
    auto const opened =
        TRY(map_fault(service::open_data(settings, clock, randomness, passphrase), founding_text));
    auto const chain = TRY(map_fault(opened.open_chain(), founding_text));
    auto const label = service::make_label(opened.keys.vrf_key, name);
    return map_fault(service::make_account_proof(*opened.ledger, chain.head(),
                                                 {label, opened.keys.vrf_key.prove(base::as_bytes(name))}),
                     [](store::StoreFault const& fault) { return describe(fault); });
}

Result<std::string, std::string> prove(ProveCommand const& command, std::string const& name) {
    std::error_code error;
    if (fs::is_socket(control_socket(command.data), error)) {
        auto proof = request_proof(command.data, name);
        if (proof)
            return *std::move(proof);
        if (proof.error() == ControlFault::refused)
            return std::unexpected{std::string("the server running on this directory refused")};
    }
    return prove_here(command, name);
}

} // namespace

ExitCode verify_proof(VerifyProofCommand const& command) {
    auto const key = merkle::VerifierKey::parse(command.key);
    if (!key)
        return fail(ExitCode::usage, "--key is no verifier key: NAME+ID+KEY");
    auto const vrf_key = parse_vrf_key(command.vrf_key);
    if (!vrf_key && !command.vrf_key.empty())
        return fail(ExitCode::usage, "--vrf-key is no VRF key: see vrf_public_key of /v1/network");
    auto const text = read_text_file(command.proof);
    if (!text)
        return fail(ExitCode::usage, text.error());
    auto const name = normalise(command.name);
    auto const proved = service::check_account_proof(*text, name, {.log_key = *key, .vrf_key = vrf_key});
    if (!proved)
        return report_refusal(proved.error(), command);
    if (command.form == OutputForm::json)
        print_json(to_json(*proved, name));
    else
        print_text(*proved, name);
    return ExitCode::good;
}

ExitCode prove_account(ProveCommand const& command) {
    std::error_code error;
    if (!fs::is_directory(service::DataPaths{command.data}.ledger(), error))
        return fail(ExitCode::usage, fmt::format("{}: no data directory of Bulla", command.data.string()));
    auto const name = normalise(command.name);
    auto const proof = prove(command, name);
    if (!proof)
        return fail(ExitCode::unreachable, proof.error());
    if (!command.output) {
        fmt::print("{}", *proof);
        return ExitCode::good;
    }
    std::ofstream file(*command.output, std::ios::binary);
    file << *proof;
    file.close();
    if (!file)
        return fail(ExitCode::usage, fmt::format("{}: cannot be written", command.output->string()));
    return ExitCode::good;
}

} // namespace bulla::cli
