package dev.holdfast.metrics;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Answers with metrics as text, whatever else is accepted, which RFC 9110 (12.5.1) allows; Quarkus would answer 406 with an
 * empty body. OpenMetrics is sent to those who ask for it.
 */
@ApplicationScoped
final class MetricsAsText {
    private static final String PATH = "/q/metrics";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final int BEFORE_THE_METRICS = -500;

    void register(@Observes ManagementInterface management) {
        management.router().route(PATH).order(BEFORE_THE_METRICS).handler(MetricsAsText::handle);
    }

    private static void handle(RoutingContext context) {
        MultiMap headers = context.request().headers();
        String accepted = headers.get(HttpHeaders.ACCEPT);
        if (accepted != null && !accepted.contains(OPEN_METRICS)) {
            headers.remove(HttpHeaders.ACCEPT);
        }
        context.next();
    }
}
