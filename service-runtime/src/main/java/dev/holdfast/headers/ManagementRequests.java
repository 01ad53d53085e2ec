package dev.holdfast.headers;

import io.netty.util.NetUtil;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Health and metrics are read by probes and scrapers. The page of another site, which a browser on this machine shows,
 * gets nothing of them, though Quarkus would allow every origin; nor does one whose name was made to lead here (DNS
 * rebinding), where they are for this machine alone.
 */
@ApplicationScoped
final class ManagementRequests {
    private static final int BEFORE_ALL_PAGES = -1_000;
    private static final int FORBIDDEN = 403;

    private final boolean forThisMachine;

    ManagementRequests(@ConfigProperty(name = "quarkus.management.host") String host) {
        forThisMachine = isThisMachine(host);
    }

    void register(@Observes ManagementInterface management) {
        management.router().route().order(BEFORE_ALL_PAGES).handler(this::handle);
    }

    private void handle(RoutingContext context) {
        AnswerHeaders.setForData(context.response().headers());
        if (context.request().headers().contains(HttpHeaders.ORIGIN)
                || forThisMachine && !isSentToThisMachine(context.request())) {
            context.response().headers().remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
            context.response().setStatusCode(FORBIDDEN).end();
        } else {
            context.next();
        }
    }

    /** A probe may say nothing of a host; a browser always does. */
    private static boolean isSentToThisMachine(HttpServerRequest request) {
        HostAndPort host = request.authority();
        return host == null ? !request.headers().contains(HttpHeaders.HOST) : isThisMachine(host.host());
    }

    /** No name is looked up: whoever made it could say where it leads. */
    static boolean isThisMachine(String host) {
        InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
        return address == null ? host.equalsIgnoreCase("localhost") : address.isLoopbackAddress();
    }
}
