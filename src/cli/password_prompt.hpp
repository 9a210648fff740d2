// Where a command takes a password from: the terminal without echo, or a line of standard input.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace bulla::cli {

enum class PasswordSource : std::uint8_t { terminal, standard_input };

// Prepared (service/prepared_password.hpp); else the reason why there is none.
Result<SecretBytes, std::string> read_password(PasswordSource source, std::string_view prompt);
// From the terminal twice, which must agree.
Result<SecretBytes, std::string> read_new_password(PasswordSource source, std::string_view prompt);

// A line from the terminal as it was typed, without echo: nothing is prepared.
Result<SecretBytes, std::string> read_hidden_line(std::string_view prompt);

} // namespace bulla::cli
