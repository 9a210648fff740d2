#include "credential/ssh_key.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"

#include <string>

namespace bulla::credential {
namespace {

using base::ByteView;

constexpr std::string_view ed25519_type = "ssh-ed25519";
constexpr std::string_view ecdsa_type = "ecdsa-sha2-nistp256";
constexpr std::string_view curve = "nistp256";
constexpr std::string_view begin_line = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view end_line = "-----END SSH SIGNATURE-----";
constexpr std::size_t scalar_size = 32;

// RFC 4251 §5. After a fault everything that is read is empty, and at_end() is false.
class SshReader {
public:
    explicit SshReader(ByteView bytes) : rest_(bytes) {}

    std::uint32_t number() {
        auto const bytes = take(sizeof(std::uint32_t));
        return bytes.empty() ? 0 : base::load_big_endian<std::uint32_t>(bytes);
    }
    ByteView string() { return take(number()); }
    ByteView take(std::size_t size) {
        if (size > rest_.size())
            is_good_ = false;
        if (!is_good_)
            return {};
        auto const taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    bool at_end() const { return is_good_ && rest_.empty(); }

private:
    ByteView rest_;
    bool is_good_ = true;
};

bool is_text(ByteView bytes, std::string_view text) {
    return base::as_text(bytes) == text;
}

std::optional<PublicKey> parse_key_blob(ByteView blob) {
    SshReader reader(blob);
    auto const type = reader.string();
    if (is_text(type, ed25519_type)) {
        auto const key = crypto::Ed25519PublicKey::parse(reader.string());
        return key && reader.at_end() ? std::optional(PublicKey(*key)) : std::nullopt;
    }
    if (!is_text(type, ecdsa_type) || !is_text(reader.string(), curve))
        return std::nullopt;
    auto const point = reader.string(); // SEC 1 §2.3.3, uncompressed
    if (point.empty() || point[0] != 0x04 || !reader.at_end())
        return std::nullopt;
    auto const key = P256PublicKey::parse(point.subspan(1));
    return key ? std::optional(PublicKey(*key)) : std::nullopt;
}

// A positive mpint of at most 256 bits, as 32 bytes.
std::optional<base::ByteBuffer> parse_scalar(ByteView mpint) {
    if (mpint.size() > 1 && mpint[0] == 0 && mpint[1] >= 0x80)
        mpint = mpint.subspan(1);
    else if (mpint.empty() || mpint[0] == 0 || mpint[0] >= 0x80) // not the shortest form, zero, or negative
        return std::nullopt;
    if (mpint.size() > scalar_size)
        return std::nullopt;
    return base::concat(base::ByteBuffer(scalar_size - mpint.size()), mpint);
}

std::optional<base::ByteBuffer> parse_signature_blob(ByteView blob, PublicKey const& public_key) {
    SshReader reader(blob);
    auto const type = reader.string();
    auto const bytes = reader.string();
    if (!reader.at_end() || !is_text(type, public_key.ed25519() != nullptr ? ed25519_type : ecdsa_type))
        return std::nullopt;
    if (public_key.ed25519() != nullptr)
        return bytes.size() == 2 * scalar_size ? std::optional(base::to_buffer(bytes)) : std::nullopt;
    SshReader scalars(bytes);
    auto const r = parse_scalar(scalars.string());
    auto const s = parse_scalar(scalars.string());
    if (!r || !s || !scalars.at_end())
        return std::nullopt;
    return base::concat(*r, *s);
}

// The lines between the two marks, joined.
std::optional<std::string> take_off_armor(std::string_view text) {
    if (text.size() > ssh_text_size_max || !text.starts_with(begin_line))
        return std::nullopt;
    text.remove_prefix(begin_line.size());
    auto const end = text.find(end_line);
    if (end == std::string_view::npos)
        return std::nullopt;
    auto const after = text.substr(end + end_line.size());
    if (after.find_first_not_of("\r\n") != std::string_view::npos)
        return std::nullopt;
    std::string joined;
    for (char const character : text.substr(0, end))
        if (character != '\n' && character != '\r')
            joined += character;
    return joined;
}

} // namespace

std::optional<PublicKey> parse_ssh_public_key(std::string_view line) {
    if (line.size() > ssh_text_size_max)
        return std::nullopt;
    auto const type = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), type.size() + 1));
    auto const blob = base::parse_base64(line.substr(0, line.find_first_of(" \r\n")));
    if (!blob)
        return std::nullopt;
    auto const key = parse_key_blob(*blob);
    bool const is_of_type = key && type == (key->ed25519() != nullptr ? ed25519_type : ecdsa_type);
    return is_of_type ? key : std::nullopt;
}

std::optional<SshSignature> parse_ssh_signature(std::string_view armored) {
    auto const text = take_off_armor(armored);
    auto const bytes = text ? base::parse_base64(*text) : std::nullopt;
    if (!bytes)
        return std::nullopt;
    SshReader reader(*bytes);
    bool const is_known = is_text(reader.take(6), "SSHSIG") && reader.number() == 1;
    auto const key = parse_key_blob(reader.string());
    bool const is_ours =
        is_text(reader.string(), "bulla") && reader.string().empty() && is_text(reader.string(), "sha512");
    auto const blob = reader.string();
    if (!is_known || !key || !is_ours || !reader.at_end())
        return std::nullopt;
    auto signature = parse_signature_blob(blob, *key);
    if (!signature)
        return std::nullopt;
    return SshSignature{.public_key = *key, .signature = *std::move(signature)};
}

} // namespace bulla::credential
