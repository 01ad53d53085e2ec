package dev.holdfast.rest;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.container.ResourceInfo;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names the fields that Bean Validation found wrong as the client sent them. */
final class Violations {
    private Violations() {}

    static List<FieldError> of(ConstraintViolationException wrong, ResourceInfo resource) {
        return wrong.getConstraintViolations().stream()
                .map(violation -> new FieldError(field(violation, resource), violation.getMessage()))
                .toList();
    }

    private static String field(ConstraintViolation<?> violation, ResourceInfo resource) {
        List<String> path = new ArrayList<>();
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getKind() == ElementKind.PARAMETER) {
                int index = node.as(Path.ParameterNode.class).getParameterIndex();
                String parameter = parameter(resource.getResourceMethod(), index);
                if (parameter != null) {
                    return parameter;
                }
            } else if (node.getKind() != ElementKind.METHOD) {
                path.add(node.toString());
            }
        }
        path.removeIf(String::isBlank);
        // Bean Validation knows Java's orderId; the client sent order_id.
        return path.isEmpty() ? "body" : JsonConventions.SNAKE_CASE.translate(String.join(".", path));
    }

    /** The name in the path, the query or a header; null for the body. */
    private static @Nullable String parameter(@Nullable Method method, int index) {
        return method == null ? null : ParameterConverters.name(method.getParameterAnnotations()[index]);
    }
}
