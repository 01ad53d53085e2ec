package dev.holdfast.payment.transfer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Problem;
import dev.holdfast.rest.TimeRange;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes all transfers of a time, the oldest first, page by page: there is no more of them in memory than a page, and no connection
 * of the database is kept while the client reads. A client that stands still is cut off.
 */
@ApplicationScoped
class StatementExports {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final int STALL_CHECKS = 4;

    private final Statements statements;
    private final ObjectMapper json;
    private final Vertx vertx;
    private final Duration stallTimeout;
    private final Semaphore slots;

    StatementExports(Statements statements, ObjectMapper json, Vertx vertx, PaymentConfig config) {
        this.statements = statements;
        this.json = json;
        this.vertx = vertx;
        this.stallTimeout = config.export().stallTimeout();
        this.slots = new Semaphore(config.export().atOnce());
    }

    /**
     * The export, to be written by the caller's thread.
     *
     * @param after the last line of an earlier export, or null for all
     * @param connection is closed where the client takes nothing for too long
     * @throws Problem 503 where too many are under way
     */
    StreamingOutput export(
            UUID userId, TimeRange range, @Nullable Cursor after, ExportFormat format, HttpConnection connection) {
        if (slots.availablePermits() == 0) {
            throw overloaded();
        }
        return out -> {
            if (!slots.tryAcquire()) {
                throw overloaded();
            }
            AtomicLong movedNanos = new AtomicLong(System.nanoTime());
            long timer = vertx.setPeriodic(Math.max(1, stallTimeout.toMillis() / STALL_CHECKS), check -> {
                if (System.nanoTime() - movedNanos.get() > stallTimeout.toNanos()) {
                    // From beneath Vert.x' handlers, which would first send what the client does not take.
                    ((ConnectionBase) connection)
                            .channel()
                            .pipeline()
                            .firstContext()
                            .close();
                }
            });
            try {
                write(userId, range, after, format, out, movedNanos);
            } finally {
                vertx.cancelTimer(timer);
                slots.release();
            }
        };
    }

    private static Problem overloaded() {
        return Problem.retryLater(503, "overloaded", "Too many exports are under way; try again.", RETRY_AFTER);
    }

    private void write(
            UUID userId,
            TimeRange range,
            @Nullable Cursor after,
            ExportFormat format,
            OutputStream out,
            AtomicLong movedNanos)
            throws IOException {
        Cursor last = after;
        long transfers = 0;
        StringBuilder text = new StringBuilder(format.head());
        List<TransferView> page;
        do {
            page = statements.following(userId, range, last);
            for (TransferView transfer : page) {
                text.append(format.line(transfer, json));
            }
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            movedNanos.set(System.nanoTime());
            text.setLength(0);
            transfers += page.size();
            last = page.isEmpty() ? last : page.getLast().cursor();
        } while (page.size() == Statements.EXPORT_PAGE);
        String end = format.end(new ExportEnd(true, transfers, last == null ? null : last.toString()), json);
        out.write(end.getBytes(StandardCharsets.UTF_8));
    }
}
