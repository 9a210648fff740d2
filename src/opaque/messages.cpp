#include "opaque/messages.hpp"

namespace bulla::opaque {

using crypto::Element;

std::optional<RegistrationRequest> RegistrationRequest::parse(base::ByteView bytes) {
    auto const blinded = Element::parse(bytes);
    return blinded ? std::optional(RegistrationRequest(*blinded)) : std::nullopt;
}

std::optional<RegistrationResponse> RegistrationResponse::parse(base::ByteView bytes) {
    if (bytes.size() != size)
        return std::nullopt;
    auto const evaluated = Element::parse(bytes.first(32));
    auto const server_public_key = Element::parse(bytes.subspan(32));
    if (!evaluated || !server_public_key)
        return std::nullopt;
    return RegistrationResponse(*evaluated, *server_public_key);
}

std::optional<OpaqueRecord> OpaqueRecord::parse(base::ByteView bytes) {
    if (bytes.size() != size)
        return std::nullopt;
    auto const client_public_key = Element::parse(bytes.first(32));
    return client_public_key ? std::optional(OpaqueRecord(bytes, *client_public_key)) : std::nullopt;
}

std::optional<Ke1> Ke1::parse(base::ByteView bytes) {
    if (bytes.size() != size)
        return std::nullopt;
    auto const blinded = Element::parse(bytes.first(32));
    auto const keyshare = Element::parse(bytes.subspan(64));
    return blinded && keyshare ? std::optional(Ke1(bytes, *blinded, *keyshare)) : std::nullopt;
}

std::optional<Ke2> Ke2::parse(base::ByteView bytes) {
    if (bytes.size() != size)
        return std::nullopt;
    auto const evaluated = Element::parse(bytes.first(32));
    auto const keyshare = Element::parse(bytes.subspan(224, 32));
    return evaluated && keyshare ? std::optional(Ke2(bytes, *evaluated, *keyshare)) : std::nullopt;
}

std::optional<Ke3> Ke3::parse(base::ByteView bytes) {
    return bytes.size() == size ? std::optional(Ke3(bytes)) : std::nullopt;
}

} // namespace bulla::opaque
