// `bulla ledger verify|show|prove|fork|compare`.
#pragma once

#include "cli/output.hpp"

namespace bulla::cli {

struct VerifyCommand {
    std::filesystem::path data;
    std::optional<std::filesystem::path> checkpoint; // a note kept from before
    // Opens encrypted keys, which are compared with the ledger; without one they are left out, with a note.
    std::filesystem::path passphrase_file = {};
    std::size_t threads = 0;
    OutputForm form = OutputForm::text;
};
// 0 clean, 1 with the first wrong thing named, 2 no such directory, 3 a running server does not help.
ExitCode verify_data(VerifyCommand const& command);

struct VerifyProofCommand {
    std::filesystem::path proof;
    std::string name;
    std::string key; // the log's verifier key
    std::string vrf_key; // base64url; for proofs in the brief form
    OutputForm form = OutputForm::text;
};
ExitCode verify_proof(VerifyProofCommand const& command);

struct ShowCommand {
    std::filesystem::path data;
    std::optional<std::uint64_t> index;
    std::optional<std::string> account; // a name; needs the VRF key of the data directory
    std::filesystem::path passphrase_file;
    OutputForm form = OutputForm::text;
};
ExitCode show_ledger(ShowCommand const& command);

struct ProveCommand {
    std::filesystem::path data;
    std::string name;
    std::optional<std::filesystem::path> output;
    std::filesystem::path passphrase_file; // used when no server runs
};
ExitCode prove_account(ProveCommand const& command);

struct ForkCommand {
    std::filesystem::path file;
    std::string key; // the verifier key of the cosigner or log that is accused
    OutputForm form = OutputForm::text;
};
// 0 proved, 1 with the reason why not.
ExitCode check_fork(ForkCommand const& command);

struct CompareCommand {
    std::string first; // URLs of two servers
    std::string second;
    std::filesystem::path output = "fork-proof"; // written when there is a fork
    OutputForm form = OutputForm::text;
};
// 0 one history, 1 two of them: the proof is written; 3 a server does not answer.
ExitCode compare_ledgers(CompareCommand const& command);

} // namespace bulla::cli
