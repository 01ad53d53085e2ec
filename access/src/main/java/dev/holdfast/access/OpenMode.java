package dev.holdfast.access;

import dev.holdfast.access.AccessConfig.Mode;
import io.vertx.core.net.HostAndPort;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Without authentication only this machine may call, and no page of another site in its browser: neither one that asks
 * across origins, nor one whose name was made to lead here (DNS rebinding).
 */
@ApplicationScoped
public class OpenMode {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final boolean isOpen;
    private final Set<String> hosts = new HashSet<>(THIS_MACHINE);

    OpenMode(AccessConfig config) {
        isOpen = config.mode() == Mode.OFF;
        config.openHosts().ifPresent(hosts::addAll);
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

    static @Nullable String hostOf(String origin) {
        try {
            return URI.create(origin).getHost();
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }
}
