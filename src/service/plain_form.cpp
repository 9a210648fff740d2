#include "service/plain_form.hpp"

#include "service/password_policy.hpp"
#include "service/prepared_password.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

constexpr std::string_view client_id = "plain-form";
constexpr std::string_view origin = "plain-form";

auto const pool_fault = [](net::PoolFault) {
    return ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}};
};

// What the pool's part of a registration leaves to be ordered.
struct Walked {
    PendingId id;
    NewPassword made;
};

// Argon2id without memory is the machine's trouble, never a wrong password.
ServiceFault to_service_fault(WalkFault fault) {
    switch (fault) {
    case WalkFault::wrong_password: return {.kind = ServiceFaultKind::login_refused};
    case WalkFault::no_memory:
        return {.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}};
    case WalkFault::wrong_server_key:
    case WalkFault::wrong_label:
    case WalkFault::weak_stretching:
    case WalkFault::malformed: return {.kind = ServiceFaultKind::internal};
    }
    CHECK_UNREACHABLE();
}

template <class T>
Served<T> served(Result<T, WalkFault> result) {
    return map_fault(std::move(result), [](WalkFault fault) { return to_service_fault(fault); });
}

} // namespace

PlainForm::PlainForm(Ground& ground, Parts const& parts) : ground_(ground), parts_(parts) {}

NetworkKeys PlainForm::network_keys() const {
    NetworkKeys keys{.network = ground_.network,
                     .opaque_public_key = ground_.keys.opaque_keys.public_key,
                     .vrf_public_key = ground_.keys.vrf_key.public_key()};
    auto const policy = ground_.head()->policy;
    for (auto const& keyset : std::span(policy->keysets).subspan(1))
        if (auto const key = crypto::Element::parse(keyset.opaque_public_key.view()))
            keys.later_opaque_keys.push_back(*key);
    return keys;
}

boost::asio::awaitable<Served<Registered>> PlainForm::register_account(std::string username,
                                                                       SecretBytes password,
                                                                       AddressPrefix prefix) {
    if (ground_.settings.plain_form == PlainFormMode::disabled)
        co_return refuse(ServiceFaultKind::plain_form_disabled);
    auto const policy = ground_.head()->policy;
    auto const name = Username::parse(username, {.scripts = policy->scripts});
    if (!name)
        co_return refuse(ServiceFaultKind::invalid_username);
    auto prepared = prepare_password(password.expose());
    if (!prepared)
        co_return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::weak_password, .weakness = PasswordWeakness::not_text}};
    if (auto const weakness = find_weakness(*prepared, *name, policy->passwords))
        co_return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::weak_password, .weakness = weakness}};

    auto job = [this, walk = NewPasswordWalk::start(*std::move(prepared), ground_.randomness),
                username = std::move(username), prefix = std::move(prefix),
                text = std::string(name->text())]() mutable -> Served<Walked> {
        auto const offer = TRY(parts_.registration.begin(username, walk.request(), prefix));
        auto finished =
            TRY(served(std::move(walk).finish_registration(offer, network_keys(), text, ground_.randomness)));
        return Walked{.id = offer.id, .made = std::move(finished.new_password)};
    };
    auto ran =
        CO_TRY(map_fault(co_await parts_.argon2_pool.run(std::move(job), argon2_wait_max), pool_fault));
    auto walked = CO_TRY(std::move(ran));
    co_return co_await parts_.registration.finish(walked.id, std::move(walked.made));
}

boost::asio::awaitable<Served<PlainForm::SignedIn>> PlainForm::sign_in(std::string username,
                                                                       SecretBytes password,
                                                                       AddressPrefix prefix) {
    auto job = [this, walk = LoginWalk::start(std::move(password), ground_.randomness),
                username = std::move(username), prefix = std::move(prefix)]() mutable -> Served<SignedIn> {
        auto const offer = TRY(parts_.login.begin({.username = std::move(username),
                                                   .ke1 = walk.request(),
                                                   .client = std::string(client_id),
                                                   .origin = std::string(origin),
                                                   .prefix = std::move(prefix)}));
        auto finished = served(std::move(walk).finish(offer, network_keys(), client_id, origin));
        // The walk finds a wrong password before there is anything to finish.
        if (!finished && finished.error().kind == ServiceFaultKind::login_refused)
            ground_.events.record(Event::login_refused);
        if (!finished)
            return std::unexpected{finished.error()};
        auto token = TRY(parts_.login.finish(finished->finish));
        return SignedIn{.token = std::move(token),
                        .parameters = finished->parameters,
                        .password_key = std::move(finished->password_key)};
    };
    auto ran =
        CO_TRY(map_fault(co_await parts_.argon2_pool.run(std::move(job), argon2_wait_max), pool_fault));
    co_return std::move(ran);
}

boost::asio::awaitable<std::optional<IssuedToken>> PlainForm::move_password(SignedIn present,
                                                                            std::string username,
                                                                            SecretBytes password,
                                                                            AddressPrefix prefix) {
    auto const principal = parts_.tokens.check_bearer(present.token.access_token);
    if (!principal)
        co_return std::nullopt;
    auto job = [this, present = std::move(present), principal = *principal, prefix,
                walk = NewPasswordWalk::start(SecretBytes::from(password.expose()),
                                              ground_.randomness)]() mutable -> Served<Walked> {
        auto const offer = TRY(parts_.accounts.begin_password_change(principal, walk.request(), prefix));
        auto made = TRY(served(std::move(walk).finish_change(
            offer, network_keys(), {.credential = present.parameters.credential, .key = present.password_key},
            ground_.randomness)));
        return Walked{.id = offer.id, .made = std::move(made.new_password)};
    };
    auto walked = co_await parts_.argon2_pool.run(std::move(job), argon2_wait_max);
    if (!walked || !*walked)
        co_return std::nullopt;
    auto const moved = co_await parts_.accounts.finish_password_change(*principal, (*walked)->id,
                                                                       std::move((*walked)->made));
    if (!moved)
        co_return std::nullopt;
    // The session of the old record ended with it.
    auto again = co_await sign_in(std::move(username), std::move(password), std::move(prefix));
    co_return again ? std::optional(std::move(again->token)) : std::nullopt;
}

boost::asio::awaitable<Served<IssuedToken>> PlainForm::login(std::string username, SecretBytes password,
                                                             AddressPrefix prefix) {
    if (ground_.settings.plain_form == PlainFormMode::disabled)
        co_return refuse(ServiceFaultKind::plain_form_disabled);
    // A password that nobody can have costs the same work as a wrong one: no shortcut tells them apart.
    auto prepared = prepare_password(password.expose());
    auto used = prepared ? *std::move(prepared) : SecretBytes::from(base::as_bytes("\xff"));
    auto again = SecretBytes::from(used.expose());
    auto signed_in = CO_TRY(co_await sign_in(username, std::move(used), prefix));
    auto token = signed_in.token;
    if (signed_in.parameters.moves_to)
        if (auto moved = co_await move_password(std::move(signed_in), std::move(username), std::move(again),
                                                std::move(prefix)))
            co_return *std::move(moved);
    co_return token;
}

} // namespace bulla::service
