package dev.holdfast.access;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

record TestConfig(
        Mode mode,
        Duration keysRefresh,
        Duration keysUnknownPause,
        List<String> locations,
        String rolesClaim,
        Set<String> tokenTypes,
        List<String> hosts)
        implements AccessConfig {
    @Override
    public Optional<String> issuer() {
        return Optional.of(TokenMaker.ISSUER);
    }

    @Override
    public String audience() {
        return TokenMaker.AUDIENCE;
    }

    @Override
    public Optional<List<String>> keys() {
        return Optional.of(locations);
    }

    @Override
    public Optional<Path> caFile() {
        return Optional.empty();
    }

    @Override
    public Set<String> algorithms() {
        return Set.of("ES256", "PS256", "EdDSA", "RS256");
    }

    @Override
    public Duration leeway() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Map<String, ServiceConfig> services() {
        return Map.of();
    }

    @Override
    public Optional<List<String>> openHosts() {
        return Optional.of(hosts);
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public Optional<String> publishedHost() {
        return Optional.empty();
    }
}
