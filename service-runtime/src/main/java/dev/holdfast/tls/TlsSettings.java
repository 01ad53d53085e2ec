package dev.holdfast.tls;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes entries of Quarkus' TLS registry out of the settings of docs/configuration.md, where they are given: it has none that
 * may be left empty. {@link #SERVER} is what a service shows to its callers, {@link #SERVICES} whom it trusts where it calls
 * other services. {@link CertificateReload} looks whether the files have changed.
 *
 * <p>Also makes settings that application.properties refer to: {@code tls.services} is {@link #SERVICES} where there is such
 * an entry, and {@code tls.database} what a URL of JDBC says about TLS. And what is wrong with the files is said when the
 * service starts, not by the first connection.
 */
public final class TlsSettings implements ConfigSourceFactory {
    public static final String SERVER = "server";
    public static final String SERVICES = "services";

    static final String CERTIFICATE = "TLS_CERT_FILE";
    static final String KEY = "TLS_KEY_FILE";
    static final String AUTHORITIES = "TLS_CA_FILE";

    /** What {@link CertificateReload} asks for. */
    static final String CERTIFICATE_PROPERTY = "quarkus.tls." + SERVER + ".key-store.pem.0.cert";

    static final String KEY_PROPERTY = "quarkus.tls." + SERVER + ".key-store.pem.0.key";
    static final String AUTHORITIES_PROPERTY = "quarkus.tls." + SERVICES + ".trust-store.pem.certs";
    static final String RELOAD_PROPERTY = "tls.reload";

    private static final String RELOAD = "TLS_RELOAD";
    private static final String RELOAD_DEFAULT = "30S";
    /** Less than callers wait; a replica that takes longer is passed over. */
    private static final String HANDSHAKE_TIMEOUT = "2S";

    private static final String DATABASE_MODE = "DATABASE_SSLMODE";
    private static final String DATABASE_AUTHORITIES = "DATABASE_CA_FILE";
    private static final String DATABASE_MODE_DEFAULT = "prefer";
    /** By libpq's names; the first three verify nothing. */
    private static final List<String> DATABASE_MODES =
            List.of("disable", DATABASE_MODE_DEFAULT, "require", "verify-ca", "verify-full");

    /** Others read them, and again while the service runs. */
    private static final List<String> OTHER_AUTHORITIES = List.of("AMQP_CA_FILE", "AUTH_CA_FILE");

    private static final int AFTER_APPLICATION_PROPERTIES = 240;

    /**
     * @throws IllegalArgumentException where a certificate has no key, or a key no certificate; where a file cannot be read, or
     *     is no PEM; where a mode is none
     */
    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> entries = new HashMap<>();
        String reload = given(context, RELOAD);
        entries.put(RELOAD_PROPERTY, reload == null ? RELOAD_DEFAULT : reload);
        addServer(context, entries);
        addServices(context, entries);
        entries.put("tls.database", database(context));
        for (String variable : OTHER_AUTHORITIES) {
            authorities(context, variable);
        }
        return List.of(new PropertiesConfigSource(entries, "TLS settings", AFTER_APPLICATION_PROPERTIES));
    }

    private static void addServer(ConfigSourceContext context, Map<String, String> entries) {
        String certificate = given(context, CERTIFICATE);
        String key = given(context, KEY);
        if (certificate != null && key != null) {
            new PemFile(CERTIFICATE, certificate).certificates();
            new PemFile(KEY, key).key();
            entries.put(CERTIFICATE_PROPERTY, certificate);
            entries.put(KEY_PROPERTY, key);
            entries.put("quarkus.http.tls-configuration-name", SERVER);
            entries.put("quarkus.http.insecure-requests", "disabled");
        } else if (certificate != null || key != null) {
            throw new IllegalArgumentException(
                    CERTIFICATE + " and " + KEY + " are given together or not at all, only one of them is");
        }
    }

    private static void addServices(ConfigSourceContext context, Map<String, String> entries) {
        String authorities = authorities(context, AUTHORITIES);
        if (authorities != null) {
            entries.put(AUTHORITIES_PROPERTY, authorities);
            entries.put("quarkus.tls." + SERVICES + ".handshake-timeout", HANDSHAKE_TIMEOUT);
            // Services speak HTTP/1.1 with each other.
            entries.put("quarkus.tls." + SERVICES + ".alpn", "false");
            entries.put("tls.services", SERVICES);
        }
    }

    /** The driver reads the file for each new connection. */
    private static String database(ConfigSourceContext context) {
        String given = given(context, DATABASE_MODE);
        String mode = given == null ? DATABASE_MODE_DEFAULT : given;
        if (!DATABASE_MODES.contains(mode)) {
            throw new IllegalArgumentException(DATABASE_MODE + "=" + mode + " is none of " + DATABASE_MODES);
        }
        String authorities = authorities(context, DATABASE_AUTHORITIES);
        if (!mode.startsWith("verify-")) {
            return "sslmode=" + mode;
        }
        return "sslmode=" + mode
                + (authorities == null
                        ? "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
                        : "&sslrootcert=" + URLEncoder.encode(authorities, StandardCharsets.UTF_8));
    }

    /** Whom to trust; null for those whom the JDK trusts, also where the variable is there and empty. */
    private static @Nullable String authorities(ConfigSourceContext context, String variable) {
        String own = isThere(context, variable) ? variable : AUTHORITIES;
        String file = given(context, own);
        if (file != null) {
            new PemFile(own, file).certificates();
        }
        return file;
    }

    private static boolean isThere(ConfigSourceContext context, String name) {
        ConfigValue value = context.getValue(name);
        return value != null && value.getValue() != null;
    }

    private static @Nullable String given(ConfigSourceContext context, String name) {
        return isThere(context, name) && !context.getValue(name).getValue().isBlank()
                ? context.getValue(name).getValue()
                : null;
    }
}
