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

NetworkKeys network_keys_of(Ground const& ground) {
    return {.network = ground.network,
            .opaque_public_key = ground.keys.opaque_keys.public_key,
            .vrf_public_key = ground.keys.vrf_key.public_key()};
}

} // namespace

PlainForm::PlainForm(Ground& ground, Registration& registration, Login& login, net::WorkerPool& pool)
    : ground_(ground), registration_(registration), login_(login), pool_(pool),
      network_keys_(network_keys_of(ground)) {}

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
        auto const offer = TRY(registration_.begin(username, walk.request(), prefix));
        auto finished =
            TRY(served(std::move(walk).finish_registration(offer, network_keys_, text, ground_.randomness)));
        return Walked{.id = offer.id, .made = std::move(finished.new_password)};
    };
    auto ran = CO_TRY(map_fault(co_await pool_.run(std::move(job), argon2_wait_max), pool_fault));
    auto walked = CO_TRY(std::move(ran));
    co_return co_await registration_.finish(walked.id, std::move(walked.made));
}

boost::asio::awaitable<Served<IssuedToken>> PlainForm::login(std::string username, SecretBytes password,
                                                             AddressPrefix prefix) {
    if (ground_.settings.plain_form == PlainFormMode::disabled)
        co_return refuse(ServiceFaultKind::plain_form_disabled);
    // A password that nobody can have costs the same work as a wrong one: no shortcut tells them apart.
    auto prepared = prepare_password(password.expose());
    auto job =
        [this,
         walk = LoginWalk::start(prepared ? *std::move(prepared) : SecretBytes::from(base::as_bytes("\xff")),
                                 ground_.randomness),
         username = std::move(username), prefix = std::move(prefix)]() mutable -> Served<IssuedToken> {
        auto const offer = TRY(login_.begin({.username = std::move(username),
                                             .ke1 = walk.request(),
                                             .client = std::string(client_id),
                                             .origin = std::string(origin),
                                             .prefix = std::move(prefix)}));
        auto finished = served(std::move(walk).finish(offer, network_keys_, client_id, origin));
        if (finished)
            return login_.finish(finished->finish);
        // The walk finds a wrong password before there is anything to finish.
        if (finished.error().kind == ServiceFaultKind::login_refused)
            ground_.events.record(Event::login_refused);
        return std::unexpected{finished.error()};
    };
    auto ran = CO_TRY(map_fault(co_await pool_.run(std::move(job), argon2_wait_max), pool_fault));
    co_return CO_TRY(std::move(ran));
}

} // namespace bulla::service
