// base::Clock over the machine's clock. Handed down from the top of the program; nothing else reads the time
// of day.
#pragma once

#include "base/time.hpp"

namespace bulla::net {

class SystemClock final : public base::Clock {
public:
    base::Timestamp now() const override;
};

} // namespace bulla::net
