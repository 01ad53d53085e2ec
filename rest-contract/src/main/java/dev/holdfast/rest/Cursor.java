package dev.holdfast.rest;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Where a page ended, in a list that is ordered by time and id, newest first: the next page starts right behind it, and
 * rows that arrive meanwhile move nothing. Clients get it in the {@code Link} header and send it back as it is.
 *
 * @param at the last row's time, exact to the microsecond as the database keeps it
 * @param id the last row's id, which decides among rows of the same time
 */
@Schema(
        type = SchemaType.STRING,
        implementation = String.class,
        description = "From the Link header of a page",
        pattern = "^A[A-Za-z0-9_-]{31}$",
        examples = "AAZJrdRLEkA_JQTgT4lB05oMAwXoLDMB")
public record Cursor(Instant at, UUID id) {
    private static final int BYTES = 24;

    /** The opaque form: base64url of the microseconds since 1970 and the id. */
    @Override
    public String toString() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES)
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** @throws IllegalArgumentException for what {@link #toString} never wrote */
    public static Cursor parse(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
        if (bytes.remaining() != BYTES) {
            throw new IllegalArgumentException("not a cursor");
        }
        long microseconds = bytes.getLong();
        // PostgreSQL's timestamps begin and end; year 9999 is far behind both the oldest and the newest row.
        if (microseconds < 0 || microseconds > 253_402_300_799_000_000L) {
            throw new IllegalArgumentException("not a cursor");
        }
        return new Cursor(
                Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS), new UUID(bytes.getLong(), bytes.getLong()));
    }
}
