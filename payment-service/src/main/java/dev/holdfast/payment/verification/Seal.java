package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What all transfers up to one of them come to: one changes, and this does. To be kept elsewhere. */
@Schema(name = "Seal")
public record Seal(
        @Schema(description = "1, 2, 3 …", minimum = "1") long number,

        Instant sealedAt,

        @Schema(description = "The newest transfer that it covers, by the order of their ids")
        UUID lastTransfer,

        @Schema(description = "How many it covers that the seal before does not")
        long transfers,

        @Schema(
                description =
                        "SHA-256 of the digest before it, and of id and hash of each of these transfers; in hexadecimal",
                pattern = "^[0-9a-f]{64}$")
        String digest) {

    static final String COLUMNS = "number, sealed_at, last_transfer, transfers, digest";
    /** Before the first one. */
    static final Seal NONE = new Seal(0, Instant.EPOCH, new UUID(0, 0), 0, "");

    static Seal read(ResultSet row) throws SQLException {
        return new Seal(
                row.getLong("number"),
                Database.instant(row, "sealed_at"),
                Database.uuid(row, "last_transfer"),
                row.getLong("transfers"),
                HexFormat.of().formatHex(row.getBytes("digest")));
    }
}
