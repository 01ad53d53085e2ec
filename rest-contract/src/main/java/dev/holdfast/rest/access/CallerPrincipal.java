package dev.holdfast.rest.access;

import dev.holdfast.access.Caller;
import java.security.Principal;

/** The caller, where Quarkus keeps who it is. */
public record CallerPrincipal(Caller caller) implements Principal {
    @Override
    public String getName() {
        return caller.subject();
    }
}
