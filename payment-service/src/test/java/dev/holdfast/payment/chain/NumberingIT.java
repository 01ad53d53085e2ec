package dev.holdfast.payment.chain;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.account.OutsideAccounts;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever writes a transfer, and however many at once: each gets the next number of its account, and the next hash. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class NumberingIT {
    /** The capture of the version before, with the same order of tables. */
    private static final String CAPTURE_OF_BEFORE = """
            with captured as (
                update hold set status = 'CAPTURED', updated_at = statement_timestamp() where order_id = any(?)),
            booked as (
                insert into transfer (debit_account, credit_account, amount, kind, order_id, actor, created_at)
                select user_id, ?, amount, 'CAPTURE', order_id, 'order-service', statement_timestamp()
                  from unnest(?::uuid[], ?::numeric[], ?::uuid[]) as capture (user_id, amount, order_id))
            update account
               set balance = (?::numeric[])[array_position(?::uuid[], user_id)],
                   held = (?::numeric[])[array_position(?::uuid[], user_id)],
                   updated_at = statement_timestamp()
             where user_id = any(?)
            """;

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Chains chains;

    @Inject
    Numbering numbering;

    @Inject
    Database database;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void numbersEachKindOfTransfer() {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "4");
        captures.on(List.of(OrderSide.request(user, order, "4")));
        bank.refund(user, order).then().statusCode(200);
        bank.withdraw(user, "30.5").then().statusCode(200);
        for (String direction : List.of("CREDIT", "DEBIT")) {
            String id = bank.propose(user, direction, "0.25", "anna").jsonPath().getString("id");
            bank.approve(id, "bert").then().statusCode(200);
        }
        var lines = given().get("/accounts/" + user + "/transfers").jsonPath();
        assertThat(lines.getList("version", Integer.class)).containsExactly(6, 5, 4, 3, 2, 1);
        assertThat(lines.getList("change", Float.class)).containsExactly(-0.25f, 0.25f, -30.5f, 4.0f, -4.0f, 100.0f);
        assertThat(lines.getList("balance_after", Float.class))
                .containsExactly(69.5f, 69.75f, 69.5f, 100.0f, 96.0f, 100.0f);
        chains.assertWhole(List.of(user));
    }

    @Test
    void numbersBatchesThatShareAccountsWhileMoneyComesIn() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        Random random = new Random(seed);
        List<UUID> users = Stream.generate(() -> bank.account("1000")).limit(5).toList();
        List<PaymentRequested> requests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            UUID user = users.get(random.nextInt(users.size()));
            requests.add(OrderSide.request(user, bank.held(user, "1"), "1"));
        }
        Collections.shuffle(requests, random);
        List<Runnable> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            List<PaymentRequested> mine = new ArrayList<>(requests.subList(writer * 50, writer * 50 + 50));
            writers.add(() -> {
                while (!mine.isEmpty()) {
                    List<PaymentRequested> batch = mine.subList(0, Math.min(16, mine.size()));
                    var leftOut = captures.on(List.copyOf(batch));
                    batch.removeIf(request -> !leftOut.contains(request.eventId()));
                }
            });
        }
        writers.add(() -> IntStream.range(0, 50)
                .forEach(i -> Bank.patiently(() -> bank.deposit(users.get(i % users.size()), "1"))
                        .then()
                        .statusCode(200)));
        Parallel.run(writers.size(), writer -> {
            writers.get(writer).run();
            return writer;
        });
        chains.assertWhole(users);
        int captured = database.only(
                "select count(*) from transfer where debit_account = any(?) and kind = 'CAPTURE'",
                row -> row.getInt(1),
                (Object) users.toArray(UUID[]::new));
        assertThat(captured).as("captures, seed " + seed).isEqualTo(200);
    }

    @Test
    void numbersWhatAReplicaOfTheVersionBeforeCapturesAlsoManyOfOneAccount() {
        List<UUID> users = List.of(bank.account("100"), bank.account("100"));
        List<UUID> payers = new ArrayList<>();
        List<UUID> orders = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            UUID user = users.get(i % 3 == 0 ? 1 : 0);
            payers.add(user);
            orders.add(bank.held(user, "2"));
        }
        BigDecimal[] balances = {new BigDecimal(88), new BigDecimal(94)};
        BigDecimal[] held = {BigDecimal.ZERO, BigDecimal.ZERO};
        UUID[] userIds = users.toArray(UUID[]::new);
        database.update(
                CAPTURE_OF_BEFORE,
                orders.toArray(UUID[]::new),
                OutsideAccounts.REVENUE,
                payers.toArray(UUID[]::new),
                Collections.nCopies(9, new BigDecimal(2)).toArray(BigDecimal[]::new),
                orders.toArray(UUID[]::new),
                balances,
                userIds,
                held,
                userIds,
                userIds);
        chains.assertWhole(users);
        UUID next = bank.held(users.getFirst(), "1");
        captures.on(List.of(OrderSide.request(users.getFirst(), next, "1")));
        chains.assertWhole(users);
    }

    @Test
    void numbersTheTransfersThatWereThereBeforeThisVersionWhileNewOnesCome() {
        UUID user = UUID.randomUUID();
        Administrator.run("alter table transfer disable trigger transfer_is_numbered");
        try {
            given().post("/accounts/" + user).then().statusCode(201);
            bank.deposit(user, "2000").then().statusCode(200);
            Administrator.run("""
                    with paid as (
                        insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)
                        select user_id, '00000000-0000-0000-0000-000000000002', 0.5, 'CAPTURE', uuidv7(),
                               now() + number * interval '1 microsecond'
                          from account, generate_series(1, 2500) as number where user_id = ? returning order_id),
                    kept as (
                        insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                        select order_id, ?, 0.5, 'CAPTURED', now(), now(), now() from paid)
                    update account set balance = balance - 1250 where user_id = ?
                    """, user, user, user);
            assertThat(version(user)).isEqualTo(-1);
        } finally {
            Administrator.run("alter table transfer enable trigger transfer_is_numbered");
        }
        given().get("/accounts/" + user + "?version=1").then().statusCode(503);
        bank.deposit(user, "1").then().statusCode(200);
        assertThat(given().get("/accounts/" + user + "/transfers?limit=1")
                        .jsonPath()
                        .getList("version", Integer.class))
                .as("a new transfer of an account that is not numbered yet")
                .containsOnlyNulls();
        UUID order = bank.held(user, "3");
        captures.on(List.of(OrderSide.request(user, order, "3")));

        Administrator.run("update numbering_pass set done = false, last_user = '00000000-0000-0000-0000-000000000000'");
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            Numbering.Batch batch = numbering.next();
            bank.deposit(user, "1").then().statusCode(200);
            return batch == Numbering.Batch.DONE;
        });
        bank.deposit(user, "1").then().statusCode(200);
        chains.assertWhole(List.of(user));
        assertThat(version(user)).isGreaterThan(2503L);
        given().get("/accounts/" + user + "?version=2501").then().statusCode(200);
    }

    @Test
    void datesATransferBehindTheOneBeforeAlsoWhenTheClockWasSetBack() {
        UUID user = bank.account("10");
        Administrator.run("""
                update account set booked_at = booked_at + interval '1 hour' where user_id = ?
                """, user);
        Administrator.run("""
                update transfer set created_at = created_at + interval '1 hour',
                       hash = transfer_hash('', id, kind, debit_account, credit_account, amount, order_id, refund_id, version,
                                            balance_after, created_at + interval '1 hour', actor, actor_digest)
                 where credit_account = ?
                """, user);
        Administrator.run(
                "update account set head = (select hash from transfer where credit_account = user_id)"
                        + " where user_id = ?",
                user);
        bank.deposit(user, "1").then().statusCode(200);
        captures.on(List.of(OrderSide.request(user, bank.held(user, "3"), "3")));
        chains.assertWhole(List.of(user));
    }

    private long version(UUID user) {
        return database.only(
                "select coalesce(version, -1) from account where user_id = ?", row -> row.getLong(1), user);
    }
}
