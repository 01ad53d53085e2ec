package dev.holdfast.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whose tokens are taken. */
@ConfigMapping(prefix = "holdfast.access")
public interface AccessConfig {
    /** With {@code off} every caller may do everything: for one machine, that nobody else reaches. */
    Mode mode();

    enum Mode {
        JWT,
        OFF
    }

    /** The {@code iss} of the identity provider's tokens. */
    Optional<String> issuer();

    /** What their {@code aud} must hold. */
    String audience();

    /** Where the provider's public keys are: addresses of JSON Web Key Sets, files of such, or PEM files. All of them count. */
    Optional<List<String>> keys();

    /**
     * A PEM file with the authorities that may have signed the certificates of those addresses; without it the JDK's. It is
     * read for each reading of keys.
     */
    Optional<Path> caFile();

    /** By which algorithms tokens may be signed. Only those of {@link #ASYMMETRIC} can be named. */
    @WithDefault("ES256,PS256,EdDSA,RS256")
    Set<String> algorithms();

    /** With {@code none} and HS* whoever reads a public key could sign. */
    Set<String> ASYMMETRIC =
            Set.of("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA", "RS256", "RS384", "RS512");

    /** The values that {@code typ} may have: a token that was given for something else is not taken; {@code none} stands for no type. */
    @WithDefault("at+jwt,JWT")
    Set<String> tokenTypes();

    /** Where the roles are: a claim, or a path of claims, {@code realm_access/roles}. */
    @WithDefault("roles")
    String rolesClaim();

    /** How far the clocks of the provider and of this machine may be apart. */
    @WithDefault("30s")
    Duration leeway();

    /** How often keys are read again: one that was removed is not taken for longer than this. */
    @WithDefault("30s")
    Duration keysRefresh();

    /** A token with an unknown key makes the keys be read at once, but not again within this time. */
    @WithDefault("10s")
    Duration keysUnknownPause();

    /** The services that may call this one, by name, which is the {@code iss} of their tokens. */
    Map<String, ServiceConfig> services();

    interface ServiceConfig {
        /** The name of this service, which the token must have as {@code aud}. */
        String audience();

        /** Where the public keys of the calling service are, as in {@link AccessConfig#keys()}. */
        Optional<List<String>> keys();
    }

    /**
     * Beside the names of this machine, the hosts by which requests may come while the mode is {@code off}. Only where there
     * are some does a service listen beyond this machine then.
     */
    Optional<List<String>> openHosts();

    /** The address at which the service listens. */
    String host();

    /** The address at which a container's port is published, as far as it is told. */
    Optional<String> publishedHost();
}
