package dev.holdfast.tls;

import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the registry whose servers show, once it is reloaded, the new certificate. Vert.x would have to be told, and
 * loses the connections that come while it takes it.
 */
final class ReloadingCertificate implements TlsConfiguration {
    private final TlsConfiguration entry;
    private final Vertx vertx;
    private final ReloadingKeys keys;
    private final KeyCertOptions options;

    ReloadingCertificate(TlsConfiguration entry, Vertx vertx) {
        this.entry = entry;
        this.vertx = vertx;
        this.keys = new ReloadingKeys(keysOfNow());
        this.options = KeyCertOptions.wrap(keys);
    }

    @Override
    public boolean reload() {
        boolean reloaded = entry.reload();
        if (reloaded) {
            keys.replace(keysOfNow());
        }
        return reloaded;
    }

    /** What the entry has read, which are other files than were looked at before where they were replaced in between. */
    private X509ExtendedKeyManager keysOfNow() {
        try {
            for (KeyManager manager :
                    entry.getKeyStoreOptions().getKeyManagerFactory(vertx).getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager own) {
                    if (!KeyPairFiles.fits(entry.getKeyStore(), own)) {
                        throw new IllegalArgumentException("the key is that of another");
                    }
                    return own;
                }
            }
        } catch (Exception e) {
            throw new IllegalArgumentException("The certificate cannot be used: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("There is no certificate for servers");
    }

    @Override
    public KeyCertOptions getKeyStoreOptions() {
        return options;
    }

    @Override
    public SSLOptions getSSLOptions() {
        return entry.getSSLOptions().setKeyCertOptions(options);
    }

    @Override
    public KeyStore getKeyStore() {
        return entry.getKeyStore();
    }

    @Override
    public @Nullable KeyStore getTrustStore() {
        return entry.getTrustStore();
    }

    @Override
    public @Nullable TrustOptions getTrustStoreOptions() {
        return entry.getTrustStoreOptions();
    }

    @Override
    public SSLContext createSSLContext() throws Exception {
        return entry.createSSLContext();
    }

    @Override
    public boolean isTrustAll() {
        return entry.isTrustAll();
    }

    @Override
    public Optional<String> getHostnameVerificationAlgorithm() {
        return entry.getHostnameVerificationAlgorithm();
    }

    @Override
    public boolean usesSni() {
        return entry.usesSni();
    }

    @Override
    public String getName() {
        return entry.getName();
    }
}
