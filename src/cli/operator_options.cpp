#include "cli/operator_options.hpp"

#include "cli/node_commands.hpp"
#include "cli/operator_commands.hpp"
#include "cli/policy_commands.hpp"
#include "service/settings.hpp"

#include <CLI/CLI.hpp>

namespace bulla::cli {
namespace {

struct Words {
    OperatorChoice choice;
    std::filesystem::path data = service::Settings{}.data;
    std::string text; // a name, a change, an operator or a request's number
    std::string fingerprint;
    OperatorGrant grant;
};
using SharedWords = std::shared_ptr<Words>;
using Run = std::function<ExitCode(Words const&)>;

struct Text {
    std::string name;
    std::string help;
};

// Where words are added, and what they ask for.
struct Place {
    CLI::App& parent;
    Action& action;
};

CLI::App* add(Place place, SharedWords const& words, Text const& text, Run run) {
    auto* const command = place.parent.add_subcommand(text.name, text.help);
    add_choice(*command, words->choice.server, Asks::no_password);
    command->add_option("--data", words->data, "the data directory, whose keys/operator signs")
        ->envname("BULLA_SERVER_DATA");
    command->add_option("--keys", words->choice.keys, "another directory with a file called operator");
    command
        ->add_option("--passphrase-file", words->choice.passphrase_file,
                     "file with the passphrase of the keys, if they are encrypted")
        ->envname("BULLA_KEYS_PASSPHRASE_FILE");
    command->add_flag_callback(
        "--trust-new-network", [words] { words->choice.server.trust = NetworkTrust::take_new; },
        "take the network that the server now shows, whatever was seen there before");
    command->callback([words, run = std::move(run), &action = place.action] {
        if (words->choice.keys.empty())
            words->choice.keys = words->data / "keys";
        action = [words, run] { return run(*words); };
    });
    return command;
}

void add_plain(Place place, Text const& text, ExitCode (*run)(OperatorChoice const&)) {
    add(place, std::make_shared<Words>(), text, [run](Words const& words) { return run(words.choice); });
}

void add_named(Place place, Text const& text, ExitCode (*run)(OperatorChoice const&, std::string const&)) {
    auto const words = std::make_shared<Words>();
    add(place, words, text, [run](Words const& of) { return run(of.choice, of.text); })
        ->add_option("name", words->text, "the username, or the account's label")
        ->required();
}

void add_vote(Place place, Text const& text, Vote kind) {
    auto const words = std::make_shared<Words>();
    add(place, words, text, [kind](Words const& of) { return vote(of.choice, of.text, kind); })
        ->add_option("change", words->text, "its name, as bulla operator pending shows it")
        ->required();
}

void add_requests(Place place) {
    auto const words = std::make_shared<Words>();
    auto* const recover =
        add(place, words, {"recover", "Accept a request to recover an account, then propose the recovery"},
            [](Words const& of) { return recover_by_request(of.choice, of.text, of.fingerprint); });
    recover->add_option("number", words->text, "the request's number, as the person has it")->required();
    recover->add_option("--fingerprint", words->fingerprint,
                        "of the new credential, as the person reads it to you");
    auto const dropped = std::make_shared<Words>();
    add(place, dropped, {"drop", "Drop a request; whoever asked is not told"},
        [](Words const& of) { return drop_request(of.choice, of.text); })
        ->add_option("number", dropped->text, "the request's number")
        ->required();
}

void add_operator(CLI::App& app, Action& action) {
    auto* const command = app.add_subcommand("operator", "See and decide what operators decide");
    command->require_subcommand(1);
    Place const here{*command, action};
    add_plain(here, {"overview", "Nodes, their operators and signing keys"}, show_overview);
    add_plain(here, {"pending", "Requests and changes that wait, and recoveries"}, show_pending);
    add_requests(here);
    add_plain(here, {"audit", "What operators did, the newest first"}, show_audit);
    add_named(here, {"account", "An account as the ledger has it"}, show_account_of);
    add_named(here, {"suspend", "Stop an account's sign-ins, and nothing else of it"}, suspend_account);
    add_named(here, {"restore", "Let a suspended account sign in again"}, restore_account);
    add_vote(here, {"approve", "Approve a change"}, Vote::approve);
    add_vote(here, {"object", "Object to a change, or withdraw an approval"}, Vote::object);
    add_vote(here, {"apply", "Apply a change that is approved and whose time has come"}, Vote::apply);
    auto const words = std::make_shared<Words>();
    auto* const fresh = command->add_subcommand("new-key", "Make the key of an operator to come");
    fresh->add_option("directory", words->data, "a directory for it alone")->required();
    fresh->callback([words, &action] { action = [words] { return make_operator_key(words->data); }; });
}

void add_grant(Place network) {
    auto const words = std::make_shared<Words>();
    auto* const command =
        add(network, words, {"grant-operator", "Propose that somebody is an operator of a node"},
            [](Words const& of) { return grant_operator(of.choice, of.grant); });
    auto* const kinds = command->add_option_group("kind", "whose public key, in base64url");
    for (std::string const kind : {"device_key", "passkey", "ssh_key"}) {
        auto flag = "--" + kind;
        std::ranges::replace(flag, '_', '-');
        kinds->add_option_function<std::string>(
            flag, [words, kind](std::string const& key) { words->grant = {kind, key, words->grant.node}; },
            "public key of a " + kind);
    }
    kinds->require_option(1);
    command->add_option("--node", words->grant.node,
                        "the node's id (default: the one of the key that signs)");
}

void add_revoke(Place network) {
    auto const words = std::make_shared<Words>();
    auto* const command =
        add(network, words, {"revoke-operator", "Propose that somebody is none any more"},
            [](Words const& of) { return revoke_operator(of.choice, of.text, of.grant.node); });
    command->add_option("operator", words->text, "the operator's id")->required();
    command->add_option("--node", words->grant.node,
                        "the node's id (default: the one of the key that signs)");
}

void add_card(Place network, Text const& text, CardUse use) {
    auto const words = std::make_shared<Words>();
    add(network, words, text, [use](Words const& of) { return propose_card(of.choice, of.text, use); })
        ->add_option("card", words->text, "the file with it; -: standard input")
        ->required();
}

void add_removal(Place network) {
    auto const words = std::make_shared<Words>();
    auto const removal = std::make_shared<Removal>(Removal::refused_if_it_halts);
    auto* const command =
        add(network, words, {"remove-node", "Propose that a node goes"},
            [removal](Words const& of) { return remove_node(of.choice, of.text, *removal); });
    command->add_option("node", words->text, "its id: bulla operator overview")->required();
    command->add_flag_callback(
        "--even-if-it-halts", [removal] { *removal = Removal::even_if_it_halts; },
        "also when the nodes that are left and reached are too few to go on");
}

void add_origin(Place network) {
    auto const words = std::make_shared<Words>();
    add(network, words, {"add-origin", "Propose one more address where browsers find the service"},
        [](Words const& of) { return add_origin_to_policy(of.choice, of.text); })
        ->add_option("origin", words->text, "https://HOST or https://HOST:PORT")
        ->required();
}

void add_upgrade(Place network) {
    auto const words = std::make_shared<Words>();
    auto const upgrade = std::make_shared<UpgradeCommand>();
    auto* const command =
        add(network, words, {"upgrade", "Propose the next version of the ledger's rules, from a height on"},
            [upgrade](Words const& of) { return propose_upgrade(of.choice, *upgrade); });
    auto* const version = command->add_option("version", upgrade->version, "one above the present one");
    auto* const height =
        command->add_option("--height", upgrade->height, "engine height from which on it holds");
    version->needs(height);
    command->add_flag_callback(
        "--cancel", [upgrade] { upgrade->wish = UpgradeWish::cancel; },
        "propose to drop what was agreed and does not hold yet");
}

void add_new_keyset(Place network) {
    add(network, std::make_shared<Words>(),
        {"new-keyset", "Propose new keys for passwords, after a node was removed"},
        [](Words const& of) { return propose_new_keyset(of.choice); });
}

} // namespace

void add_operator_commands(CLI::App& app, Action& action) {
    add_operator(app, action);
    Place const network{*app.get_subcommand("network"), action};
    add_grant(network);
    add_revoke(network);
    add_card(network, {"add-node", "Propose a node, by the card that new-node has printed"}, CardUse::add);
    add_card(network, {"rotate-key", "Propose a node's new keys or addresses, by the card of new-keys"},
             CardUse::rotate);
    add_removal(network);
    add_origin(network);
    add_upgrade(network);
    add_new_keyset(network);
}

} // namespace bulla::cli
