package dev.holdfast.payment.reconciliation;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.payment.transfer.TransferPart;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Sums up the transfers and open holds of accounts: of the transfers those behind the account's checkpoint, where it has
 * one, else all of them. One statement, and so of one moment.
 */
@ApplicationScoped
class AccountSums {
    /**
     * What was summed up.
     *
     * @param checkpoint whether the account has one
     * @param whole whether all rows were read, so that the sums are true
     */
    record Sums(AccountComparison comparison, boolean checkpoint, boolean whole) {}

    // Limits are never turned into joins: each account's rows are read by their index, so many at most.
    private static final String SUMS = """
            select account.user_id, balance, held, mark is not null as checkpoint,
                   coalesce(booked, 0)%s as booked, open.amount as reserved,
                   coalesce(complete, true) and greatest(%s, open.row_count) < ? as whole
              from (%s) as account
              left join lateral (
                  select mark, booked, complete, uuid_extract_timestamp(mark) - interval '%d seconds' as since
                    from account_checkpoint where user_id = account.user_id limit 1) as checkpoint on true
            %s
             cross join lateral (
                  select coalesce(sum(amount), 0) as amount, count(*) as row_count
                    from (select amount from hold where hold.user_id = account.user_id and status = 'HELD'
                           limit ?) as reserving) as open
             order by user_id
            """;
    private static final String PART = """
             cross join lateral (
                  select coalesce(sum(amount) filter (where mark is null or id > mark), 0) as amount,
                         count(*) as row_count
                    from (select id, amount from transfer
                           where %s
                             and created_at >= coalesce(since, '-infinity')
                           order by created_at desc, id desc limit ?) as newest) as %s
            """;
    private static final String OF_PAGE =
            from("select user_id, balance, held from account where user_id > ? order by user_id limit ?");
    private static final String OF_IDS = from("select user_id, balance, held from account where user_id = any(?)");

    /** Begins a transaction whose statements read many rows; callers wait longer than that. */
    static final String TAKE_LONGER = "set local statement_timeout = '5s'";

    private final Database database;

    AccountSums(Database database) {
        this.database = database;
    }

    /** Of the accounts behind the id, in the order of their ids; so many rows of each kind for each account at most. */
    @Transactional
    List<Sums> after(UUID id, int limit, int rowsMax) {
        database.execute(TAKE_LONGER);
        return database.query(OF_PAGE, AccountSums::read, parameters(rowsMax, id, limit));
    }

    /** The same of these accounts; unknown ones are left out. */
    @Transactional
    List<Sums> of(UUID[] ids, int rowsMax) {
        database.execute(TAKE_LONGER);
        return database.query(OF_IDS, AccountSums::read, parameters(rowsMax, (Object) ids));
    }

    private static String from(String accounts) {
        return SUMS.formatted(
                TransferPart.each("", part -> " " + part.sign() + " " + part + ".amount"),
                TransferPart.each(", ", part -> part + ".row_count"),
                accounts,
                Checkpoints.CLOCKS_DIFFER.toSeconds(),
                TransferPart.each("", part -> PART.formatted(part.of("account.user_id"), part)));
    }

    /** Also of each part of the transfers, and of the holds, so many rows at most. */
    private static Object[] parameters(int rowsMax, Object... accounts) {
        return Stream.of(
                        Stream.of(rowsMax),
                        Arrays.stream(accounts),
                        Collections.nCopies(TransferPart.values().length + 1, rowsMax).stream())
                .flatMap(Function.identity())
                .toArray();
    }

    private static Sums read(ResultSet row) throws SQLException {
        AccountComparison comparison = new AccountComparison(
                Database.uuid(row, "user_id"),
                row.getBigDecimal("balance"),
                row.getBigDecimal("booked"),
                row.getBigDecimal("held"),
                row.getBigDecimal("reserved"));
        return new Sums(comparison, row.getBoolean("checkpoint"), row.getBoolean("whole"));
    }
}
