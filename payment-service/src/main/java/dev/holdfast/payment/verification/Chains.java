package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.transfer.TransferPart;
import dev.holdfast.payment.verification.ChainCheck.Head;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the chains of accounts. Each statement reads an account with its transfers as of one moment, so that nothing is in
 * between; of a long chain the last slice does.
 */
@ApplicationScoped
class Chains {
    /** Of an account that is read by slices. */
    static final int SLICE = 1_000;

    private static final String TAKE_LONGER = "set local statement_timeout = '5s'";
    private static final String HEAD = "select account.user_id, account.version as head_version, booked, head,"
            + " not exists (select from numbering_pass where not done) as all_numbered, line.*";
    static final String NEWEST = HEAD + " from account left join lateral (select * from ("
            + TransferPart.each(" union all ", part -> """
            (select %s from transfer where %s order by created_at desc, id desc limit ?)
            """.formatted(Line.COLUMNS, part.of("account.user_id"))) + """
            ) as newest order by created_at desc, id desc limit ?) as line on true where account.user_id = any(?)
            """;
    static final String NEXT = HEAD + " from account left join lateral (select * from ("
            + TransferPart.each(" union all ", part -> """
            (select %s from transfer where %s and (created_at, id) > (?, ?) order by created_at, id limit ?)
            """.formatted(Line.COLUMNS, part.of("account.user_id"))) + """
            ) as next order by created_at, id limit ?) as line on true where account.user_id = ?
            """;

    /** What was verified: accounts that are there, of which the transfers count; what does not fit. */
    record Verified(Collection<UUID> users, long transfers, List<ChainFinding> findings) {}

    /** As one statement has read it: null lines where the account has none. */
    private static final class Read {
        final Head head;
        final boolean pending;
        final List<Line> lines = new ArrayList<>();

        Read(ResultSet row) throws SQLException {
            long version = row.getLong("head_version");
            boolean numbered = !row.wasNull();
            pending = !numbered && !row.getBoolean("all_numbered");
            head = numbered
                    ? new Head(version, zeroIfNull(row.getBigDecimal("booked")), emptyIfNull(row.getBytes("head")))
                    : new Head(Head.NOT_NUMBERED, BigDecimal.ZERO, new byte[0]);
        }

        private static BigDecimal zeroIfNull(@Nullable BigDecimal sum) {
            return sum == null ? BigDecimal.ZERO : sum;
        }

        private static byte[] emptyIfNull(byte @Nullable [] bytes) {
            return bytes == null ? new byte[0] : bytes;
        }
    }

    private final Database database;

    Chains(Database database) {
        this.database = database;
    }

    /**
     * Verifies the newest transfers of each account up to its head, and all of those that have fewer. The oldest one that is read
     * is only what the next one is compared with.
     */
    @Transactional
    Verified newest(Collection<UUID> users, int linesMax) {
        database.execute(TAKE_LONGER);
        Map<UUID, Read> accounts = read(
                NEWEST,
                Stream.concat(
                                Arrays.stream(TransferPart.values()).map(part -> linesMax),
                                Stream.of(linesMax, users.toArray(UUID[]::new)))
                        .toArray());
        List<ChainFinding> findings = new ArrayList<>();
        long transfers = 0;
        for (Map.Entry<UUID, Read> account : accounts.entrySet()) {
            List<Line> lines = account.getValue().lines;
            transfers += lines.size();
            if (!account.getValue().pending) {
                ChainCheck check = new ChainCheck(account.getKey());
                if (lines.size() == linesMax) {
                    check.beginBehind(lines.removeLast());
                }
                check.next(lines);
                check.end(account.getValue().head);
                findings.addAll(check.findings());
            }
        }
        return new Verified(accounts.keySet(), transfers, findings);
    }

    /**
     * Verifies one account of any length, slice by slice.
     *
     * @param pace is asked before each further slice
     * @return null where it must not go on
     */
    @Nullable
    Verified whole(UUID user, Pace pace) {
        ChainCheck check = new ChainCheck(user);
        Instant at = Instant.EPOCH;
        UUID id = ChainFinding.NO_USER;
        long transfers = 0;
        while (true) {
            Read slice = slice(user, at, id);
            if (slice == null || slice.pending) {
                return new Verified(slice == null ? List.of() : List.of(user), transfers, List.of());
            }
            check.next(slice.lines);
            transfers += slice.lines.size();
            if (slice.lines.size() < SLICE) {
                check.end(slice.head);
                return new Verified(List.of(user), transfers, check.findings());
            }
            at = slice.lines.getLast().createdAt;
            id = slice.lines.getLast().id;
            if (!pace.on(slice.lines.size())) {
                return null;
            }
        }
    }

    private @Nullable Read slice(UUID user, Instant at, UUID id) {
        Stream<Object> ofEachPart = Arrays.stream(TransferPart.values()).flatMap(part -> Stream.of(at, id, SLICE));
        return read(NEXT, Stream.concat(ofEachPart, Stream.of(SLICE, user)).toArray())
                .get(user);
    }

    private Map<UUID, Read> read(String sql, Object... parameters) {
        Map<UUID, Read> accounts = new LinkedHashMap<>();
        database.query(
                sql,
                row -> {
                    UUID user = Database.uuid(row, "user_id");
                    Read account = accounts.get(user);
                    if (account == null) {
                        account = new Read(row);
                        accounts.put(user, account);
                    }
                    if (Database.uuid(row, "id") != null) {
                        account.lines.add(new Line(row));
                    }
                    return user;
                },
                parameters);
        return accounts;
    }
}
