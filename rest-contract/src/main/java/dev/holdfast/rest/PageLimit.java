package dev.holdfast.rest;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many rows a page has at most, as the query parameter {@code limit}: 1 to 200. */
@Schema(
        type = SchemaType.INTEGER,
        implementation = Integer.class,
        description = "How many rows at most; a page of long rows ends earlier, before it has 128 KiB",
        minimum = "1",
        maximum = "200",
        defaultValue = "50")
public record PageLimit(int rows) {
    public static final int MAX = 200;
    /** For {@code @DefaultValue}. */
    public static final String DEFAULT = "50";

    /** @throws IllegalArgumentException for anything but 1 to 200 in decimal digits */
    public static PageLimit parse(String text) {
        if (!text.matches("[1-9][0-9]{0,2}") || Integer.parseInt(text) > MAX) {
            throw new IllegalArgumentException("not a page limit");
        }
        return new PageLimit(Integer.parseInt(text));
    }
}
