#include "scripts.hpp"

#include "../password_client.hpp"
#include "base/encoding.hpp"
#include "cli/api_client.hpp"
#include "cli/offers.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <random>

namespace bulla::bench {
namespace {

namespace json = boost::json;

base::Randomness& randomness() {
    static crypto::SystemRandomness system;
    return system;
}

// Another /24 at each call, so that no limit of the server is met.
std::string next_address() {
    static std::uint32_t number = std::random_device{}();
    ++number;
    return fmt::format("{}.{}.{}.1", 1 + (number >> 16) % 120, (number >> 8) & 0xff, number & 0xff);
}

std::string post(std::string_view path, json::object const& body) {
    auto const text = json::serialize(body);
    return fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {}\r\n"
                       "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                       path, next_address(), text.size(), text);
}

json::object object_of(Answer const& answer) {
    return json::parse(answer.body).as_object();
}

class LoginScript final : public Script {
public:
    explicit LoginScript(std::string name) : name_(std::move(name)) {}

    std::string_view next_request() override {
        if (!offer_) {
            if (!client_) // one KE1 for all its logins: the server does the same work
                client_.emplace(randomness());
            return request_ = post("/v1/logins", {{"username", name_},
                                                  {"start_login_request", base::to_base64url(client_->ke1())},
                                                  {"client", LoginClient::name},
                                                  {"origin", LoginClient::name}});
        }
        auto const finish = client_->finish(*std::exchange(offer_, std::nullopt));
        return request_ = post("/v1/logins/" + base::to_base64url(finish.id), cli::login_finish_json(finish));
    }

    Progress take(Answer const& answer) override {
        if (answer.status == 201) {
            offer_ = cli::read_login_offer(object_of(answer));
            CHECK(offer_.has_value());
            return Progress::underway;
        }
        if (answer.status != 200)
            return Progress::refused;
        if (token_.empty())
            token_ = *cli::text_member(object_of(answer), "access_token");
        return Progress::done;
    }

    std::string const& token() const { return token_; }

private:
    std::string const name_;
    std::optional<LoginClient> client_;
    std::optional<service::LoginOffer> offer_;
    std::string request_;
    std::string token_; // the first one
};

class RegistrationScript final : public Script {
public:
    explicit RegistrationScript(std::string name) : name_(std::move(name)) {}

    std::string_view next_request() override {
        if (!offer_) {
            if (!client_)
                client_.emplace(randomness());
            auto const name = number_ == 0 ? name_ : fmt::format("{}-{}", name_, number_);
            return request_ = post("/v1/registrations",
                                   {{"username", name},
                                    {"registration_request", base::to_base64url(client_->request())}});
        }
        auto const offer = *std::exchange(offer_, std::nullopt);
        finishing_ = true;
        return request_ = post("/v1/registrations/" + base::to_base64url(offer.id),
                               cli::new_password_json(client_->finish(offer)));
    }

    Progress take(Answer const& answer) override {
        if (answer.status == 201 && !finishing_) {
            offer_ = cli::read_password_offer(object_of(answer));
            CHECK(offer_.has_value());
            return Progress::underway;
        }
        // What was refused at the door is asked for again as it was, but for a name that is taken.
        if (std::exchange(finishing_, false) || answer.status == 409)
            ++number_;
        return answer.status == 201 ? Progress::done : Progress::refused;
    }

private:
    std::string const name_;
    std::uint64_t number_ = 0;
    bool finishing_ = false;
    std::optional<RegistrationClient> client_;
    std::optional<service::PasswordOffer> offer_;
    std::string request_;
};

class GetScript final : public Script {
public:
    explicit GetScript(std::string request) : request_(std::move(request)) {}
    std::string_view next_request() override { return request_; }
    Progress take(Answer const& answer) override {
        return answer.status == 200 ? Progress::done : Progress::refused;
    }

private:
    std::string const request_;
};

void finish_one(Stream& stream, Script& script) {
    while (script.take(stream.exchange(script.next_request())) == Progress::underway) {
    }
}

} // namespace

std::unique_ptr<Script> make_login_script(std::string name) {
    return std::make_unique<LoginScript>(std::move(name));
}

std::unique_ptr<Script> make_registration_script(std::string name) {
    return std::make_unique<RegistrationScript>(std::move(name));
}

std::unique_ptr<Script> make_get_script(std::string const& target, std::string const& token) {
    return std::make_unique<GetScript>(
        fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n", target, token));
}

std::string sign_in(std::uint16_t port, std::string const& name) {
    Stream stream(port);
    RegistrationScript registration(name); // refused when the account is there
    finish_one(stream, registration);
    LoginScript login(name);
    finish_one(stream, login);
    CHECK(!login.token().empty());
    return login.token();
}

} // namespace bulla::bench
