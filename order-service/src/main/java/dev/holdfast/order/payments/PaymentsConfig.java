package dev.holdfast.order.payments;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where payments is. */
@ConfigMapping(prefix = "holdfast.payments-client")
interface PaymentsConfig {
    /** One {@code http(s)://host:port} for each replica, without a path. */
    List<URI> addresses();

    /** A PEM file with the private and the public key (P-256) of this service's own tokens; read again while it runs. */
    Optional<Path> keyFile();

    /** An address that could not be reached, or gave no usable answer, is not asked for this long if there are others. */
    @WithDefault("1s")
    Duration coolDown();

    /**
     * The same, for reconciliation, of an address that closes its connections because it is stopping; must be longer than it
     * goes on answering then ({@code SHUTDOWN_DELAY} and the requests under way).
     */
    @WithDefault("15s")
    Duration stopTime();
}
