package dev.holdfast.access;

import dev.holdfast.access.AccessConfig.Mode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** All issuers whose tokens are taken. */
@ApplicationScoped
class Issuers {
    /** What services sign their own tokens as, see {@link ServiceTokens}. */
    private static final Set<String> SERVICE_ALGORITHMS = Set.of(TokenIssuer.ALGORITHM);

    private final AccessConfig config;
    private final Vertx vertx;
    private final ProviderClient client;
    private final Map<String, Issuer> byName = new LinkedHashMap<>();

    Issuers(AccessConfig config, Vertx vertx, MeterRegistry metrics) {
        this.config = config;
        this.vertx = vertx;
        this.client = new ProviderClient(vertx, config.caFile());
        if (config.mode() == Mode.JWT) {
            addProvider();
            config.services().forEach(this::addService);
        }
        byName.forEach(
                (name, issuer) -> Gauge.builder("holdfast.access.keys.age", issuer.keys(), TrustedKeys::ageSeconds)
                        .description("How long ago all keys of an issuer could be read")
                        .baseUnit("seconds")
                        .tag("issuer", name)
                        .register(metrics));
    }

    Map<String, Issuer> byName() {
        return byName;
    }

    /** Before the service listens: what is configured wrongly is said now, and not to the first customer. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        byName.values().forEach(issuer -> issuer.keys().firstRead());
        vertx.setPeriodic(
                config.keysRefresh().toMillis(),
                timer -> byName.values().forEach(issuer -> issuer.keys().read()));
    }

    private void addProvider() {
        Set<String> unsafe = new TreeSet<>(config.algorithms());
        unsafe.removeAll(AccessConfig.ASYMMETRIC);
        if (!unsafe.isEmpty()) {
            throw new IllegalStateException("AUTH_ALGORITHMS must not name " + unsafe);
        }
        String issuer = required(config.issuer(), "AUTH_ISSUER", "the issuer of the identity provider's tokens");
        add(
                new Issuer.Rules(
                        issuer,
                        config.audience(),
                        config.algorithms(),
                        config.tokenTypes(),
                        config.rolesClaim(),
                        config.leeway()),
                config.keys(),
                "AUTH_KEYS",
                "where the identity provider's public keys are");
    }

    private void addService(String name, AccessConfig.ServiceConfig service) {
        add(
                new Issuer.Rules(
                        name,
                        service.audience(),
                        SERVICE_ALGORITHMS,
                        Set.of(ServiceTokens.TYPE),
                        null,
                        config.leeway()),
                service.keys(),
                "SERVICE_KEYS",
                "where the public keys of " + name + " are");
    }

    private void add(Issuer.Rules rules, Optional<List<String>> locations, String setting, String meaning) {
        TrustedKeys keys = new TrustedKeys(
                required(locations, setting, meaning).stream()
                        .map(location -> new KeyLocation(location, setting, vertx, client))
                        .toList(),
                config.keysUnknownPause());
        if (byName.put(rules.name(), new Issuer(rules, keys)) != null) {
            throw new IllegalStateException(
                    "AUTH_ISSUER must not be " + rules.name() + ", which is a service of Holdfast");
        }
    }

    private static <T> T required(Optional<T> value, String setting, String meaning) {
        return value.orElseThrow(() ->
                new IllegalStateException("%s is not set: it says %s. (HOLDFAST_AUTH=off is for one machine alone.)"
                        .formatted(setting, meaning)));
    }
}
