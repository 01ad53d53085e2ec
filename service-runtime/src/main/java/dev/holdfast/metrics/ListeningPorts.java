package dev.holdfast.metrics;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The metrics of connections name the port where it is known before the service listens. Where only one of both ports is,
 * the metrics of the other do not fit in beside it: the service would never be ready, and not end when it is told to.
 */
@ApplicationScoped
class ListeningPorts {
    private final int http;
    private final int management;

    ListeningPorts(
            @ConfigProperty(name = "quarkus.http.port") int http,
            @ConfigProperty(name = "quarkus.management.port") int management) {
        this.http = http;
        this.management = management;
    }

    void atStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
        check(http, management);
    }

    /** @throws IllegalArgumentException where one of them is any port that is free, and the other is not */
    static void check(int http, int management) {
        if ((http == 0) != (management == 0)) {
            throw new IllegalArgumentException("HTTP_PORT=" + http + " and MANAGEMENT_PORT=" + management
                    + ": either both are 0, for any ports that are free, or neither is");
        }
    }
}
