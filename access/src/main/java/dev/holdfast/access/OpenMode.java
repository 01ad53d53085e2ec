package dev.holdfast.access;

import dev.holdfast.access.AccessConfig.Mode;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.net.HostAndPort;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Without authentication only this machine may call, and no page of another site in its browser: neither one that asks
 * across origins, nor one whose name was made to lead here (DNS rebinding).
 */
@ApplicationScoped
public class OpenMode {
    private static final Logger LOG = Logger.getLogger(OpenMode.class);
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final AccessConfig config;
    private final boolean isOpen;
    private final Set<String> hosts = new HashSet<>(THIS_MACHINE);

    OpenMode(AccessConfig config) {
        this.config = config;
        isOpen = config.mode() == Mode.OFF;
        config.openHosts().ifPresent(hosts::addAll);
    }

    /**
     * Before the service listens: where others than this machine would reach it, it does not start.
     *
     * @throws IllegalStateException which names the setting
     */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        if (!isOpen) {
            return;
        }
        if (config.openHosts().isEmpty() && !isLoopback(config.host())) {
            throw new IllegalStateException(
                    "HOLDFAST_AUTH=off, but HTTP_HOST=%s: whoever reaches that address could do everything. Without tokens a"
                                    .formatted(config.host())
                            + " service listens on 127.0.0.1, unless OPEN_HOSTS names by which hosts requests may come");
        }
        config.publishedHost().filter(host -> !isLoopback(host)).ifPresent(host -> {
            throw new IllegalStateException(
                    "HOLDFAST_AUTH=off, but PUBLISHED_HOST=%s (in Compose HOLDFAST_GATEWAY_HOST): whoever reaches that address"
                                    .formatted(host)
                            + " could do everything. Publish it at 127.0.0.1, or ask for tokens");
        });
        LOG.warn("HOLDFAST_AUTH=off: EVERY CALLER MAY DO EVERYTHING HERE, without a token. For one machine only.");
    }

    /** Whether every caller may do everything. */
    public boolean isOpen() {
        return isOpen;
    }

    /**
     * Why a request must not be answered, null where it may be. While tokens are asked for, they decide alone.
     *
     * @param host what the request was sent to, null where it does not say
     * @param origin the {@code Origin} header: the site whose page asks
     */
    public @Nullable String refusal(@Nullable HostAndPort host, @Nullable String origin) {
        if (!isOpen) {
            return null;
        }
        if (host != null && !host.host().isEmpty() && !isAllowed(host.host())) {
            return "Without authentication (HOLDFAST_AUTH=off) this service answers only to localhost";
        }
        if (origin != null && !isAllowed(hostOf(origin))) {
            return "Without authentication (HOLDFAST_AUTH=off) no page of another site may ask";
        }
        return null;
    }

    static boolean isThisMachine(@Nullable String host) {
        return host != null && THIS_MACHINE.contains(host.toLowerCase(Locale.ROOT));
    }

    private boolean isAllowed(@Nullable String name) {
        return name != null && hosts.contains(name.toLowerCase(Locale.ROOT));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    static @Nullable String hostOf(String origin) {
        try {
            return URI.create(origin).getHost();
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }
}
