package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.localstack.CertificateAuthority;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against servers that show a certificate, and hang up on whoever takes it. */
class BrokerTrustTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger taken = new AtomicInteger();
    private final Path folder;
    private final CertificateAuthority authority;

    BrokerTrustTest(@TempDir Path folder) {
        this.folder = folder;
        authority = new CertificateAuthority(folder);
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void takesABrokerThatShowsTheCertificateOfItsOwnHost() {
        assertThatThrownBy(() -> open(authority.issue("broker")))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(SSLException.class);
        assertThat(taken).hasValue(1);
    }

    @Test
    void takesNoBrokerThatShowsTheCertificateOfAnotherHost() {
        assertThatThrownBy(() -> open(authority.issueFor("elsewhere.example", "broker", folder)))
                .isInstanceOf(SSLException.class)
                .hasStackTraceContaining("No subject alternative DNS name matching localhost found");
        assertThat(taken).hasValue(0);
    }

    private void open(CertificateAuthority.Pair shown) throws IOException {
        NetServer server = vertx.createNetServer(new NetServerOptions()
                        .setHost("127.0.0.1")
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(shown.certificate().toString())
                                .setKeyPath(shown.key().toString())))
                .connectHandler(socket -> {
                    taken.incrementAndGet();
                    socket.close();
                });
        int port = server.listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        DeliveryConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(
                        Map.of(
                                "holdfast.broker.url",
                                "amqps://orders:secret@localhost:" + port,
                                "holdfast.broker.ca-file",
                                authority.certificate().toString(),
                                "holdfast.consumer.sender",
                                "payments"),
                        "test",
                        300))
                .withMapping(DeliveryConfig.class)
                .build()
                .getConfigMapping(DeliveryConfig.class);
        new Broker(config, "orders").openChannel("test");
    }
}
