package dev.holdfast.headers;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Health and metrics are read by probes and scrapers. The page of another site, which a browser on this machine shows,
 * gets nothing of them: Quarkus would allow every origin.
 */
@ApplicationScoped
final class ManagementRequests {
    private static final int BEFORE_ALL_PAGES = -1_000;
    private static final int FORBIDDEN = 403;

    void register(@Observes ManagementInterface management) {
        management.router().route().order(BEFORE_ALL_PAGES).handler(ManagementRequests::handle);
    }

    private static void handle(RoutingContext context) {
        AnswerHeaders.setForData(context.response().headers());
        if (context.request().headers().contains(HttpHeaders.ORIGIN)) {
            context.response().headers().remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
            context.response().setStatusCode(FORBIDDEN).end();
        } else {
            context.next();
        }
    }
}
