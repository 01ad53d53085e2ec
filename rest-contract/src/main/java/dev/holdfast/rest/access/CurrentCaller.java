package dev.holdfast.rest.access;

import dev.holdfast.rest.RequestTrace;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** The caller of the current request. To be asked by the resource: the threads that do the work have no request. */
@ApplicationScoped
public class CurrentCaller {
    private final SecurityIdentity identity;
    private final RequestTrace trace;

    CurrentCaller(SecurityIdentity identity, RequestTrace trace) {
        this.identity = identity;
        this.trace = trace;
    }

    public Acting acting() {
        return acting(null);
    }

    /** @param claim who the request says it is from, which counts only where nobody is authenticated */
    public Acting acting(@Nullable String claim) {
        return Acting.of(identity.getPrincipal(), claim, trace.idOrNull());
    }
}
