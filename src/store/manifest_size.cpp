#include "store/manifest_size.hpp"

#include "base/encoding.hpp"
#include "store/crc32c.hpp"

#include <fmt/format.h>

namespace bulla::store {

std::string print_manifest_size(ManifestSize const& record) {
    auto const checked = fmt::format("{} {}", record.manifest, record.size);
    return fmt::format("{} {:08x}\n", checked, masked_crc32c(base::as_bytes(checked)));
}

std::optional<ManifestSize> parse_manifest_size(std::string_view text) {
    auto const name_end = text.find(' ');
    auto const size_end = text.rfind(' ');
    if (name_end == text.npos || size_end <= name_end)
        return std::nullopt;
    auto const size = base::parse_decimal(text.substr(name_end + 1, size_end - name_end - 1));
    if (!size)
        return std::nullopt;
    ManifestSize record{.manifest = std::string(text.substr(0, name_end)), .size = *size};
    if (print_manifest_size(record) != text)
        return std::nullopt;
    return record;
}

} // namespace bulla::store
