// LINK: cli
// A configuration file of any text: refused with a place and a reason, or read; what is read prints as a file
// that reads as the same. The first byte chooses whether the text is a file, or the value of a variable or a
// flag.
#include "cli/configuration.hpp"

using namespace bulla;

namespace {

cli::ConfigurationSources sources_of(std::uint8_t first, std::string text) {
    auto const keys = cli::configuration_keys();
    auto const& key = keys[first / 3 % keys.size()];
    if (first % 3 == 0)
        return {.file = cli::ConfigurationSources::File{.name = "bulla.toml", .text = std::move(text)}};
    if (first % 3 == 1)
        return {.environment = {{cli::variable_name(key), std::move(text)}}};
    return {.flags = {{std::string(key.flag), std::move(text)}}};
}

void check_again(cli::Configuration const& read) {
    auto const text = cli::print_configuration(read);
    auto const again = cli::read_configuration(
        {.file = cli::ConfigurationSources::File{.name = "again.toml", .text = text}});
    CHECK(again.has_value());
    for (auto const& key : cli::configuration_keys())
        CHECK(key.print(again->settings) == key.print(read.settings));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size == 0)
        return 0;
    std::string text(base::as_text({bytes + 1, size - 1}));
    if (bytes[0] % 3 != 0)
        text = text.substr(0, text.find('\0')); // variables and flags end at a NUL
    auto const read = cli::read_configuration(sources_of(bytes[0], std::move(text)));
    if (read)
        check_again(*read);
    else
        CHECK(!cli::print_fault(read.error()).empty());
    return 0;
}
