package dev.holdfast.payment.transfer;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import dev.holdfast.payment.account.BalanceHistory;
import dev.holdfast.payment.account.PastBalance;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what accounts had by the transfers' own sums, with a few rows read, however long the history is. */
@ApplicationScoped
@DatabaseBulkhead
class PastBalances implements BalanceHistory {
    /** Longer than any transaction lasts that moves money: what is older than that does not change any more. */
    private static final Duration SETTLED = Duration.ofMinutes(1);
    /** As the index {@code transfer_by_version} has it. */
    private static final int VERSIONS_APART = 64;

    private static final String ACCOUNT =
            "select created_at, statement_timestamp() as now from account where user_id = ?";
    // A transfer whose time is over and which is not committed yet has the row locked: it is waited for.
    private static final String ACCOUNT_WAITING = ACCOUNT + " for share";
    private static final String NEWEST = "select version, balance_after, created_at from ("
            + TransferPart.each(" union all ", part -> """
            (select version, balance_after, created_at, id from transfer
              where %s and created_at <= ? order by created_at desc, id desc limit 1)
            """.formatted(part.of("?")))
            + ") as newest order by created_at desc, id desc limit 1";
    private static final String MILESTONE = """
            select created_at, id from transfer
             where account_of(debit_account, credit_account) = ? and version = ? and version %% %d = 0
            """.formatted(VERSIONS_APART);
    private static final String NEAR = "select version, balance_after, created_at from ("
            + TransferPart.each(" union all ", part -> """
            (select version, balance_after, created_at, id from transfer
              where %s and (created_at, id) >= (?, ?) order by created_at, id limit %d)
            """.formatted(part.of("?"), VERSIONS_APART))
            + ") as near where version = ? order by created_at, id limit 1";
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");
    private static final Cursor BEGINNING = new Cursor(Instant.EPOCH, new UUID(0, 0));

    private record Opened(Instant at, Instant now) {}

    /** @param version null where it has none yet */
    private record Line(@Nullable Long version, @Nullable BigDecimal balanceAfter, Instant at) {}

    private final Database database;
    private final Clock clock;

    PastBalances(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    @Transactional
    public Found at(UUID userId, Instant moment) {
        boolean settled = moment.isBefore(clock.instant().minus(SETTLED));
        Opened account = opened(userId, settled ? ACCOUNT : ACCOUNT_WAITING).orElse(null);
        if (account == null) {
            return Found.Unknown.NO_ACCOUNT;
        }
        if (moment.isAfter(account.now)) {
            return Found.Unknown.FUTURE;
        }
        if (moment.isBefore(account.at)) {
            return Found.Unknown.NO_ACCOUNT;
        }
        return newest(userId, moment)
                .map(line -> found(userId, line, moment))
                .orElseGet(() -> nothingYet(userId, moment));
    }

    @Override
    @Transactional
    public Found version(UUID userId, long version) {
        Opened account = opened(userId, ACCOUNT).orElse(null);
        if (account == null) {
            return Found.Unknown.NO_ACCOUNT;
        }
        if (version == 0) {
            return nothingYet(userId, account.at);
        }
        Optional<Line> line =
                version < VERSIONS_APART ? near(userId, BEGINNING, version) : behindMilestone(userId, version);
        return line.map(there -> found(userId, there, there.at))
                .orElseGet(() -> newest(userId, END_OF_TIME)
                        .filter(newest -> newest.version == null)
                        .<Found>map(newest -> Found.Unknown.NOT_NUMBERED)
                        .orElse(Found.Unknown.NO_SUCH_VERSION));
    }

    private Optional<Line> behindMilestone(UUID userId, long version) {
        return database.first(
                        MILESTONE,
                        row -> new Cursor(Database.instant(row, "created_at"), Database.uuid(row, "id")),
                        userId,
                        version - version % VERSIONS_APART)
                .flatMap(milestone -> near(userId, milestone, version));
    }

    private Optional<Line> near(UUID userId, Cursor from, long version) {
        Stream<Object> ofEachPart = eachPart(userId, from.at(), from.id());
        return database.first(
                NEAR,
                PastBalances::readLine,
                Stream.concat(ofEachPart, Stream.of(version)).toArray());
    }

    private Optional<Line> newest(UUID userId, Instant moment) {
        return database.first(
                NEWEST, PastBalances::readLine, eachPart(userId, moment).toArray());
    }

    private static Stream<Object> eachPart(Object... parameters) {
        return Arrays.stream(TransferPart.values()).flatMap(part -> Arrays.stream(parameters));
    }

    private Optional<Opened> opened(UUID userId, String sql) {
        return database.first(
                sql, row -> new Opened(Database.instant(row, "created_at"), Database.instant(row, "now")), userId);
    }

    private static Line readLine(ResultSet row) throws SQLException {
        long version = row.getLong("version");
        return new Line(
                row.wasNull() ? null : version,
                row.getBigDecimal("balance_after"),
                Database.instant(row, "created_at"));
    }

    private static Found found(UUID userId, Line line, Instant at) {
        return line.version == null || line.balanceAfter == null
                ? Found.Unknown.NOT_NUMBERED
                : new Found.Known(new PastBalance(userId, Money.exact(line.balanceAfter), line.version, at));
    }

    private static Found nothingYet(UUID userId, Instant at) {
        return new Found.Known(new PastBalance(userId, Money.exact(BigDecimal.ZERO), 0, at));
    }
}
