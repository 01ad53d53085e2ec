package dev.holdfast.gateway;

import dev.holdfast.headers.AnswerHeaders;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts the gateway in front of everything that this process answers itself. */
@ApplicationScoped
class GatewayRoutes {
    private static final Logger LOG = Logger.getLogger(GatewayRoutes.class);
    private static final int BEFORE_ALL_OTHERS = RouteConstants.ROUTE_ORDER_UPLOAD_LIMIT - 1_000;
    private static final int AFTER_ALL_OTHERS = RouteConstants.ROUTE_ORDER_AFTER_DEFAULT + 1_000;

    private static final RouteTable<String> OWN_PAGES = new RouteTable<>(Map.of("own", List.of("/openapi", "/docs")));

    private final long maxBodyLength;
    private final RouteTable<Upstream> routes;
    private final Authentication authentication;
    private final ApiDocument apiDocument;
    private final AnswerHeaders headers;

    GatewayRoutes(
            GatewayConfig config,
            Upstreams upstreams,
            Authentication authentication,
            ApiDocument apiDocument,
            AnswerHeaders headers) {
        this.maxBodyLength = config.limits().body().asLongValue();
        this.routes = upstreams.routes();
        this.authentication = authentication;
        this.apiDocument = apiDocument;
        this.headers = headers;
    }

    void install(@Observes Router router) {
        router.route().order(BEFORE_ALL_OTHERS).handler(this::receive).failureHandler(this::onFailure);
        IntStream.of(400, 404, 500).forEach(status -> router.errorHandler(status, this::onFailure));
        router.route("/").handler(context -> context.redirect("/docs/"));
        router.route("/openapi").handler(this::describe);
        router.route().order(AFTER_ALL_OTHERS).handler(this::onNothingFound);
    }

    /** A request comes here a second time, with its body read, where a page sends it on to another ({@code /docs/}). */
    private void receive(RoutingContext context) {
        HttpServerRequest request = context.request();
        ConnectionWatch watch = ConnectionWatch.find(request);
        if (watch == null) {
            // It came to the server of the classes before, which has ended, and its connections with it.
            request.connection().close();
            return;
        }
        Bodies bodies = watch.bodies();
        String target = RequestChecks.target(request);
        Upstream upstream = routes.find(target);
        long most = upstream == null ? maxBodyLength : upstream.maxBodyLength();
        if (RequestBody.isAnnouncedLongerThan(most, request)) {
            Problems.send(request, Problem.PAYLOAD_TOO_LARGE, "A body may have at most " + most + " bytes");
        } else if (upstream == null) {
            read(context, bodies, most, body -> answerHere(context));
        } else {
            authentication.admit(
                    context,
                    () -> read(
                            context,
                            bodies,
                            most,
                            body -> new ForwardedRequest(context, upstream, target, body).start()));
        }
    }

    /** @param whenRead gets null where there is no body */
    private static void read(RoutingContext context, Bodies bodies, long most, Consumer<@Nullable Buffer> whenRead) {
        HttpServerRequest request = context.request();
        if (RequestBody.isAnnounced(request) && !request.isEnded()) {
            RequestBody.collect(context, bodies, most, whenRead::accept);
        } else {
            whenRead.accept(null);
        }
    }

    /** Documents, which are only read. */
    private void answerHere(RoutingContext context) {
        headers.set(context.request().path(), context.response().headers());
        HttpMethod method = context.request().method();
        if (method == HttpMethod.GET || method == HttpMethod.HEAD) {
            context.next();
        } else if (OWN_PAGES.find(context.request().path()) == null) {
            onNothingFound(context);
        } else {
            context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            Problems.send(context.request(), Problem.METHOD_NOT_ALLOWED, "The gateway's own pages can only be read");
        }
    }

    private void describe(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
        apiDocument.current().onSuccess(context::end).onFailure(context::fail);
    }

    private void onNothingFound(RoutingContext context) {
        Problems.send(context.request(), Problem.NOT_FOUND, "There is nothing at this path");
    }

    private void onFailure(RoutingContext context) {
        Problem refusal = Problem.refusal(context.statusCode());
        context.response().headers().remove(HttpHeaders.CONTENT_LENGTH);
        if (refusal == Problem.NOT_FOUND) {
            onNothingFound(context);
            return;
        }
        if (refusal != null) {
            Problems.send(context.request(), refusal, "This page cannot be had in the way that was asked for");
            return;
        }
        LOG.errorf(
                context.failure(),
                "%s %s failed",
                context.request().method(),
                context.request().path());
        Problems.send(context.request(), Problem.INTERNAL_ERROR, "The gateway failed on this request");
    }
}
