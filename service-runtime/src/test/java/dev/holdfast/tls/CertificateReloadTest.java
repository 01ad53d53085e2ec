package dev.holdfast.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.BaseTlsConfiguration;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import jakarta.enterprise.event.Event;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are replaced while they are read, and what cannot be taken. */
class CertificateReloadTest {
    @TempDir
    Path directory;

    /** Of the certificates in the test's resources. */
    private static final Instant EXPIRY = Instant.parse("2126-11-05T09:24:44Z");

    private final Vertx vertx = Vertx.vertx();
    private final MeterRegistry metrics = new SimpleMeterRegistry();
    private final CompletableFuture<CertificateUpdatedEvent> taken = new CompletableFuture<>();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void showsNoCertificateWithTheKeyOfAnotherWhicheverWasReadFirst() throws Exception {
        write("one.crt", "tls.crt");
        write("one.key", "tls.key");
        ReloadingCertificate certificate = new ReloadingCertificate(new Pair(), vertx);

        write("other.crt", "tls.crt");
        assertThatThrownBy(certificate::reload).hasMessageContaining("the key is that of another");
        assertThat(shown(certificate)).isEqualTo("CN=one");

        write("other.key", "tls.key");
        assertThat(certificate.reload()).isTrue();
        assertThat(shown(certificate)).isEqualTo("CN=other");
    }

    @Test
    void saysWhatItCouldNotTakeAndTriesAgain() throws Exception {
        write("one.crt", "ca.crt");
        try (Said said = new Said()) {
            reload(new FailingOnce());
            write("other.crt", "ca.crt");

            assertThat(taken.get(10, TimeUnit.SECONDS).name()).isEqualTo(TlsSettings.SERVICES);
            assertThat(said.messages).anyMatch(message -> message.contains("what nobody has foreseen"));
        }
    }

    @Test
    void showsWhetherFilesAreRefusedAndWhenTheCertificatesInUseExpire() throws Exception {
        write("one.crt", "ca.crt");
        reload(new Taking());
        assertThat(gauge("holdfast.tls.files.refused")).isZero();

        Files.writeString(directory.resolve("ca.crt"), "no certificate");
        await().until(() -> gauge("holdfast.tls.files.refused") == 1);
        assertThat(gauge("holdfast.tls.expiry.timestamp")).isEqualTo(EXPIRY.getEpochSecond());

        write("other.crt", "ca.crt");
        await().until(() -> gauge("holdfast.tls.files.refused") == 0);
    }

    @Test
    void findsTheFirstExpiryAlsoBesideAKey() throws Exception {
        write("one.crt", "tls.crt");
        write("one.key", "tls.key");
        String certificate = Files.readString(directory.resolve("tls.crt"));
        String key = Files.readString(directory.resolve("tls.key"));

        assertThat(PemFile.firstExpiry("Issued by hand\n" + certificate + certificate + key))
                .isEqualTo(EXPIRY);
    }

    private void reload(TlsConfiguration services) {
        new CertificateReload(
                        vertx,
                        new OneEntry(services),
                        events(taken),
                        metrics,
                        Duration.ofMillis(20),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(directory.resolve("ca.crt").toString()))
                .start(new StartupEvent());
    }

    private double gauge(String name) {
        return metrics.get(name).gauge().value();
    }

    private void write(String resource, String name) throws IOException {
        try (InputStream pem = CertificateReloadTest.class.getResourceAsStream(resource)) {
            // As they are mounted: one is never half there.
            Path written = Files.write(directory.resolve(name + ".new"), pem.readAllBytes());
            Files.move(written, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private String shown(TlsConfiguration certificate) throws Exception {
        X509ExtendedKeyManager keys = (X509ExtendedKeyManager)
                certificate.getKeyStoreOptions().getKeyManagerFactory(vertx).getKeyManagers()[0];
        return keys.getCertificateChain(keys.getServerAliases("EC", null)[0])[0]
                .getSubjectX500Principal()
                .getName();
    }

    @SuppressWarnings("unchecked")
    private static Event<CertificateUpdatedEvent> events(CompletableFuture<CertificateUpdatedEvent> fired) {
        return (Event<CertificateUpdatedEvent>) Proxy.newProxyInstance(
                CertificateReloadTest.class.getClassLoader(), new Class<?>[] {Event.class}, (proxy, method, given) -> {
                    fired.complete((CertificateUpdatedEvent) given[0]);
                    return null;
                });
    }

    /** Reads both files, as an entry of Quarkus' registry does. */
    private final class Pair extends BaseTlsConfiguration {
        private PemKeyCertOptions read = read();

        private PemKeyCertOptions read() {
            try {
                return new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(Files.readAllBytes(directory.resolve("tls.crt"))))
                        .addKeyValue(Buffer.buffer(Files.readAllBytes(directory.resolve("tls.key"))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public KeyCertOptions getKeyStoreOptions() {
            return read;
        }

        @Override
        public KeyStore getKeyStore() {
            try {
                return read.loadKeyStore(vertx);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean reload() {
            read = read();
            return true;
        }
    }

    private static final class Taking extends BaseTlsConfiguration {
        @Override
        public boolean reload() {
            return true;
        }
    }

    private static final class FailingOnce extends BaseTlsConfiguration {
        private boolean failed;

        @Override
        public boolean reload() {
            if (failed) {
                return true;
            }
            failed = true;
            throw new IllegalStateException("what nobody has foreseen");
        }
    }

    private record OneEntry(TlsConfiguration services) implements TlsConfigurationRegistry {
        @Override
        public Optional<TlsConfiguration> get(String name) {
            return name.equals(TlsSettings.SERVICES) ? Optional.of(services) : Optional.empty();
        }

        @Override
        public Optional<TlsConfiguration> getDefault() {
            return Optional.empty();
        }

        @Override
        public void register(String name, TlsConfiguration configuration) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Said extends Handler implements AutoCloseable {
        private final Queue<String> messages = new ConcurrentLinkedQueue<>();
        private final Logger logger = Logger.getLogger(CertificateReload.class.getName());

        Said() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            messages.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
