package dev.holdfast.rest.access;

import dev.holdfast.access.Roles;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at each endpoint before the service starts: one that does not say who may call it is a fault, as is one that lets
 * customers in and has no {@code user_id} to tell by what is theirs. Quarkus then lets in who has one of the roles.
 */
@Provider
public final class EndpointRules implements DynamicFeature {
    @Override
    public void configure(ResourceInfo endpoint, FeatureContext context) {
        Method method = endpoint.getResourceMethod();
        RolesAllowed rule = find(RolesAllowed.class, endpoint);
        if (rule == null) {
            if (find(PermitAll.class, endpoint) == null) {
                throw new IllegalStateException(method + " does not say who may call it: it needs @RolesAllowed");
            }
            return;
        }
        Set<String> roles = new HashSet<>(List.of(rule.value()));
        if (roles.remove(Roles.CUSTOMER)) {
            context.register(new OwnAccountOnly(OwnAccountOnly.of(method), Set.copyOf(roles)));
        }
    }

    private static <A extends Annotation> @Nullable A find(Class<A> type, ResourceInfo endpoint) {
        A own = endpoint.getResourceMethod().getAnnotation(type);
        return own == null ? endpoint.getResourceClass().getAnnotation(type) : own;
    }
}
