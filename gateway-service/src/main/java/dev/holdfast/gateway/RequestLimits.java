package dev.holdfast.gateway;

import dev.holdfast.gateway.GatewayConfig.LimitsConfig;
import dev.holdfast.gateway.limit.ByteBudget;
import dev.holdfast.gateway.limit.ClientAddresses;
import dev.holdfast.gateway.limit.ClientKey;
import dev.holdfast.gateway.limit.ClientLimits;
import dev.holdfast.gateway.limit.ClientPolicy;
import dev.holdfast.gateway.limit.LimitMeters;
import dev.holdfast.gateway.limit.Quota;
import dev.holdfast.gateway.limit.Verdict;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The limits as configured, and the answers to requests that they refuse. Each request is counted for its address, whatever
 * becomes of it. Whoever finds out who a client is asks {@link #admits} once more, for its subject, and tells of each answer
 * 401 by {@link #unauthorized}.
 */
@ApplicationScoped
class RequestLimits {
    private final ClientAddresses addresses;
    private final ClientLimits clients;
    private final ByteBudget bodies;
    private final LimitMeters meters;

    RequestLimits(GatewayConfig gateway, MeterRegistry registry) {
        LimitsConfig config = gateway.limits();
        addresses = new ClientAddresses(
                config.trustedProxies().orElse(List.of()),
                config.unlimitedAddresses().orElse(List.of()));
        clients = new ClientLimits(
                new ClientLimits.Settings(
                        config.connectionsPerAddress(),
                        new ClientPolicy(
                                "address",
                                config.requestsAtOncePerAddress(),
                                config.requestsPerAddress(),
                                config.rateWindow()),
                        new ClientPolicy(
                                "subject",
                                config.requestsAtOncePerSubject(),
                                config.requestsPerSubject(),
                                config.rateWindow()),
                        new ClientPolicy("unauthorized", 0, config.unauthorizedPerAddress(), config.rateWindow()),
                        config.clients()),
                TimeMeter.SYSTEM_NANOTIME);
        bodies = new ByteBudget(config.bodies().asLongValue());
        meters = new LimitMeters(registry);
        Gauge.builder("gateway.bodies.bytes", bodies, ByteBudget::taken)
                .description("Bodies of requests that are held in memory")
                .register(registry);
        Gauge.builder("gateway.bodies.limit.bytes", config.bodies()::asLongValue)
                .description("How much that may be")
                .register(registry);
    }

    ClientAddresses addresses() {
        return addresses;
    }

    ClientLimits clients() {
        return clients;
    }

    ByteBudget bodies() {
        return bodies;
    }

    LimitMeters meters() {
        return meters;
    }

    /**
     * Counts the request for its address until it is over.
     *
     * @param isKnown as {@link ClientLimits#admit(ClientKey.Address, BooleanSupplier)} says
     * @return false where it was answered with 429
     */
    boolean admits(HttpServerRequest request, BooleanSupplier isKnown) {
        return admits(request, clients.admit(ConnectionWatch.of(request).client(request), isKnown));
    }

    /** The same for its subject. */
    boolean admits(HttpServerRequest request, ClientKey.Subject subject) {
        return admits(request, clients.admit(subject));
    }

    private boolean admits(HttpServerRequest request, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Unlimited unlimited -> true;
            case Verdict.Admitted admitted -> {
                ConnectionWatch.of(request).whenOver(request, admitted::leave);
                if (admitted.quota() != null) {
                    announce(request, admitted.quota());
                }
                yield true;
            }
            case Verdict.Refused refused -> {
                refuse(request, refused);
                yield false;
            }
        };
    }

    /** Counts an answer 401 that this client was given. */
    void unauthorized(HttpServerRequest request) {
        clients.unauthorized(ConnectionWatch.of(request).client(request));
    }

    private void refuse(HttpServerRequest request, Verdict.Refused refused) {
        meters.met(refused.limit());
        if (refused.quota() != null) {
            announce(request, refused.quota());
        }
        String detail = switch (refused.limit()) {
            case REQUESTS_AT_ONCE -> "Too many requests of this client are under way";
            case UNAUTHORIZED -> "Too many requests of this client came without a valid token";
            default -> "This client has sent too many requests";
        };
        Problems.send(request, Problem.TOO_MANY_REQUESTS, detail, refused.retryAfterSeconds());
    }

    private static void announce(HttpServerRequest request, Quota quota) {
        request.response()
                .headers()
                .add(Quota.POLICY_HEADER, quota.policyHeader())
                .add(Quota.HEADER, quota.header());
    }
}
