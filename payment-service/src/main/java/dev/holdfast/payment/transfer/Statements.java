package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.account.Account;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The transfers of an account, newest first. */
@ApplicationScoped
public class Statements {
    // Each part is read from its own index in the order of the answer, so that a page costs the same at any depth.
    private static final String PAGE = "select " + TransferView.COLUMNS + ", change from ("
            + TransferPart.each(" union all ", part -> """
            (select %s, %samount as change from transfer
              where %s and created_at >= ? and (created_at, id) < (?, ?) order by created_at desc, id desc limit ?)
            """.formatted(TransferView.COLUMNS, part.sign(), part.of("?")))
            + """
            ) as of_account order by created_at desc, id desc limit ?
            """;

    /** Few enough that a page is written at once, and many enough that it costs little. */
    static final int EXPORT_PAGE = 1_000;

    private static final String FOLLOWING = "select " + TransferView.COLUMNS + ", change from ("
            + TransferPart.each(" union all ", part -> """
            (select %s, %samount as change from transfer
              where %s and (created_at, id) > (?, ?) and created_at < ? order by created_at, id limit ?)
            """.formatted(TransferView.COLUMNS, part.sign(), part.of("?")))
            + """
            ) as of_account order by created_at, id limit ?
            """;
    private static final UUID LOWEST = new UUID(0, 0);

    private final Database database;

    Statements(Database database) {
        this.database = database;
    }

    /** A page of the statement, from the newest or from behind the cursor; empty where there is no such account. */
    public Optional<Page<TransferView>> page(UUID userId, TimeRange range, PageLimit limit, @Nullable Cursor cursor) {
        Cursor before = range.start(cursor);
        int rows = limit.rows() + 1;
        Stream<Object> ofEachPart = Arrays.stream(TransferPart.values())
                .flatMap(part -> Stream.of(userId, range.from(), before.at(), before.id(), rows));
        List<TransferView> read = database.query(
                PAGE,
                TransferView::read,
                Stream.concat(ofEachPart, Stream.of(rows)).toArray());
        if (read.isEmpty() && Account.count("userId", userId) == 0) {
            return Optional.empty();
        }
        return Optional.of(Page.of(read, limit, TransferView::cursor));
    }

    /**
     * The next page of an export, the oldest first; the last one is shorter than {@link #EXPORT_PAGE}.
     *
     * @param after the last transfer of the page before; null for the first page
     */
    @DatabaseBulkhead
    public List<TransferView> following(UUID userId, TimeRange range, @Nullable Cursor after) {
        Cursor behind = after == null || after.at().isBefore(range.from()) ? new Cursor(range.from(), LOWEST) : after;
        Stream<Object> ofEachPart = Arrays.stream(TransferPart.values())
                .flatMap(part -> Stream.of(userId, behind.at(), behind.id(), range.to(), EXPORT_PAGE));
        return database.query(
                FOLLOWING,
                TransferView::read,
                Stream.concat(ofEachPart, Stream.of(EXPORT_PAGE)).toArray());
    }

    /** The same time, up to the newest transfer of the account: those that come later are of the next export. */
    TimeRange upToNow(TimeRange range, Page<TransferView> newest) {
        return newest.rows().isEmpty()
                ? range
                : new TimeRange(
                        range.from(), newest.rows().getFirst().createdAt().plus(1, ChronoUnit.MICROS));
    }
}
