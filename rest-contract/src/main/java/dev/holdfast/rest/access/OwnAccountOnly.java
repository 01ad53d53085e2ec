package dev.holdfast.rest.access;

import dev.holdfast.rest.Identifiers;
import dev.holdfast.rest.Problem;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.SecurityContext;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lets customers get to what is theirs. What is another's answers as if it were not there, so that nobody learns of it; a
 * {@code user_id} that cannot be one is left to the endpoint, which says so.
 */
final class OwnAccountOnly implements ContainerRequestFilter {
    static final String USER_ID = "user_id";
    private static final String ORDER_ID = "order_id";

    /** Where the endpoint takes the user from, and what it is about. */
    record Target(boolean isUserInPath, boolean isOrder) {}

    private final Target target;
    private final Set<String> roles;

    /** @param roles those that may call the endpoint for any user */
    OwnAccountOnly(Target target, Set<String> roles) {
        this.target = target;
        this.roles = roles;
    }

    static Target of(Method endpoint) {
        Parameter[] parameters = endpoint.getParameters();
        boolean isInPath =
                Arrays.stream(parameters).anyMatch(each -> isNamed(each.getAnnotation(PathParam.class), USER_ID));
        boolean isInQuery = Arrays.stream(parameters)
                .map(each -> each.getAnnotation(QueryParam.class))
                .anyMatch(query -> query != null && query.value().equals(USER_ID));
        if (!isInPath && !isInQuery) {
            throw new IllegalStateException(endpoint + " lets customers in, and has no " + USER_ID);
        }
        boolean isOrder =
                Arrays.stream(parameters).anyMatch(each -> isNamed(each.getAnnotation(PathParam.class), ORDER_ID));
        return new Target(isInPath, isOrder);
    }

    private static boolean isNamed(@Nullable PathParam parameter, String name) {
        return parameter != null && parameter.value().equals(name);
    }

    @Override
    public void filter(ContainerRequestContext request) {
        SecurityContext security = request.getSecurityContext();
        if (roles.stream().anyMatch(security::isUserInRole)) {
            return;
        }
        MultivaluedMap<String, String> parameters = target.isUserInPath
                ? request.getUriInfo().getPathParameters()
                : request.getUriInfo().getQueryParameters();
        String userId = parameters.getFirst(USER_ID);
        if (userId != null && !isOwn(userId, security.getUserPrincipal().getName())) {
            throw target.isOrder ? Problem.orderNotFound() : Problem.accountNotFound();
        }
    }

    private static boolean isOwn(String userId, String subject) {
        UUID asked;
        try {
            asked = Identifiers.uuid(userId);
        } catch (IllegalArgumentException refusedByTheEndpoint) {
            return true;
        }
        return asked.toString().equalsIgnoreCase(subject);
    }
}
