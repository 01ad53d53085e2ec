package dev.holdfast.gateway;

import dev.holdfast.access.OpenMode;
import dev.holdfast.gateway.GatewayConfig.LimitsConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Listens in place of Quarkus' own server, which answers what is not HTTP with an empty 400 and offers no way to say
 * more. Everything that can be read as a request goes to Quarkus' handlers, as it would there.
 */
@ApplicationScoped
class GatewayServer {
    /** What Vert.x calls its own handler of a channel. */
    private static final String VERTX = "handler";

    private static final CharSequence STRICT_TRANSPORT_SECURITY =
            HttpHeaders.createOptimized("Strict-Transport-Security");
    private static final CharSequence FOR_A_YEAR = HttpHeaders.createOptimized("max-age=31536000");

    private final Vertx vertx;
    private final GatewayConfig config;
    private final OpenMode openMode;
    private final RequestLimits limits;
    private final Authentication authentication;
    private final GatewayTls tls;
    private final Operations operations;
    private final RequestMeters meters;
    /** Of all event loops. */
    private final AtomicInteger connections = new AtomicInteger();

    private @Nullable String deployment;

    GatewayServer(
            Vertx vertx,
            GatewayConfig config,
            OpenMode openMode,
            RequestLimits limits,
            Authentication authentication,
            GatewayTls tls,
            Upstreams upstreams,
            RequestMeters meters,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.config = config;
        this.openMode = openMode;
        this.limits = limits;
        this.authentication = authentication;
        this.tls = tls;
        this.operations = upstreams.operations();
        this.meters = meters;
        Gauge.builder("gateway.connections", this, GatewayServer::openConnections)
                .description("Open connections of clients")
                .register(registry);
        Gauge.builder("gateway.connections.limit", config.limits()::connections)
                .description("How many there may be")
                .register(registry);
    }

    void start(@Observes StartupEvent event) {
        // One server per event loop; Vert.x gives each connection to one of them.
        deployment = vertx.deployVerticle(
                        () -> new AbstractVerticle() {
                            @Override
                            public void start(Promise<Void> started) {
                                Connections accepted = new Connections(config.limits(), limits, connections);
                                vertx.setPeriodic(Connections.CHECK_MILLIS, timer -> accepted.check());
                                server(accepted)
                                        .listen()
                                        .<Void>mapEmpty()
                                        .recover(cause -> Future.failedFuture(new IllegalStateException(
                                                "Cannot listen on " + config.host() + ':' + config.port(), cause)))
                                        .onComplete(started);
                            }
                        },
                        new DeploymentOptions().setInstances(config.eventLoops()))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        if (tls.isOn()) {
            new Handshakes(config.limits().handshakes(), limits).watch(vertx, config.port());
        }
        StartLine.listensAt((tls.isOn() ? "https" : "http") + "://" + config.host() + ':' + config.port());
    }

    /** Comes after the requests under way were finished, or their time was up ({@code quarkus.shutdown.timeout}). */
    void stop(@Observes ShutdownEvent event) {
        if (deployment != null) {
            vertx.undeploy(deployment).toCompletionStage().toCompletableFuture().join();
        }
    }

    private HttpServer server(Connections accepted) {
        LimitsConfig most = config.limits();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setMaxInitialLineLength((int) most.requestTarget().asLongValue())
                .setMaxHeaderSize((int) most.headers().asLongValue())
                // HTTP/2 without TLS is spoken by no browser, and would be a second set of limits to keep.
                .setHttp2ClearTextEnabled(false)
                .setInitialSettings(new Http2Settings()
                        .setMaxConcurrentStreams(most.requestsPerConnection())
                        .setMaxHeaderListSize(most.headers().asLongValue()))
                // There are none, and Netty's handler for them fails at more than 128 pipelined requests.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setTracingPolicy(config.tracesRatio() == 0 ? TracingPolicy.IGNORE : TracingPolicy.ALWAYS);
        return tls.server(vertx, options)
                .connectionHandler(connection -> accepted.accept(((ConnectionBase) connection).channel(), VERTX))
                .requestHandler(this::receive)
                .invalidRequestHandler(this::refuse);
    }

    /** Refuses first, because Quarkus' handlers, too, have empty answers for what they do not like. */
    private void receive(HttpServerRequest request) {
        ConnectionWatch.of(request).receives(request);
        Operations.Operation operation =
                operations.find(request.method().name(), Objects.requireNonNullElse(request.path(), ""));
        meters.begin(request, operation);
        CurrentRequest.set(request, operation);
        if (request.isSSL()) {
            request.response().putHeader(STRICT_TRANSPORT_SECURITY, FOR_A_YEAR);
        }
        if (isCounted(request) && isShort(request) && RequestChecks.admits(request) && isFromHere(request)) {
            VertxHttpRecorder.getRootHandler().handle(request);
        }
    }

    int openConnections() {
        return connections.get();
    }

    /** False where its client has sent too many. */
    private boolean isCounted(HttpServerRequest request) {
        return limits.admits(request, () -> authentication.knows(request));
    }

    /** Of HTTP/1 the decoder refuses what is longer; HTTP/2 knows headers only. */
    private boolean isShort(HttpServerRequest request) {
        long most = config.limits().requestTarget().asLongValue();
        boolean isShort = request.uri() == null || request.uri().length() <= most;
        if (!isShort) {
            Problems.sendWithoutInstance(
                    request, Problem.URI_TOO_LONG, "The target may have at most " + most + " bytes");
        }
        return isShort;
    }

    /** Without authentication only this machine may ask. */
    private boolean isFromHere(HttpServerRequest request) {
        String foreign = openMode.refusal(request.authority(), request.getHeader(HttpHeaders.ORIGIN));
        if (foreign != null) {
            Problems.send(request, Problem.FORBIDDEN, foreign);
        }
        return foreign == null;
    }

    /** The connection is closed afterwards, as nobody knows where the next request would begin. */
    private void refuse(HttpServerRequest request) {
        meters.begin(request, null);
        if (!isCounted(request)) {
            return;
        }
        switch (request.decoderResult().cause()) {
            case TooLongHttpLineException tooLong ->
                Problems.sendWithoutInstance(
                        request,
                        Problem.URI_TOO_LONG,
                        "The request line may have at most "
                                + config.limits().requestTarget().asLongValue() + " bytes");
            case TooLongHttpHeaderException tooLong ->
                Problems.sendWithoutInstance(
                        request,
                        Problem.HEADERS_TOO_LARGE,
                        "The headers may have at most "
                                + config.limits().headers().asLongValue() + " bytes");
            case RefusedException refused -> Problems.send(request, refused.problem, refused.detail);
            default ->
                Problems.sendWithoutInstance(
                        request, Problem.MALFORMED_REQUEST, "This is not an HTTP request that can be understood");
        }
    }
}
