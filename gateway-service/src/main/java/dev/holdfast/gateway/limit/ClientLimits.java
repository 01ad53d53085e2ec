package dev.holdfast.gateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;

/**
 * What each client may take: connections, requests at once, requests in a time, and answers 401. All of it is counted by
 * this replica alone. May be used from every event loop, and blocks none.
 */
public final class ClientLimits {
    private static final Verdict UNLIMITED = new Verdict.Unlimited();

    private final Settings settings;
    private final TimeMeter clock;
    private final ConcurrentMap<ClientKey.Address, Integer> connections = new ConcurrentHashMap<>();
    private final Cache<ClientKey, Client> clients;
    private final Cache<ClientKey.Address, Bucket> unauthorized;

    /**
     * @param connectionsPerAddress open at once; 0 for no limit
     * @param address of each client by its address, whether its identity is known or not
     * @param subject of each client by its identity
     * @param unauthorized answers 401 that one address may be given in a time; 0 {@code requests} for no limit
     * @param clients how many of them are remembered, of each kind; one that is forgotten begins anew
     */
    public record Settings(
            int connectionsPerAddress,
            ClientPolicy address,
            ClientPolicy subject,
            ClientPolicy unauthorized,
            long clients) {}

    public ClientLimits(Settings settings, TimeMeter clock) {
        this.settings = settings;
        this.clock = clock;
        // Only bounded by size: quarkus-caffeine makes just the commonest kinds of caches known to native images.
        this.clients = remembering(settings.clients());
        this.unauthorized = remembering(settings.clients());
    }

    private static <K, V> Cache<K, V> remembering(long most) {
        return Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
    }

    /** @return whether it may be opened; {@link #closed} is to be called then once it is not open any more */
    public boolean admitConnection(ClientKey.Address address) {
        int most = settings.connectionsPerAddress();
        if (most <= 0 || !address.limited()) {
            return true;
        }
        if (connections.merge(address, 1, Integer::sum) <= most) {
            return true;
        }
        closed(address);
        return false;
    }

    public void closed(ClientKey.Address address) {
        connections.computeIfPresent(address, (key, open) -> open == 1 ? null : open - 1);
    }

    /**
     * To be asked before it is looked who the client is.
     *
     * @param isKnown whether the request comes from somebody who is known all the same; asked only where so many others of
     *     this address were answered with 401 that it is not heard
     */
    public Verdict admit(ClientKey.Address address, BooleanSupplier isKnown) {
        if (!address.limited()) {
            return UNLIMITED;
        }
        Bucket refusals = unauthorized.getIfPresent(address);
        if (refusals != null && refusals.getAvailableTokens() == 0 && !isKnown.getAsBoolean()) {
            long wait = refusals.estimateAbilityToConsume(1).getNanosToWaitForRefill();
            return new Verdict.Refused(Limit.UNAUTHORIZED, null, atLeastOneSecond(wait));
        }
        return admit(address, settings.address());
    }

    /** To be asked once it is known who the client is. */
    public Verdict admit(ClientKey.Subject subject) {
        return admit(subject, settings.subject());
    }

    /** Counts an answer 401. */
    public void unauthorized(ClientKey.Address address) {
        if (address.limited() && settings.unauthorized().limitsRate()) {
            unauthorized
                    .get(address, first -> settings.unauthorized().bucket(clock))
                    .tryConsume(1);
        }
    }

    private Verdict admit(ClientKey key, ClientPolicy policy) {
        if (policy.limitsNothing()) {
            return UNLIMITED;
        }
        Client client = clients.get(key, first -> new Client(policy, clock));
        if (!client.tryEnter()) {
            return new Verdict.Refused(Limit.REQUESTS_AT_ONCE, null, 1);
        }
        if (client.requests == null) {
            return new Verdict.Admitted(client, null);
        }
        ConsumptionProbe probe = client.requests.tryConsumeAndReturnRemaining(1);
        Quota quota = Quota.of(policy, probe);
        if (probe.isConsumed()) {
            return new Verdict.Admitted(client, quota);
        }
        client.leave();
        return new Verdict.Refused(Limit.REQUEST_RATE, quota, atLeastOneSecond(probe.getNanosToWaitForRefill()));
    }

    private static long atLeastOneSecond(long nanos) {
        return Math.max(1, Quota.seconds(nanos));
    }
}
