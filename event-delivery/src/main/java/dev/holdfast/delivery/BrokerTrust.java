package dev.holdfast.delivery;

import com.rabbitmq.client.SslContextFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whose certificates a broker may show: those of the authorities in a PEM file as it is now, or of the JDK's. */
final class BrokerTrust implements SslContextFactory {
    private final @Nullable Path authorities;

    BrokerTrust(@Nullable Path authorities) {
        this.authorities = authorities;
    }

    /** @throws UncheckedIOException when the file cannot be read, or holds no certificates */
    @Override
    public SSLContext create(String connectionName) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities == null ? null : certificates(authorities));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new UncheckedIOException(
                    new IOException("The certificates in " + authorities + " cannot be used: " + e.getMessage(), e));
        }
    }

    private static KeyStore certificates(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry(Integer.toString(store.size()), certificate);
            }
        }
        if (store.size() == 0) {
            throw new IOException("There are no certificates in " + file);
        }
        return store;
    }
}
