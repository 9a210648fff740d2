#include "cli/state_files.hpp"

#include "cli/api_client.hpp"
#include "cli/output.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

json::object load_object(fs::path const& file) {
    auto const text = read_text_file(file);
    json::error_code error;
    auto value = text ? json::parse(*text, error) : json::value();
    return !error && value.is_object() ? std::move(value).as_object() : json::object();
}

// Written beside and renamed, so that the file is the old or the new one.
Result<void, std::string> store_object(fs::path const& file, json::object const& object) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    auto const fresh = fs::path(file).concat(".new");
    auto const text = json::serialize(object) + "\n";
    int const descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool const written = descriptor >= 0 && ::fchmod(descriptor, 0600) == 0 &&
                         ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    int const number = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (!written || ::rename(fresh.c_str(), file.c_str()) != 0)
        return std::unexpected{fmt::format("{}: {}", file.string(), std::strerror(number))};
    return {};
}

fs::path session_file() {
    return state_directory() / "session";
}
fs::path recoveries_file() {
    return state_directory() / "recoveries";
}
fs::path accounts_file() {
    return state_directory() / "accounts";
}
fs::path networks_file() {
    return state_directory() / "networks";
}

} // namespace

fs::path state_directory() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): read before any thread is made
    if (auto const* const state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/')
        return fs::path(state) / "bulla";
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    auto const* const home = std::getenv("HOME");
    return fs::path(home == nullptr ? "." : home) / ".local" / "state" / "bulla";
}

std::optional<SignedIn> load_session() {
    auto const object = load_object(session_file());
    SignedIn session{.server = text_member(object, "server").value_or(""),
                     .username = text_member(object, "username").value_or(""),
                     .access_token = text_member(object, "access_token").value_or(""),
                     .session_id = text_member(object, "session_id").value_or("")};
    return session.access_token.empty() ? std::nullopt : std::optional(session);
}

Result<void, std::string> store_session(SignedIn const& session) {
    return store_object(session_file(), {{"server", session.server},
                                         {"username", session.username},
                                         {"access_token", session.access_token},
                                         {"session_id", session.session_id}});
}

void forget_session() {
    std::error_code ignored;
    fs::remove(session_file(), ignored);
}

std::optional<json::object> load_recovery(std::string const& server, std::string const& name) {
    auto const kept = load_object(recoveries_file());
    auto const* const recovery = object_member(kept, server + " " + name);
    return recovery == nullptr ? std::nullopt : std::optional(*recovery);
}

Result<void, std::string> store_recovery(std::string const& server, std::string const& name,
                                         json::object const& recovery) {
    auto kept = load_object(recoveries_file());
    kept[server + " " + name] = recovery;
    return store_object(recoveries_file(), kept);
}

void forget_recovery(std::string const& server, std::string const& name) {
    auto kept = load_object(recoveries_file());
    kept.erase(server + " " + name);
    [[maybe_unused]] auto const stored = store_object(recoveries_file(), kept);
}

std::optional<json::object> load_seen_account(std::string const& server, std::string const& name) {
    auto const kept = load_object(accounts_file());
    auto const* const account = object_member(kept, server + " " + name);
    return account == nullptr ? std::nullopt : std::optional(*account);
}

Result<void, std::string> store_seen_account(std::string const& server, std::string const& name,
                                             json::object const& account) {
    auto kept = load_object(accounts_file());
    kept[server + " " + name] = account;
    return store_object(accounts_file(), kept);
}

Result<SeenNetwork, std::string> see_network(std::string const& server, std::string const& fingerprint) {
    auto const networks = load_object(networks_file());
    auto const known = text_member(networks, server);
    if (known)
        return *known == fingerprint ? SeenNetwork::same : SeenNetwork::other;
    TRY(trust_network(server, fingerprint));
    return SeenNetwork::first;
}

Result<void, std::string> trust_network(std::string const& server, std::string const& fingerprint) {
    auto networks = load_object(networks_file());
    networks[server] = fingerprint;
    return store_object(networks_file(), networks);
}

} // namespace bulla::cli
