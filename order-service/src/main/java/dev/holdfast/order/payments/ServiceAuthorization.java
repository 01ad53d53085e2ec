package dev.holdfast.order.payments;

import dev.holdfast.access.OpenMode;
import dev.holdfast.access.ServiceTokens;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Proves to payments that it is order-service who asks. */
@Startup
@ApplicationScoped
public class ServiceAuthorization implements ClientRequestFilter {
    private static final String ISSUER = "order-service";
    private static final String AUDIENCE = "payment-service";

    /** Null where nobody is asked for a token. */
    private final @Nullable ServiceTokens tokens;

    ServiceAuthorization(OpenMode openMode, PaymentsConfig config) {
        tokens = openMode.isOpen() ? null : new ServiceTokens(ISSUER, AUDIENCE, keyFile(config), Clock.systemUTC());
    }

    private static Path keyFile(PaymentsConfig config) {
        return config.keyFile()
                .orElseThrow(() -> new IllegalStateException(
                        "SERVICE_KEY_FILE is not set: it names the PEM file with the key that order-service signs its calls of"
                                + " payment-service with. (HOLDFAST_AUTH=off is for one machine alone.)"));
    }

    @Override
    public void filter(ClientRequestContext request) {
        if (tokens != null) {
            request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, "Bearer " + tokens.current());
        }
    }
}
