package dev.holdfast.payment.reconciliation;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.transfer.TransferPart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the older transfers of accounts with many of them sum up to. A checkpoint moves on by what is new; beside that a
 * walk sums up the whole history again, in slices, for ever, so that a row which was changed long after is found. Each
 * statement reads so many rows at most, whatever the account has.
 */
@ApplicationScoped
class Checkpoints {
    /**
     * How much earlier a transfer's created_at may be than its id, which the database makes when it is written: the time of
     * its transaction, and the difference of clocks. Where it was more, the walk corrects the sum.
     */
    static final Duration CLOCKS_DIFFER = Duration.ofSeconds(60);

    private static final int SLICE_ROWS = 1_000;
    /** Of each direction. The larger one is for a minute in which an account had more transfers than the smaller. */
    private static final int[] STEP_ROWS = {20_000, 400_000};

    private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

    private static final String CREATE =
            "insert into account_checkpoint (user_id, mark, walk_mark) values (?, ?, ?) on conflict do nothing";
    private static final String MARK = "select mark from account_checkpoint where user_id = ?";
    private static final String BEYOND =
            "select least(" + TransferPart.each(",", part -> """
            (select created_at from transfer where %s and created_at >= ? order by created_at, id offset ? limit 1)
            """.formatted(part.of("?"))) + ") as created_at";
    private static final String ADVANCE = "update account_checkpoint set mark = ?, booked = booked"
            + TransferPart.each("", part -> """
             %s (select coalesce(sum(amount), 0) from transfer
                  where %s and created_at >= ? and created_at < ? and id > ? and id <= ?)
            """.formatted(part.sign(), part.of("?")))
            + " where user_id = ? and mark = ?";
    private static final String LEAST_RECENTLY_WALKED =
            "select user_id from account_checkpoint where user_id = any(?) order by walked_at limit 1";
    private static final String WALK = "select walk_mark, in_at, in_id, out_at, out_id from account_checkpoint"
            + " where user_id = ? for update skip locked";
    private static final List<TransferPart> CAME_IN = List.of(TransferPart.CAME_IN, TransferPart.ADJUSTED_IN);
    private static final List<TransferPart> WENT_OUT =
            List.of(TransferPart.CAPTURED, TransferPart.WITHDRAWN, TransferPart.ADJUSTED_OUT);
    private static final String SLICE = """
            with slice as materialized (
                select created_at, id, amount from (%s) as rows order by created_at, id limit ?)
            select count(*) as rows, coalesce(sum(amount) filter (where id <= ?), 0) as amount,
                   (select created_at from slice order by created_at desc, id desc limit 1) as at,
                   (select id from slice order by created_at desc, id desc limit 1) as id
              from slice
            """;
    private static final String GO_ON = """
            update account_checkpoint
               set walk_sum = walk_sum + ?, in_at = ?, in_id = ?, out_at = ?, out_id = ?, walked_at = now()
             where user_id = ?
            """;
    // The next walk begins at once, up to where the checkpoint is now.
    private static final String COMPLETE = """
            update account_checkpoint
               set booked = booked + walk_sum - walk_expected, complete = true,
                   walk_mark = mark, walk_expected = booked + walk_sum - walk_expected, walk_sum = 0,
                   in_at = default, in_id = default, out_at = default, out_id = default
             where user_id = ?
            """;

    /** What came of a slice of a walk. */
    enum Walked {
        ON,
        TO_THE_END,
        /** By somebody else, at this moment. */
        ELSEWHERE
    }

    private record Walk(UUID mark, Position in, Position out) {}

    private record Position(Instant at, UUID id) {}

    private record Slice(int rows, BigDecimal sum, Position last) {}

    private final Database database;

    Checkpoints(Database database) {
        this.database = database;
    }

    /** Makes the account's checkpoint if there is none: complete, and to be relied on, after a walk. */
    void create(UUID userId, UUID settledMark) {
        database.update(CREATE, userId, settledMark, settledMark);
    }

    /**
     * Moves the checkpoint towards the mark by one step.
     *
     * @param settledMark no transfer before it can appear any more
     * @return whether there is more to do
     */
    @Transactional
    boolean advance(UUID userId, UUID settledMark) {
        database.execute(AccountSums.TAKE_LONGER);
        UUID mark =
                database.first(MARK, row -> Database.uuid(row, "mark"), userId).orElse(settledMark);
        if (!TransferMark.isBefore(mark, settledMark)) {
            return false;
        }
        Instant from = TransferMark.time(mark).minus(CLOCKS_DIFFER);
        for (int rows : STEP_ROWS) {
            Optional<Instant> beyond = beyond(userId, from, rows);
            UUID next = beyond.map(at -> TransferMark.earlier(TransferMark.at(at.minus(CLOCKS_DIFFER)), settledMark))
                    .orElse(settledMark);
            if (TransferMark.isBefore(mark, next)) {
                advance(userId, mark, next, from, beyond.orElse(NEVER));
                return !next.equals(settledMark);
            }
        }
        return false;
    }

    /** Of these accounts, the one with a checkpoint whose walk has rested for the longest time. */
    Optional<UUID> leastRecentlyWalked(Collection<UUID> userIds) {
        return database.first(
                LEAST_RECENTLY_WALKED, row -> Database.uuid(row, "user_id"), (Object) userIds.toArray(UUID[]::new));
    }

    /** Sums up the next transfers of the account's walk. Position and sum are one row: a crash loses a slice, or nothing. */
    @Transactional
    Walked walk(UUID userId) {
        database.execute(AccountSums.TAKE_LONGER);
        Walk walk = database.first(WALK, Checkpoints::readWalk, userId).orElse(null);
        if (walk == null) {
            return Walked.ELSEWHERE;
        }
        Slice in = slice(CAME_IN, userId, walk.mark, walk.in);
        Slice out = slice(WENT_OUT, userId, walk.mark, walk.out);
        database.update(GO_ON, in.sum.subtract(out.sum), in.last.at, in.last.id, out.last.at, out.last.id, userId);
        if (in.rows == SLICE_ROWS || out.rows == SLICE_ROWS) {
            return Walked.ON;
        }
        database.update(COMPLETE, userId);
        return Walked.TO_THE_END;
    }

    private Optional<Instant> beyond(UUID userId, Instant from, int rows) {
        return database
                .query(
                        BEYOND,
                        row -> row.getTimestamp(1),
                        eachPart(userId, from, rows).toArray())
                .stream()
                .flatMap(at -> Optional.ofNullable(at).stream())
                .map(java.sql.Timestamp::toInstant)
                .findFirst();
    }

    /** Does nothing where another pass has moved it meanwhile. */
    private void advance(UUID userId, UUID mark, UUID next, Instant from, Instant before) {
        database.update(
                ADVANCE,
                Stream.of(Stream.of(next), eachPart(userId, from, before, mark, next), Stream.of(userId, mark))
                        .flatMap(Function.identity())
                        .toArray());
    }

    private static Stream<Object> eachPart(Object... parameters) {
        return Arrays.stream(TransferPart.values()).flatMap(part -> Arrays.stream(parameters));
    }

    /** Of these parts together, in the order of their transfers. */
    private Slice slice(List<TransferPart> parts, UUID userId, UUID mark, Position after) {
        Stream<Object> ofEach = parts.stream().flatMap(part -> Stream.of(userId, after.at, after.id, SLICE_ROWS));
        return database.only(
                SLICE.formatted(parts.stream().map(Checkpoints::rows).collect(Collectors.joining(" union all "))),
                row -> row.getInt("rows") == 0
                        ? new Slice(0, BigDecimal.ZERO, after)
                        : new Slice(
                                row.getInt("rows"),
                                row.getBigDecimal("amount"),
                                new Position(Database.instant(row, "at"), Database.uuid(row, "id"))),
                Stream.concat(ofEach, Stream.of(SLICE_ROWS, mark)).toArray());
    }

    private static String rows(TransferPart part) {
        return "(select created_at, id, amount from transfer where " + part.of("?")
                + " and (created_at, id) > (?, ?) order by created_at, id limit ?)";
    }

    private static Walk readWalk(ResultSet row) throws SQLException {
        return new Walk(
                Database.uuid(row, "walk_mark"),
                new Position(Database.instant(row, "in_at"), Database.uuid(row, "in_id")),
                new Position(Database.instant(row, "out_at"), Database.uuid(row, "out_id")));
    }
}
