package dev.holdfast.rest;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/** Describes parameters by their types, where the operation does not itself. */
final class ApiParameters {
    private final Map<String, Schema> schemas;

    private ApiParameters(Map<String, Schema> schemas) {
        this.schemas = schemas;
    }

    static void complete(OpenAPI document) {
        ApiParameters parameters = new ApiParameters(document.getComponents().getSchemas());
        document.getPaths().getPathItems().values().stream()
                .flatMap(item -> item.getOperations().values().stream())
                .map(Operation::getParameters)
                .filter(all -> all != null)
                .flatMap(List::stream)
                .forEach(parameters::complete);
    }

    private void complete(Parameter parameter) {
        dropTextualDefault(parameter);
        describeTime(parameter);
        refuseEmpty(parameter);
        if (parameter.getDescription() == null) {
            String described = description(parameter.getSchema());
            String name = parameter.getName().replace('_', ' ');
            parameter.setDescription(
                    described != null
                            ? described
                            : (Boolean.TRUE.equals(parameter.getRequired()) ? "The " : "Only those of this ") + name);
        }
    }

    /** As {@link ParameterConverters} read it, which is more than answers have. */
    private static void describeTime(Parameter parameter) {
        String reference = parameter.getSchema().getRef();
        if (reference != null && reference.endsWith("/" + ApiTypes.INSTANT)) {
            parameter.setSchema(OASFactory.createSchema()
                    .type(List.of(Schema.SchemaType.STRING))
                    .pattern(ParameterConverters.TIME_PATTERN)
                    .examples(List.of(ParameterConverters.TIME_EXAMPLE)));
        }
    }

    /** As {@link RequestTargets} and {@link SingleHeaders} do. */
    private static void refuseEmpty(Parameter parameter) {
        Schema schema = parameter.getSchema();
        boolean isText = schema.getType() != null && schema.getType().contains(Schema.SchemaType.STRING);
        if (isText && schema.getEnumeration() == null && schema.getMinLength() == null) {
            schema.setMinLength(1);
        }
    }

    /** SmallRye takes {@code @DefaultValue} for the default as it is written; the parameter's type has it as a number. */
    private static void dropTextualDefault(Parameter parameter) {
        List<Schema> all = parameter.getSchema().getAllOf();
        if (all != null && all.size() == 2 && all.getLast().getDefaultValue() instanceof String) {
            parameter.setSchema(all.getFirst());
        }
    }

    private @Nullable String description(Schema schema) {
        String reference = schema.getRef();
        Schema meant = reference == null ? schema : schemas.get(reference.substring(reference.lastIndexOf('/') + 1));
        return meant == null ? null : meant.getDescription();
    }
}
