package dev.holdfast.payment.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.payment.transfer.SettledTransfers;
import dev.holdfast.payment.transfer.Statements;
import dev.holdfast.payment.transfer.TransferKind;
import dev.holdfast.payment.transfer.TransferView;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Accounts that have more transfers than one statement may read. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class ManyTransfersIT {
    private static final int MANY = 250_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String INSERT = """
            insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
            select case when kind = 'DEPOSIT' or n % 100 = 10 then '00000000-0000-0000-0000-000000000001' else ?::uuid end,
                   case when kind = 'DEPOSIT' or n % 100 = 10 then ?::uuid
                        when kind in ('WITHDRAWAL', 'ADJUSTMENT') then '00000000-0000-0000-0000-000000000001'
                             else '00000000-0000-0000-0000-000000000002' end,
                   1, kind, case kind when 'CAPTURE' then gen_random_uuid() end, now() - n * ?::interval
              from (select n, case n % 50 when 0 then 'CAPTURE' when 25 then 'WITHDRAWAL' when 10 then 'ADJUSTMENT'
                                            else 'DEPOSIT' end as kind
                      from generate_series(1, ?) as n order by n desc) as moved
            """;

    @Inject
    Bank bank;

    @Inject
    Database database;

    @Inject
    DataSource dataSource;

    @Inject
    AccountChecks checks;

    @Inject
    Checkpoints checkpoints;

    @Inject
    SettledTransfers settled;

    @Inject
    Statements statements;

    @Test
    void readsNoMoreRowsHoweverManyTransfersAnAccountHas() throws Exception {
        UUID user = accountOf(MANY, "1 second");
        awaitVerified(user);
        long before = rowsRead();

        AccountChecks.Checked checked = checks.of(List.of(user));

        assertThat(checked.differing()).isEmpty();
        assertThat(checked.unverified()).isEmpty();
        // What is new, and one slice of the walk through what is old.
        assertThat(rowsRead() - before).isBetween(1L, 5_000L);
    }

    @Test
    void aPageOfTheStatementReadsNoMoreRowsThanItShowsAtAnyDepth() throws Exception {
        UUID user = accountOf(20_000, "1 second");
        @Nullable Cursor cursor = null;
        for (int depth = 0; depth < 3; depth++) {
            long before = rowsRead();
            Page<TransferView> page = statements
                    .page(user, TimeRange.of(null, null), new PageLimit(PageLimit.MAX), cursor)
                    .orElseThrow();
            assertThat(page.rows())
                    .extracting(TransferView::kind)
                    .hasSize(PageLimit.MAX)
                    .contains(
                            TransferKind.DEPOSIT,
                            TransferKind.CAPTURE,
                            TransferKind.WITHDRAWAL,
                            TransferKind.ADJUSTMENT);
            // One more tells that there is a next page, and one of each other part which of them goes on.
            assertThat(rowsRead() - before).isBetween(PageLimit.MAX + 1L, PageLimit.MAX + 5L);
            cursor = page.next();
        }
    }

    @Test
    void theFirstLookAtAnAccountIsBoundedTooAndSaysThatItIsNotComplete() throws Exception {
        UUID user = accountOf(20_000, "1 second");
        long before = rowsRead();
        AccountSums.Sums sums = new AccountSums(database)
                .of(new UUID[] {user}, AccountChecks.ROWS_MAX)
                .getFirst();
        assertThat(sums.whole()).isFalse();
        assertThat(rowsRead() - before).isBetween(1_000L, 2_300L);
        awaitVerified(user);
    }

    @Test
    void findsABalanceThatDiffersAtOnceAndForgetsItOnceItIsMended() throws Exception {
        UUID user = accountOf(50_000, "1 second");
        awaitVerified(user);

        database.update("update account set balance = balance + 0.01 where user_id = ?", user);
        List<AccountComparison> differing = checks.of(List.of(user)).differing();
        assertThat(differing).hasSize(1);
        assertThat(differing.getFirst().balance().subtract(differing.getFirst().booked()))
                .isEqualByComparingTo("0.01");

        database.update("update account set balance = balance - 0.01 where user_id = ?", user);
        assertThat(checks.of(List.of(user)).differing()).isEmpty();
    }

    @Test
    void findsAnOldTransferThatWasChangedBehindTheCheckpoint() throws Exception {
        UUID user = accountOf(30_000, "1 second");
        awaitVerified(user);
        try {
            Administrator.run("""
                    update transfer set amount = 1.5 where id = (
                        select id from transfer where credit_account = ? and kind = 'DEPOSIT'
                         order by created_at, id offset 7 limit 1)
                    """, user);
            await().atMost(LIMIT)
                    .untilAsserted(() ->
                            assertThat(checks.of(List.of(user)).differing()).hasSize(1));
        } finally {
            Administrator.run("update transfer set amount = 1 where credit_account = ? and amount = 1.5", user);
        }
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(checks.of(List.of(user)).differing()).isEmpty());
    }

    @Test
    void neverMovesBeyondATransferThatMayStillBeCommitted() throws Exception {
        UUID user = accountOf(5_000, "1 second");
        awaitVerified(user);
        try (Connection slow = dataSource.getConnection()) {
            slow.setAutoCommit(false);
            // As every change of money does it: the account first, the transfer second. Its id and its time are early.
            try (PreparedStatement deposit = slow.prepareStatement("""
                    with credited as (update account set balance = balance + 3 where user_id = ? returning user_id)
                    insert into transfer (debit_account, credit_account, amount, kind, created_at)
                    select '00000000-0000-0000-0000-000000000001', user_id, 3, 'DEPOSIT', now() - interval '30 seconds'
                      from credited
                    """)) {
                deposit.setObject(1, user);
                assertThat(deposit.executeUpdate()).isEqualTo(1);
            }
            UUID before = settled.mark().orElseThrow();
            for (int i = 0; i < 5; i++) {
                AccountChecks.Checked checked = checks.of(List.of(user));
                assertThat(checked.differing()).isEmpty();
                checkpoints.advance(user, settled.mark().orElseThrow());
                assertThat(settled.mark()).contains(before);
            }
            slow.commit();
            slow.setAutoCommit(true);
        }
        assertThat(settled.mark()).isPresent();
        while (checkpoints.advance(user, settled.mark().orElseThrow())) {
            // Until it is there.
        }
        AccountChecks.Checked checked = checks.of(List.of(user));
        assertThat(checked.differing()).isEmpty();
        assertThat(checked.unverified()).isEmpty();
    }

    @Test
    void aTransferWhoseTimeIsFarBehindIsFoundByTheWalk() throws Exception {
        UUID user = accountOf(5_000, "1 second");
        awaitVerified(user);
        // By a replica whose clock is an hour slow.
        database.update("""
                with credited as (update account set balance = balance + 3 where user_id = ? returning user_id)
                insert into transfer (debit_account, credit_account, amount, kind, created_at)
                select ?, user_id, 3, 'DEPOSIT', now() - interval '1 hour' from credited
                """, user, OutsideAccounts.FUNDING);
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(checks.of(List.of(user)).differing()).isEmpty());
        assertThat(checks.of(List.of(user)).unverified()).isEmpty();
    }

    @Test
    void whatAReplicaOfTheVersionBeforeWithdrawalsSummedUpIsCorrectedByTheWalk() throws Exception {
        UUID user = accountOf(30_000, "1 second");
        awaitVerified(user);
        database.update("""
                update account_checkpoint as c set booked = booked +
                       (select sum(amount) from transfer
                         where debit_account = c.user_id and kind = 'WITHDRAWAL' and id <= c.mark)
                 where user_id = ?
                """, user);
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(checks.of(List.of(user)).differing()).isEmpty());
        assertThat(checks.of(List.of(user)).unverified()).isEmpty();
    }

    @Test
    void manyPassesAtOnceWhileMoneyMovesNeitherMissNorCountATransferTwice() throws Exception {
        UUID user = accountOf(20_000, "0 seconds");
        AtomicBoolean done = new AtomicBoolean();
        Thread depositor = Thread.ofVirtual().start(() -> {
            while (!done.get()) {
                bank.deposit(user, "1").then().statusCode(200);
                bank.withdraw(user, "0.5").then().statusCode(200);
            }
        });
        try {
            awaitVerified(user);
            // Fewer at once than the pool has connections: none is turned away for want of one.
            for (int round = 0; round < 10; round++) {
                List<Integer> differing = Parallel.run(
                        10, pass -> checks.of(List.of(user)).differing().size());
                assertThat(differing).containsOnly(0);
            }
        } finally {
            done.set(true);
            depositor.join();
        }
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(settled.mark().map(mark -> checkpoints.advance(user, mark)))
                        .contains(false));
        assertThat(checks.of(List.of(user)).differing()).isEmpty();
        BigDecimal sum = database.first("""
                select booked - (select sum(case when credit_account = c.user_id then amount else -amount end)
                                   from transfer
                                  where c.user_id in (credit_account, debit_account) and id <= c.mark)
                  from account_checkpoint c where user_id = ?
                """, row -> row.getBigDecimal(1), user).orElseThrow();
        assertThat(sum).isEqualByComparingTo("0");
    }

    @Test
    void aWalkThatWasCutOffGoesOnWhereItsLastSliceWasCommitted() throws Exception {
        UUID user = accountOf(30_000, "1 second");
        await().atMost(LIMIT).until(() -> settled.mark().isPresent());
        checkpoints.create(user, settled.mark().orElseThrow());
        assertThat(checkpoints.walk(user)).isEqualTo(Checkpoints.Walked.ON);
        // Another replica, which knows nothing but the row.
        Checkpoints other = new Checkpoints(database);
        Checkpoints.Walked walked = other.walk(user);
        while (walked == Checkpoints.Walked.ON) {
            walked = checkpoints.walk(user);
        }
        assertThat(walked).isEqualTo(Checkpoints.Walked.TO_THE_END);
        assertThat(checks.of(List.of(user)).differing()).isEmpty();
        assertThat(checks.of(List.of(user)).unverified()).isEmpty();
    }

    @Test
    void delaysNoPaymentOfTheAccountAndIsDelayedByNone() throws Exception {
        UUID user = accountOf(5_000, "1 second");
        awaitVerified(user);
        try (Connection paying = dataSource.getConnection()) {
            paying.setAutoCommit(false);
            try (PreparedStatement lock =
                    paying.prepareStatement("select 1 from account where user_id = ? for update")) {
                lock.setObject(1, user);
                lock.execute();
            }
            Instant start = Instant.now();
            assertThat(checks.of(List.of(user)).unverified()).isEmpty();
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(1));
            paying.rollback();
            paying.setAutoCommit(true);
        }
    }

    @Test
    void accountsOfFewTransfersGetNoCheckpoint() {
        UUID user = bank.account("10");
        assertThat(checks.of(List.of(user)).differing()).isEmpty();
        assertThat(database.first("select 1 from account_checkpoint where user_id = ?", row -> row.getInt(1), user))
                .isEmpty();
    }

    @Test
    void sumsUpManyOpenHolds() {
        UUID user = bank.account("5000");
        database.update("""
                insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                select uuidv7(), ?, 1, 'HELD', now() + interval '1 hour', now(), now() from generate_series(1, 3000)
                """, user);
        database.update("update account set held = 3000 where user_id = ?", user);
        awaitVerified(user);
        database.update("update account set held = 2999 where user_id = ?", user);
        assertThat(checks.of(List.of(user)).differing()).hasSize(1);
        database.update("update account set held = 3000 where user_id = ?", user);
    }

    /** With so many transfers, one each interval, up to now: of fifty a capture and a withdrawal, and a balance that fits. */
    private UUID accountOf(int transfers, String interval) throws SQLException {
        UUID user = bank.account("100");
        // Without numbers, which many transfers of one account in one transaction get slowly.
        try (Connection connection = Administrator.open();
                Statement settings = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            settings.execute("set session_replication_role = replica");
            insert.setObject(1, user);
            insert.setObject(2, user);
            insert.setString(3, interval);
            insert.setInt(4, transfers);
            insert.executeUpdate();
        }
        database.update(
                "update account set balance = balance + ? where user_id = ?",
                transfers - 2 * (transfers / 50 + (transfers + 25) / 50 + (transfers + 40) / 100),
                user);
        return user;
    }

    private void awaitVerified(UUID user) {
        await().atMost(LIMIT).untilAsserted(() -> {
            AccountChecks.Checked checked = checks.of(List.of(user));
            assertThat(checked.differing()).isEmpty();
            assertThat(checked.unverified()).isEmpty();
        });
    }

    /** Transfers read by index since the server began, once the sessions of the pool have told. */
    private long rowsRead() throws SQLException {
        List<Connection> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Connection session = dataSource.getConnection();
                sessions.add(session);
                try (Statement flush = session.createStatement()) {
                    flush.execute("select pg_stat_force_next_flush()");
                }
            }
        } finally {
            for (Connection session : sessions) {
                session.close();
            }
        }
        return database.first(
                        "select idx_tup_fetch + seq_tup_read from pg_stat_user_tables where relname = 'transfer'",
                        row -> row.getLong(1))
                .orElseThrow();
    }
}
