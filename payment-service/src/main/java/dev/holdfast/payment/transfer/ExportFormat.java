package dev.holdfast.payment.transfer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How an export is written: line by line, and a last line that says that it is whole. */
enum ExportFormat {
    /** RFC 4180. No value has a comma or a quotation mark. */
    CSV("text/csv", "csv") {
        @Override
        String head() {
            return "version,id,kind,amount,change,balance_after,order_id,created_at\r\n";
        }

        @Override
        String line(TransferView transfer, ObjectMapper json) {
            return values(
                    transfer.version(),
                    transfer.id(),
                    transfer.kind(),
                    transfer.amount().toPlainString(),
                    transfer.change().toPlainString(),
                    transfer.balanceAfter() == null
                            ? null
                            : transfer.balanceAfter().toPlainString(),
                    transfer.orderId(),
                    transfer.createdAt());
        }

        @Override
        String end(ExportEnd end, ObjectMapper json) {
            return values("end", end.cursor(), end.transfers(), null, null, null, null, null);
        }

        private static String values(@Nullable Object... values) {
            return Stream.of(values).map(value -> Objects.toString(value, "")).collect(Collectors.joining(","))
                    + "\r\n";
        }
    },
    /** JSON, one document for each line. */
    NDJSON("application/x-ndjson", "ndjson") {
        @Override
        String head() {
            return "";
        }

        @Override
        String line(TransferView transfer, ObjectMapper json) {
            return write(transfer, json);
        }

        @Override
        String end(ExportEnd end, ObjectMapper json) {
            return write(end, json);
        }

        private static String write(Object value, ObjectMapper json) {
            try {
                return json.writeValueAsString(value) + "\n";
            } catch (JsonProcessingException impossible) {
                throw new IllegalStateException("A transfer could not be written as JSON", impossible);
            }
        }
    };

    private final String mediaType;
    private final String extension;

    ExportFormat(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    String mediaType() {
        return mediaType;
    }

    String fileName(UUID userId) {
        return "transfers-" + userId + "." + extension;
    }

    abstract String head();

    abstract String line(TransferView transfer, ObjectMapper json);

    abstract String end(ExportEnd end, ObjectMapper json);
}
