#include "cli/password_prompt.hpp"

#include "service/prepared_password.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bulla::cli {
namespace {

std::unexpected<std::string> refuse(std::string_view reason) {
    return std::unexpected{std::string(reason)};
}

class Terminal {
public:
    Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {}
    ~Terminal() {
        if (is_silent_)
            ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    Terminal(Terminal const&) = delete;
    Terminal& operator=(Terminal const&) = delete;

    // No echo until the object ends.
    bool be_silent() {
        if (descriptor_ < 0 || ::tcgetattr(descriptor_, &before_) != 0)
            return false;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_silent_ = ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
        return is_silent_;
    }
    void print(std::string_view text) const {
        [[maybe_unused]] auto const ignored = ::write(descriptor_, text.data(), text.size());
    }
    int descriptor() const { return descriptor_; }

private:
    int descriptor_;
    termios before_{};
    bool is_silent_ = false;
};

// Byte by byte, so that nothing after the line is taken; all copies are wiped.
Result<SecretBytes, std::string> read_line(int descriptor) {
    SecretBytes line(service::password_size_max + 1);
    std::size_t size = 0;
    while (size < line.size()) {
        auto const got = ::read(descriptor, line.writable().data() + size, 1);
        if (got < 0)
            return refuse(std::strerror(errno));
        if (got == 0 || line.writable()[size] == '\n')
            break;
        ++size;
    }
    return SecretBytes::from(line.expose().first(size));
}

Result<SecretBytes, std::string> prepare(SecretBytes const& line) {
    auto prepared = service::prepare_password(line.expose());
    if (prepared)
        return *std::move(prepared);
    switch (prepared.error()) {
    case service::PasswordTextFault::empty: return refuse("the password is empty");
    case service::PasswordTextFault::too_long: return refuse("the password is too long");
    case service::PasswordTextFault::not_text: return refuse("the password is not text in UTF-8");
    }
    CHECK_UNREACHABLE();
}

Result<SecretBytes, std::string> ask_terminal(std::string_view prompt, std::string_view without_terminal) {
    Terminal terminal;
    if (!terminal.be_silent())
        return refuse(without_terminal);
    terminal.print(prompt);
    auto line = read_line(terminal.descriptor());
    terminal.print("\n");
    return line;
}

} // namespace

Result<SecretBytes, std::string> read_hidden_line(std::string_view prompt) {
    return ask_terminal(prompt, "there is no terminal to ask");
}

Result<SecretBytes, std::string> read_password(PasswordSource source, std::string_view prompt) {
    if (source == PasswordSource::standard_input)
        return prepare(TRY(read_line(STDIN_FILENO)));
    auto const line = TRY(ask_terminal(prompt, "there is no terminal to ask for the password: use "
                                               "--password-stdin"));
    return prepare(line);
}

Result<SecretBytes, std::string> read_new_password(PasswordSource source, std::string_view prompt) {
    auto first = TRY(read_password(source, prompt));
    if (source == PasswordSource::standard_input)
        return first;
    auto const second = TRY(read_password(source, "The same again: "));
    if (!base::same_secret(first.expose(), second.expose()))
        return refuse("the two are not the same");
    return first;
}

} // namespace bulla::cli
