package dev.holdfast.tls;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks every {@code TLS_RELOAD} whether the files of {@link TlsSettings} have changed, and lets all who use them take what is
 * new: servers by {@link ReloadingCertificate}, clients observe {@link CertificateUpdatedEvent}. Files that are wrong are named in the log, and what was
 * there before stays in use. Quarkus' own reloading says nothing of them, and takes a certificate with the key of another.
 */
@ApplicationScoped
public class CertificateReload {
    private static final Logger LOG = Logger.getLogger(CertificateReload.class);

    private final Vertx vertx;
    private final TlsConfigurationRegistry registry;
    private final Event<CertificateUpdatedEvent> updated;
    private final Duration period;
    private final List<Watched> watched = new ArrayList<>();

    CertificateReload(
            Vertx vertx,
            TlsConfigurationRegistry registry,
            Event<CertificateUpdatedEvent> updated,
            MeterRegistry metrics,
            @ConfigProperty(name = TlsSettings.RELOAD_PROPERTY) Duration period,
            @ConfigProperty(name = TlsSettings.CERTIFICATE_PROPERTY) Optional<String> certificate,
            @ConfigProperty(name = TlsSettings.KEY_PROPERTY) Optional<String> key,
            @ConfigProperty(name = TlsSettings.AUTHORITIES_PROPERTY) Optional<String> authorities) {
        this.vertx = vertx;
        this.registry = registry;
        this.updated = updated;
        this.period = period;
        if (certificate.isPresent() && key.isPresent()) {
            KeyPairFiles pair = new KeyPairFiles(
                    new PemFile(TlsSettings.CERTIFICATE, certificate.get()), new PemFile(TlsSettings.KEY, key.get()));
            watched.add(new Watched(TlsSettings.SERVER, certificate.get(), () -> pair.read(vertx)));
        }
        authorities.ifPresent(path -> watched.add(
                new Watched(TlsSettings.SERVICES, path, new PemFile(TlsSettings.AUTHORITIES, path)::certificates)));
        for (Watched one : watched) {
            Gauge.builder("holdfast.tls.files.refused", one, it -> it.complaint.isEmpty() ? 0 : 1)
                    .description(
                            "1 while the files cannot be used that there are now, and those before are still in use")
                    .tag("certificates", one.name)
                    .register(metrics);
            Gauge.builder("holdfast.tls.expiry.timestamp", one, it -> it.expirySeconds)
                    .description("When the first of the certificates in use expires, in seconds since 1970")
                    .baseUnit("seconds")
                    .tag("certificates", one.name)
                    .register(metrics);
        }
    }

    /** Before the service listens: a certificate with the key of another is refused now. */
    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        for (Watched one : watched) {
            one.uses(one.files.get());
        }
        registry.get(TlsSettings.SERVER)
                .ifPresent(entry -> registry.register(TlsSettings.SERVER, new ReloadingCertificate(entry, vertx)));
        if (!watched.isEmpty()) {
            vertx.setPeriodic(
                    period.toMillis(),
                    timer -> vertx.<Void>executeBlocking(
                                    () -> {
                                        look();
                                        return null;
                                    },
                                    false)
                            .onFailure(failure -> LOG.error("Certificates cannot be looked at", failure)));
        }
    }

    private synchronized void look() {
        for (Watched one : watched) {
            try {
                String now = one.files.get();
                if (!now.equals(one.used)) {
                    take(one);
                    one.uses(now);
                }
                one.complaint = "";
            } catch (IllegalArgumentException e) {
                complain(one, String.valueOf(e.getMessage()), null);
            } catch (RuntimeException e) {
                complain(one, "The file " + one.path + " could not be taken: " + e, e);
            }
        }
    }

    private static void complain(Watched one, String complaint, @Nullable Throwable unexpected) {
        if (!one.complaint.equals(complaint)) {
            one.complaint = complaint;
            LOG.warnf(unexpected, "Certificates stay as they were: %s", complaint);
        }
    }

    /**
     * Reads the files once more. Where they have changed again meanwhile, the next look sees that: what it finds is not what
     * it was told of here.
     */
    private void take(Watched one) {
        TlsConfiguration configuration = registry.get(one.name).orElseThrow();
        if (!configuration.reload()) {
            throw new IllegalArgumentException("The file " + one.path + " cannot be used");
        }
        if (one.name.equals(TlsSettings.SERVICES)) {
            updated.fire(new CertificateUpdatedEvent(one.name, configuration));
        }
        LOG.infof("The certificates in %s have changed", one.path);
    }

    /** The files of one entry of the registry. */
    private static final class Watched {
        final String name;
        final String path;
        final Supplier<String> files;
        String used = "";
        volatile long expirySeconds;
        /** Said once. */
        volatile String complaint = "";

        Watched(String name, String path, Supplier<String> files) {
            this.name = name;
            this.path = path;
            this.files = files;
        }

        void uses(String pem) {
            used = pem;
            expirySeconds = PemFile.firstExpiry(pem).getEpochSecond();
        }
    }
}
