#include "merkle/checkpoint.hpp"

#include "base/encoding.hpp"

#include <fmt/format.h>

namespace bulla::merkle {
namespace {

std::optional<std::string_view> take_line(std::string_view& text) {
    auto const end = text.find('\n');
    if (end == std::string_view::npos)
        return std::nullopt;
    auto const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

std::optional<LogRoot> parse_root(std::string_view line) {
    auto const bytes = base::parse_base64(line);
    return bytes ? LogRoot::parse(*bytes) : std::nullopt;
}

// The three lines; leaves what follows them.
std::optional<Checkpoint> take_checkpoint(std::string_view& text) {
    auto const origin = take_line(text);
    auto const size_line = take_line(text);
    auto const root_line = take_line(text);
    if (!origin || origin->empty() || !size_line || !root_line)
        return std::nullopt;
    auto const size = base::parse_decimal(*size_line);
    auto const root = parse_root(*root_line);
    if (!size || !root)
        return std::nullopt;
    return Checkpoint{.origin = std::string(*origin), .size = TreeSize{*size}, .root = *root};
}

bool are_extension_lines(std::string_view text) {
    while (auto const line = take_line(text)) {
        if (line->empty())
            return false;
    }
    return text.empty(); // the last line has its line feed too
}

} // namespace

Result<Checkpoint, NoteFault> parse_checkpoint(std::string_view text) {
    auto checkpoint = take_checkpoint(text);
    if (!checkpoint || !text.empty() || !is_key_name(checkpoint->origin))
        return std::unexpected{NoteFault::wrong_checkpoint};
    if (checkpoint->size == TreeSize{0} && checkpoint->root != empty_root())
        return std::unexpected{NoteFault::wrong_checkpoint};
    return *std::move(checkpoint);
}

Result<Checkpoint, NoteFault> parse_foreign_checkpoint(std::string_view text) {
    auto checkpoint = take_checkpoint(text);
    if (!checkpoint || !are_extension_lines(text))
        return std::unexpected{NoteFault::wrong_checkpoint};
    return *std::move(checkpoint);
}

std::string print_checkpoint(Checkpoint const& checkpoint) {
    CHECK(is_key_name(checkpoint.origin));
    return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size.number(),
                       base::to_base64(checkpoint.root));
}

std::string sign_checkpoint(Checkpoint const& checkpoint, crypto::Ed25519KeyPair const& log_key) {
    auto text = print_checkpoint(checkpoint);
    auto line = sign_note(text, checkpoint.origin, log_key);
    return print_note({.text = std::move(text), .lines = {std::move(line)}});
}

Result<std::string, NoteFault> add_note_lines(std::string_view note, std::span<NoteLine const> lines) {
    auto parsed = TRY(parse_note(note));
    for (auto const& line : lines) {
        if (std::ranges::find(parsed.lines, line) == parsed.lines.end())
            parsed.lines.push_back(line);
    }
    auto printed = print_note(parsed);
    if (parsed.lines.size() > note_signatures_max || printed.size() > note_size_max)
        return std::unexpected{NoteFault::too_large};
    return printed;
}

Result<OpenedCheckpoint, NoteFault> open_checkpoint(std::string_view note, VerifierKey const& log_key,
                                                    std::span<VerifierKey const> cosigners) {
    auto const by_log = TRY(open_note(note, std::span(&log_key, 1)));
    OpenedCheckpoint opened{.checkpoint = TRY(parse_checkpoint(by_log.text))};
    if (opened.checkpoint.origin != log_key.name())
        return std::unexpected{NoteFault::wrong_origin};
    auto by_cosigners = open_note(note, cosigners);
    if (by_cosigners)
        opened.cosignatures = std::move(by_cosigners->signatures);
    else if (by_cosigners.error() != NoteFault::no_known_signature)
        return std::unexpected{by_cosigners.error()};
    return opened;
}

} // namespace bulla::merkle
