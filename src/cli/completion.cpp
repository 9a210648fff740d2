#include "cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

// A command by the words that lead to it, and what may follow it.
struct Place {
    std::string path; // "bulla ledger"
    std::vector<std::string> words;
};

void collect(CLI::App const& command, std::string const& path, std::vector<Place>& places) {
    Place place{.path = path, .words = {}};
    for (auto const* const inner : command.get_subcommands([](CLI::App const*) { return true; }))
        place.words.push_back(inner->get_name());
    for (auto const* const option : command.get_options())
        for (auto const& name : option->get_lnames())
            place.words.push_back("--" + name);
    places.push_back(std::move(place));
    for (auto const* const inner : command.get_subcommands([](CLI::App const*) { return true; }))
        collect(*inner, path + " " + inner->get_name(), places);
}

constexpr std::string_view zsh_prologue = "autoload -U +X compinit bashcompinit\n"
                                          "compinit\n"
                                          "bashcompinit\n";

} // namespace

std::string make_completion(CLI::App const& app, Shell shell) {
    std::vector<Place> places;
    collect(app, app.get_name(), places);
    std::string steps;
    std::string words;
    for (auto const& place : places) {
        if (place.path.contains(' '))
            steps += fmt::format("            \"{0}\") path=\"{0}\" ;;\n", place.path);
        words += fmt::format("        \"{}\") words=\"{}\" ;;\n", place.path, fmt::join(place.words, " "));
    }
    return fmt::format(R"(# Made by `bulla completion {}`.
{}_bulla() {{
    local path="{}" word words=""
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path $word" in
{}        esac
    done
    case "$path" in
{}    esac
    COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _bulla {}
)",
                       shell == Shell::zsh ? "zsh" : "bash", shell == Shell::zsh ? zsh_prologue : "",
                       app.get_name(), steps, words, app.get_name());
}

} // namespace bulla::cli
