// Result<T, E>: a value, or the other side's fault as a value.
//
// The class is [[nodiscard]], also behind co_await. E is an enum class of the folder, or a struct of one and
// typed places. TRY hands a fault to the caller; CO_TRY does the same in a coroutine. Both take Result<void>
// and move-only values and are not nested in one another.
#pragma once

#include <expected>
#include <utility>

namespace bulla::base {

template <class T, class E>
class [[nodiscard]] Result : public std::expected<T, E> {
public:
    using std::expected<T, E>::expected;
};

template <class E>
using Fault = std::unexpected<E>;

// Translates the fault of a lower floor: TRY(map_fault(call(), to_problem)).
template <class T, class E, class Map>
auto map_fault(Result<T, E> result, Map&& map) -> Result<T, decltype(map(result.error()))> {
    if (!result)
        return std::unexpected{map(std::move(result).error())};
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return *std::move(result);
}

} // namespace bulla::base

namespace bulla {
using base::Result;
}

#define TRY(expression)                                            \
    __extension__({                                                \
        auto try_result = (expression);                            \
        if (!try_result)                                           \
            return std::unexpected{std::move(try_result).error()}; \
        *std::move(try_result);                                    \
    })

#define CO_TRY(expression)                                            \
    __extension__({                                                   \
        auto try_result = (expression);                               \
        if (!try_result)                                              \
            co_return std::unexpected{std::move(try_result).error()}; \
        *std::move(try_result);                                       \
    })
