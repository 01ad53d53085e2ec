package dev.holdfast.gateway;

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
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Listens in place of Quarkus' own server, which answers what is not HTTP with an empty 400 and offers no way to say
 * more. Everything that can be read as a request goes to Quarkus' handlers, as it would there.
 */
@ApplicationScoped
class GatewayServer {
    private static final Logger LOG = Logger.getLogger(GatewayServer.class);

    /** What Vert.x calls its own handler of a channel. */
    private static final String VERTX = "handler";

    private final Vertx vertx;
    private final GatewayConfig config;
    private final AtomicInteger connections = new AtomicInteger();
    private @Nullable String deployment;

    GatewayServer(Vertx vertx, GatewayConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        // One server per event loop; Vert.x gives each connection to one of them.
        deployment = vertx.deployVerticle(
                        () -> new AbstractVerticle() {
                            @Override
                            public void start(Promise<Void> started) {
                                server().listen()
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
        LOG.infof("The gateway listens on http://%s:%d", config.host(), config.port());
    }

    /** Comes after the requests under way were finished, or their time was up ({@code quarkus.shutdown.timeout}). */
    void stop(@Observes ShutdownEvent event) {
        if (deployment != null) {
            vertx.undeploy(deployment).toCompletionStage().toCompletableFuture().join();
        }
    }

    private HttpServer server() {
        return vertx.createHttpServer(new HttpServerOptions()
                        .setHost(config.host())
                        .setPort(config.port())
                        .setMaxInitialLineLength(
                                (int) config.limits().requestTarget().asLongValue())
                        .setMaxHeaderSize((int) config.limits().headers().asLongValue())
                        .setIdleTimeout((int) config.limits().idleTimeout().toSeconds())
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        // HTTP/2 without TLS is spoken by no browser, and would be a second set of limits to keep.
                        .setHttp2ClearTextEnabled(false)
                        .setTracingPolicy(config.tracesRatio() == 0 ? TracingPolicy.IGNORE : TracingPolicy.ALWAYS))
                .connectionHandler(this::admit)
                .requestHandler(this::receive)
                .invalidRequestHandler(this::refuse);
    }

    private void admit(HttpConnection connection) {
        if (connections.incrementAndGet() > config.limits().connections()) {
            connections.decrementAndGet();
            connection.close();
        } else {
            connection.closeHandler(closed -> connections.decrementAndGet());
            ((ConnectionBase) connection).channel().pipeline().addBefore(VERTX, "guard", new ConnectionGuard());
        }
    }

    /** Refuses first, because Quarkus' handlers, too, have empty answers for what they do not like. */
    private void receive(HttpServerRequest request) {
        if (RequestChecks.admits(request)) {
            VertxHttpRecorder.getRootHandler().handle(request);
        }
    }

    /** The connection is closed afterwards, as nobody knows where the next request would begin. */
    private void refuse(HttpServerRequest request) {
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
