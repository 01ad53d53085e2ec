package dev.holdfast.rest;

import dev.holdfast.access.Roles;
import jakarta.annotation.security.RolesAllowed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;

/** Documents who may call each operation, as its {@code @RolesAllowed} says, also where a resource inherits it. */
final class ApiSecurity {
    /** As configured in {@code quarkus.smallrye-openapi.security-scheme-name}. */
    private static final String SCHEME = "bearer";

    private static final DotName ROLES_ALLOWED = DotName.createSimple(RolesAllowed.class);
    private static final DotName OPERATION =
            DotName.createSimple(org.eclipse.microprofile.openapi.annotations.Operation.class);
    /** From the least to the most. */
    private static final List<String> ORDER =
            List.of(Roles.CUSTOMER, Roles.VIEWER, Roles.BACKEND, Roles.OPERATOR, Roles.SERVICE);

    private final OpenAPI document;
    private final Map<String, List<String>> roles = new HashMap<>();

    ApiSecurity(OpenAPI document, IndexView classes) {
        this.document = document;
        for (AnnotationInstance operation : classes.getAnnotations(OPERATION)) {
            MethodInfo method = operation.target().asMethod();
            AnnotationInstance rule = method.annotation(ROLES_ALLOWED);
            if (rule == null) {
                rule = method.declaringClass().declaredAnnotation(ROLES_ALLOWED);
            }
            if (rule != null) {
                List<String> allowed = new ArrayList<>(List.of(rule.value().asStringArray()));
                allowed.sort(Comparator.comparingInt(ORDER::indexOf));
                roles.put(operation.value("operationId").asString(), allowed);
            }
        }
    }

    /** To be called before {@link ApiProblems} tells what refusals look like. */
    void complete() {
        document.getPaths()
                .getPathItems()
                .values()
                .forEach(item -> item.getOperations().values().forEach(this::complete));
    }

    private void complete(Operation operation) {
        List<String> allowed = roles.get(operation.getOperationId());
        if (allowed != null) {
            operation.setSecurity(List.of(OASFactory.createSecurityRequirement().addScheme(SCHEME, allowed)));
            APIResponses responses = operation.getResponses();
            describe(401, responses);
            describe(403, responses);
        }
    }

    private static void describe(int status, APIResponses responses) {
        responses.addAPIResponse(
                Integer.toString(status),
                OASFactory.createAPIResponse()
                        .description("%s: %s".formatted(StatusProblems.code(status), StatusProblems.detail(status))));
    }
}
