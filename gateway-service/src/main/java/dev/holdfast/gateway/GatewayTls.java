package dev.holdfast.gateway;

import dev.holdfast.tls.TlsSettings;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/** The certificate that clients are shown, and the authorities that the certificates of the services must be of. */
@ApplicationScoped
class GatewayTls {
    private static final Logger LOG = Logger.getLogger(GatewayTls.class);

    private final TlsConfigurationRegistry registry;
    private final List<HttpClient> clients = new CopyOnWriteArrayList<>();

    GatewayTls(TlsConfigurationRegistry registry) {
        this.registry = registry;
    }

    /** Whether clients are served with TLS, and without it not at all. */
    boolean isOn() {
        return registry.get(TlsSettings.SERVER).isPresent();
    }

    /** Shows each client the certificate that is there when it connects. */
    HttpServer server(Vertx vertx, HttpServerOptions options) {
        registry.get(TlsSettings.SERVER).ifPresent(certificate -> TlsConfigUtils.configure(options, certificate));
        return vertx.createHttpServer(options);
    }

    /** Takes the certificates of the authorities that are trusted when it connects. */
    HttpClient client(Vertx vertx, HttpClientOptions options, PoolOptions pool, Handler<HttpConnection> onConnect) {
        registry.get(TlsSettings.SERVICES).ifPresent(authorities -> TlsConfigUtils.configure(options, authorities));
        HttpClient created = vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                .withConnectHandler(onConnect)
                .build();
        clients.add(created);
        return created;
    }

    void onUpdate(@Observes CertificateUpdatedEvent event) {
        if (event.name().equals(TlsSettings.SERVICES)) {
            clients.forEach(client -> client.updateSSLOptions(
                            event.tlsConfiguration().getSSLOptions())
                    .onFailure(failure -> LOG.error("The authorities of the services could not be renewed", failure)));
        }
    }
}
