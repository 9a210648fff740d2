#include "merkle/proof_file.hpp"

#include "base/encoding.hpp"

#include <fmt/format.h>

namespace bulla::merkle {
namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view extra_word = "extra ";
constexpr std::string_view index_word = "index ";
constexpr std::size_t path_length_max = 64;

// The rest of a line that starts with the word; nothing, and nothing taken, otherwise.
std::optional<std::string_view> take_line_after(std::string_view& text, std::string_view word) {
    auto const end = text.find('\n');
    if (end == std::string_view::npos || !text.substr(0, end).starts_with(word))
        return std::nullopt;
    auto const line = text.substr(word.size(), end - word.size());
    text.remove_prefix(end + 1);
    return line;
}

bool take_extra(std::string_view& text, ProofFile& file) {
    auto const line = take_line_after(text, extra_word);
    if (!line)
        return true;
    auto bytes = base::parse_base64(*line);
    if (!bytes || bytes->empty() || bytes->size() > proof_extra_size_max)
        return false;
    file.extra = *std::move(bytes);
    return true;
}

bool take_index(std::string_view& text, ProofFile& file) {
    auto const line = take_line_after(text, index_word);
    auto const index = line ? base::parse_decimal(*line) : std::nullopt;
    if (index)
        file.index = LeafIndex{*index};
    return index.has_value();
}

// The hashes and the empty line after them.
bool take_path(std::string_view& text, ProofFile& file) {
    while (auto const line = take_line_after(text, "")) {
        if (line->empty())
            return true;
        auto const bytes = base::parse_base64(*line);
        auto const hash = bytes ? NodeHash::parse(*bytes) : std::nullopt;
        if (!hash || file.path.size() == path_length_max)
            return false;
        file.path.push_back(*hash);
    }
    return false;
}

} // namespace

std::string print_proof_file(ProofFile const& file) {
    CHECK(file.path.size() <= path_length_max && file.extra.size() <= proof_extra_size_max);
    std::string text(first_line);
    if (!file.extra.empty())
        text += fmt::format("{}{}\n", extra_word, base::to_base64(file.extra));
    text += fmt::format("{}{}\n", index_word, file.index.number());
    for (auto const& hash : file.path)
        text += base::to_base64(hash) + "\n";
    return text + "\n" + file.checkpoint;
}

Result<ProofFile, NoteFault> parse_proof_file(std::string_view text) {
    ProofFile file;
    if (!text.starts_with(first_line))
        return std::unexpected{NoteFault::malformed_proof};
    text.remove_prefix(first_line.size());
    if (!take_extra(text, file) || !take_index(text, file) || !take_path(text, file))
        return std::unexpected{NoteFault::malformed_proof};
    TRY(parse_note(text));
    file.checkpoint = std::string(text);
    return file;
}

} // namespace bulla::merkle
