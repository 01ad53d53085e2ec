package dev.holdfast.gateway;

import dev.holdfast.access.BearerTokens;
import dev.holdfast.access.Caller;
import dev.holdfast.access.InvalidTokenException;
import dev.holdfast.access.KeysUnavailableException;
import dev.holdfast.access.OpenMode;
import dev.holdfast.access.Roles;
import dev.holdfast.gateway.limit.ClientKey;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes on only what comes with a valid token. The services verify it again and know what its owner may do; here it keeps
 * the unknown away from them.
 */
@ApplicationScoped
class Authentication {
    private static final Logger LOG = Logger.getLogger(Authentication.class);
    private static final String SCHEME = "Bearer ";
    private static final String WWW_AUTHENTICATE = "WWW-Authenticate";

    private final BearerTokens tokens;
    private final OpenMode openMode;
    private final RequestLimits limits;

    Authentication(BearerTokens tokens, OpenMode openMode, RequestLimits limits) {
        this.tokens = tokens;
        this.openMode = openMode;
        this.limits = limits;
    }

    /** Runs what is next for the request, or answers it. */
    void admit(RoutingContext context, Runnable next) {
        HttpServerRequest request = context.request();
        if (openMode.isOpen()) {
            next.run();
            return;
        }
        String token = token(request);
        if (token == null) {
            refuse(context, "A bearer token is needed (RFC 6750)", "");
            return;
        }
        Future<Caller> caller = tokens.verify(token);
        if (caller.isComplete()) {
            go(context, caller, next);
        } else {
            // Its body waits in the connection for as long as a key is fetched.
            request.pause();
            caller.onComplete(verified -> {
                go(context, verified, next);
                request.resume();
            });
        }
    }

    /** Whether it comes with a token that was found valid before. */
    boolean knows(HttpServerRequest request) {
        String token = token(request);
        return token != null && tokens.isKnown(token);
    }

    private static @Nullable String token(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? header.substring(SCHEME.length()).strip()
                : null;
    }

    private void go(RoutingContext context, AsyncResult<Caller> caller, Runnable next) {
        HttpServerRequest request = context.request();
        if (request.response().ended() || request.response().closed()) {
            // Whoever sent it has not waited for the key.
            return;
        }
        if (caller.succeeded()) {
            if (actsForOthers(caller.result())
                    || limits.admits(
                            request, new ClientKey.Subject(caller.result().subject()))) {
                next.run();
            }
            return;
        }
        switch (caller.cause()) {
            case InvalidTokenException invalid ->
                refuse(
                        context,
                        "The bearer token is not valid: " + invalid.getMessage(),
                        ", error=\"invalid_token\", error_description=\"" + invalid.getMessage() + '"');
            case KeysUnavailableException unavailable ->
                Problems.send(request, Problem.KEYS_UNAVAILABLE, KeysUnavailableException.TEXT);
            case Throwable failure -> {
                LOG.error("A token could not be verified", failure);
                Problems.send(request, Problem.INTERNAL_ERROR, "The gateway failed on this request");
            }
        }
    }

    /** One of the shop's own, whose requests are those of many: only its address is limited. */
    private static boolean actsForOthers(Caller caller) {
        return caller.roles().stream().anyMatch(role -> !role.equals(Roles.CUSTOMER));
    }

    private void refuse(RoutingContext context, String detail, String error) {
        HttpServerRequest request = context.request();
        limits.unauthorized(request);
        request.response().putHeader(WWW_AUTHENTICATE, "Bearer realm=\"holdfast\"" + error);
        Problems.send(request, Problem.UNAUTHORIZED, detail);
    }
}
