#include "ledger/act.hpp"

namespace bulla::ledger {
namespace {

template <class Kind>
std::optional<Act> decode_as(base::ByteView bytes) {
    auto act = decode<Kind>(bytes);
    return act ? std::optional(Act(*std::move(act))) : std::nullopt;
}

template <class... Kinds>
std::optional<Act> decode_any(std::uint64_t number, base::ByteView bytes, std::variant<Kinds...> const*) {
    std::optional<Act> act;
    static_cast<void>(
        ((number == std::to_underlying(Kinds::kind) && (act = decode_as<Kinds>(bytes), true)) || ...));
    return act;
}

} // namespace

base::ByteBuffer encode_act(Act const& act) {
    return std::visit([](auto const& kind) { return encode(kind); }, act);
}

std::optional<Act> decode_act(base::ByteView bytes) {
    base::CborReader in(bytes);
    in.open_map();
    in.field(0);
    auto const number = in.uint();
    auto act = in.ok() ? decode_any(number, bytes, static_cast<Act const*>(nullptr)) : std::nullopt;
    auto const* const recover = act ? std::get_if<RecoverAccount>(&*act) : nullptr;
    if (recover != nullptr && recover->begin.key_version) // that one is an entry of its own
        return std::nullopt;
    return act;
}

std::optional<Label> label_of(Act const& act) {
    return std::visit(
        [](auto const& kind) -> std::optional<Label> {
            if constexpr (requires { kind.label; })
                return kind.label;
            else if constexpr (requires { kind.begin; })
                return kind.begin.asks.label;
            else
                return std::nullopt;
        },
        act);
}

} // namespace bulla::ledger
