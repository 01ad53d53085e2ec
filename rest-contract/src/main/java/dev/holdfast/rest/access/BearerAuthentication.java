package dev.holdfast.rest.access;

import dev.holdfast.access.BearerTokens;
import dev.holdfast.access.Caller;
import dev.holdfast.access.InvalidTokenException;
import dev.holdfast.access.KeysUnavailableException;
import dev.holdfast.access.OpenMode;
import dev.holdfast.access.Roles;
import dev.holdfast.rest.Problem;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes the bearer token of a request for who its caller is (RFC 6750). */
@ApplicationScoped
public class BearerAuthentication implements HttpAuthenticationMechanism {
    private static final String SCHEME = "Bearer ";
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String REASON = "holdfast.token-reason";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private static final SecurityIdentity EVERYBODY = QuarkusSecurityIdentity.builder()
            .setPrincipal(new QuarkusPrincipal(""))
            .addRoles(Set.of(Roles.OPERATOR, Roles.SERVICE))
            .build();

    private final BearerTokens tokens;
    private final OpenMode openMode;

    BearerAuthentication(BearerTokens tokens, OpenMode openMode) {
        this.tokens = tokens;
        this.openMode = openMode;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        if (openMode.isOpen()) {
            return Uni.createFrom().item(EVERYBODY);
        }
        String token = token(context);
        if (token == null) {
            return Uni.createFrom().nullItem();
        }
        Future<Caller> caller = tokens.verify(token);
        if (caller.succeeded()) {
            return Uni.createFrom().item(identity(caller.result()));
        }
        return Uni.createFrom()
                .completionStage(caller.toCompletionStage())
                .map(BearerAuthentication::identity)
                .onFailure()
                .transform(failure -> refusal(failure, context));
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        @Nullable String reason = context.get(REASON);
        // RFC 6750, section 3.1: a request without a token is told of the scheme alone.
        String challenge = reason == null
                ? "Bearer realm=\"holdfast\""
                : "Bearer realm=\"holdfast\", error=\"invalid_token\", error_description=\"" + reason + '"';
        return Uni.createFrom().item(new ChallengeData(401, CHALLENGE, challenge));
    }

    private static @Nullable String token(RoutingContext context) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).strip()
                : null;
    }

    private static SecurityIdentity identity(Caller caller) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new CallerPrincipal(caller))
                .addRoles(caller.roles())
                .build();
    }

    private static Throwable refusal(Throwable failure, RoutingContext context) {
        return switch (failure) {
            case InvalidTokenException invalid -> {
                context.put(REASON, invalid.getMessage());
                yield new AuthenticationFailedException(invalid.getMessage(), invalid);
            }
            case KeysUnavailableException unavailable ->
                Problem.retryLater(503, "keys_unavailable", KeysUnavailableException.TEXT + ".", RETRY_AFTER);
            default -> failure;
        };
    }
}
