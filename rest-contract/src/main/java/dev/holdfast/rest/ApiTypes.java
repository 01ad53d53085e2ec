package dev.holdfast.rest;

import dev.holdfast.money.Money;
import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.media.Schema;

/** The schemas of what every document has: amounts, ids, times. */
final class ApiTypes {
    static final String AMOUNT = "Amount";
    static final String UUID = "UUID";

    static final String INSTANT = "Instant";
    /** The whole number behind the largest amount: readers that keep numbers as doubles would round the amount itself. */
    private static final BigDecimal TOO_MUCH = BigDecimal.TEN.pow(Money.INTEGER_DIGITS);

    private ApiTypes() {}

    static void complete(Components components) {
        components.addSchema(AMOUNT, amount());
        Schema uuid = components.getSchemas().get(UUID);
        if (uuid != null) {
            uuid.setPattern("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$");
            uuid.setExamples(List.of("3f2504e0-4f89-41d3-9a0c-0305e82c3301"));
        }
        Schema instant = components.getSchemas().get(INSTANT);
        if (instant != null) {
            instant.setDescription("UTC, to the microsecond");
            instant.setPattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$");
            instant.setExamples(List.of("2026-01-31T12:00:00.123456Z"));
        }
    }

    private static Schema amount() {
        return OASFactory.createSchema()
                .type(List.of(Schema.SchemaType.NUMBER))
                .description("Money: " + Money.RULE)
                .exclusiveMinimum(BigDecimal.ZERO)
                .exclusiveMaximum(TOO_MUCH)
                .multipleOf(Money.UNIT)
                .examples(List.of(new BigDecimal("20.00")));
    }
}
