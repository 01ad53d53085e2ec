package dev.holdfast.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.money.Money;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.FieldInfo;
import org.jboss.jandex.IndexView;
import org.jspecify.annotations.Nullable;

/**
 * Makes schemas say what SmallRye OpenAPI does not know of: what {@link Amount} and {@link Text} allow; which fields may
 * be null, as the compiler's null checks know it; that an answer has all of its fields, and that a request may have no
 * unknown ones. Answers may get more fields in a later version, so that nothing is said there about unknown ones.
 */
final class ApiSchemas {
    private static final String OURS = "dev.holdfast.";
    private static final DotName SCHEMA =
            DotName.createSimple("org.eclipse.microprofile.openapi.annotations.media.Schema");
    private static final DotName NULLABLE = DotName.createSimple("org.jspecify.annotations.Nullable");
    private static final DotName NOT_BLANK = DotName.createSimple("jakarta.validation.constraints.NotBlank");

    private final OpenAPI document;
    private final IndexView classes;

    ApiSchemas(OpenAPI document, IndexView classes) {
        this.document = document;
        this.classes = classes;
    }

    void complete() {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        if (schemas == null) {
            return;
        }
        Map<String, ClassInfo> records = records();
        Set<String> requests = requests();
        schemas.forEach((name, schema) -> {
            ClassInfo record = records.get(name);
            if (record != null && schema.getProperties() != null) {
                boolean isRequest = requests.contains(name);
                fields(record, schema, isRequest);
                if (isRequest) {
                    schema.setAdditionalPropertiesBoolean(false);
                }
            }
        });
        ApiTypes.complete(document.getComponents());
    }

    /** By the names of their schemas. */
    private Map<String, ClassInfo> records() {
        Map<String, ClassInfo> records = new HashMap<>();
        for (ClassInfo known : classes.getKnownClasses()) {
            if (known.isRecord() && known.name().toString().startsWith(OURS)) {
                AnnotationInstance schema = known.declaredAnnotation(SCHEMA);
                AnnotationValue name = schema == null ? null : schema.value("name");
                records.put(name == null ? known.simpleName() : name.asString(), known);
            }
        }
        return records;
    }

    /** The names of the schemas that bodies of requests have, or parts of them. */
    private Set<String> requests() {
        Set<String> found = new HashSet<>();
        for (Operation operation : operations()) {
            if (operation.getRequestBody() != null) {
                Content content = operation.getRequestBody().getContent();
                content.getMediaTypes().values().forEach(type -> collect(type.getSchema(), found));
            }
        }
        return found;
    }

    private void collect(@Nullable Schema schema, Set<String> found) {
        if (schema == null) {
            return;
        }
        if (schema.getRef() != null) {
            String name = schema.getRef().substring(schema.getRef().lastIndexOf('/') + 1);
            if (found.add(name)) {
                collect(document.getComponents().getSchemas().get(name), found);
            }
        }
        collect(schema.getItems(), found);
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(property -> collect(property, found));
        }
    }

    private void fields(ClassInfo record, Schema schema, boolean isRequest) {
        boolean leavesNullsOut = record.hasDeclaredAnnotation(JsonInclude.class);
        for (FieldInfo field : record.fields()) {
            if ((field.flags() & Modifier.STATIC) != 0) {
                continue;
            }
            if (field.hasAnnotation(JsonUnwrapped.class)) {
                fields(classes.getClassByName(field.type().name()), schema, isRequest);
                continue;
            }
            String name = JsonConventions.SNAKE_CASE.translate(field.name());
            @Nullable Schema property = schema.getProperties().get(name);
            if (property == null) {
                throw new IllegalStateException("The schema of " + record.name() + " has no property " + name);
            }
            boolean nullable = field.type().hasAnnotation(NULLABLE) && !isRequired(schema, name);
            schema.addProperty(name, property(field, property, isRequest, nullable && !leavesNullsOut));
            boolean always = isRequest ? !nullable : !nullable || !leavesNullsOut;
            if (always && !isRequired(schema, name)) {
                schema.addRequired(name);
            }
        }
    }

    private static boolean isRequired(Schema schema, String name) {
        return schema.getRequired() != null && schema.getRequired().contains(name);
    }

    private static Schema property(FieldInfo field, Schema property, boolean isRequest, boolean nullable) {
        if (field.hasAnnotation(Amount.class)) {
            Schema amount = OASFactory.createSchema().ref(ApiTypes.AMOUNT);
            return nullable ? orNull(amount) : amount;
        }
        AnnotationInstance text = field.annotation(Text.class);
        if (text != null) {
            property.maxLength(text.value("max").asInt());
            property.pattern(pattern(field, text));
        }
        if (isMoney(property) && !isRequest) {
            property.multipleOf(Money.UNIT);
        }
        if (property.getItems() != null && "uuid".equals(property.getItems().getFormat())) {
            property.items(OASFactory.createSchema().ref(ApiTypes.UUID));
        }
        if (property.getRef() != null) {
            // The type is of the schema that is referred to.
            property.setType(null);
        }
        return nullable ? orNull(property) : property;
    }

    private static String pattern(FieldInfo field, AnnotationInstance text) {
        if (text.value("isSearched") != null && text.value("isSearched").asBoolean()) {
            return Text.PATTERN_SEARCHED;
        }
        return field.hasAnnotation(NOT_BLANK) ? Text.PATTERN_NOT_BLANK : Text.PATTERN;
    }

    private static boolean isMoney(Schema property) {
        return property.getType() != null && property.getType().contains(Schema.SchemaType.NUMBER);
    }

    private static Schema orNull(Schema property) {
        if (property.getRef() == null && property.getEnumeration() == null) {
            List<Schema.SchemaType> types = new ArrayList<>(property.getType());
            types.add(Schema.SchemaType.NULL);
            return property.type(types);
        }
        Schema either = OASFactory.createSchema().description(property.getDescription());
        property.setDescription(null);
        return either.addAnyOf(property).addAnyOf(OASFactory.createSchema().type(List.of(Schema.SchemaType.NULL)));
    }

    private List<Operation> operations() {
        return document.getPaths().getPathItems().values().stream()
                .flatMap(item -> item.getOperations().values().stream())
                .toList();
    }
}
