#include "cli/passphrase.hpp"

#include "cli/password_prompt.hpp"
#include "cli/start_messages.hpp"

#include <cstdlib>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using service::Passphrase;

auto const fault_text = [](service::KeyFault const& fault) { return describe(fault); };

// systemd.exec(5), LoadCredential=.
std::optional<fs::path> credential_file() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): read before any thread is made
    auto const* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (directory == nullptr || *directory != '/')
        return std::nullopt;
    auto file = fs::path(directory) / passphrase_credential;
    std::error_code error;
    return fs::exists(file, error) ? std::optional(std::move(file)) : std::nullopt;
}

Result<Passphrase, std::string> load(fs::path const& file, service::FileAudience audience) {
    return Passphrase(TRY(map_fault(service::load_passphrase(file, audience), fault_text)));
}

} // namespace

Result<Passphrase, std::string> find_passphrase(fs::path const& file) {
    if (!file.empty())
        return load(file, service::FileAudience::owner);
    if (auto const credential = credential_file())
        return load(*credential, service::FileAudience::credential);
    return Passphrase{};
}

Result<Passphrase, std::string> passphrase_for(fs::path const& keys, fs::path const& file) {
    if (!service::is_encrypted(keys))
        return Passphrase{};
    return Passphrase(TRY(ask_passphrase(file, PassphraseKind::present, "Passphrase of the keys: ")));
}

Result<SecretBytes, std::string> ask_passphrase(fs::path const& file, PassphraseKind kind,
                                                std::string_view prompt) {
    if (auto found = TRY(find_passphrase(file)))
        return *std::move(found);
    auto typed = read_hidden_line(prompt);
    if (!typed)
        return std::unexpected{typed.error() + ": name the file of the passphrase with --passphrase-file"};
    if (kind == PassphraseKind::fresh) {
        auto const again = TRY(read_hidden_line("The same again: "));
        if (!base::same_secret(typed->expose(), again.expose()))
            return std::unexpected{std::string("the two are not the same")};
    }
    return typed;
}

} // namespace bulla::cli
