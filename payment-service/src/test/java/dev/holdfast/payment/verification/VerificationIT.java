package dev.holdfast.payment.verification;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a superuser does to the books beside the service is named with the account and the number. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class VerificationIT {
    private static final Pace UNHURRIED = transfers -> true;
    private static final FullVerification.Progress ON = (user, seal, transfers) -> true;
    private static final VerificationPasses.Place BEGINNING =
            new VerificationPasses.Place(ChainFinding.NO_USER, 0, null);

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Database database;

    @Inject
    FullVerification full;

    @Inject
    RecentVerification recent;

    @Inject
    Chains chains;

    @Inject
    Seals seals;

    @Inject
    ChainFindings findings;

    private UUID user;

    @BeforeEach
    void aUserWithFiveTransfers() {
        user = bank.account("100");
        bank.deposit(user, "20").then().statusCode(200);
        captures.on(List.of(OrderSide.request(user, bank.held(user, "5"), "5")));
        bank.withdraw(user, "1").then().statusCode(200);
        bank.deposit(user, "7").then().statusCode(200);
    }

    static Stream<Arguments> acts() {
        return Stream.of(
                Arguments.of(
                        "TRANSFER_EDITED 3",
                        "update transfer set amount = amount + 1 where version = 3 and id = any(?)"),
                Arguments.of(
                        "TRANSFER_EDITED 1",
                        "update transfer set balance_after = 101 where version = 1 and id = any(?)"),
                Arguments.of(
                        "TRANSFER_EDITED 2", "update transfer set actor = 'nobody' where version = 2 and id = any(?)"),
                Arguments.of(
                        "TRANSFER_EDITED 4",
                        "update transfer set created_at = created_at - interval '1 day' where version = 4 and id = any(?)"),
                Arguments.of(
                        "TRANSFER_EDITED 2",
                        "update transfer set hash = sha256('x') where version = 2 and id = any(?)"),
                Arguments.of("TRANSFER_DELETED 3", "delete from transfer where version = 3 and id = any(?)"),
                Arguments.of("TRANSFER_DELETED 1", "delete from transfer where version <= 2 and id = any(?)"),
                Arguments.of("TRANSFERS_CUT_OFF 5", "delete from transfer where version = 5 and id = any(?)"),
                Arguments.of("TRANSFERS_CUT_OFF 1", "delete from transfer where id = any(?)"),
                Arguments.of(
                        "TRANSFER_INSERTED 0",
                        "insert into transfer (debit_account, credit_account, amount, kind, created_at)"
                                + " select debit_account, credit_account, 3, kind, now() from transfer"
                                + " where version = 1 and id = any(?)"),
                Arguments.of(
                        "TRANSFER_INSERTED 2",
                        "insert into transfer (debit_account, credit_account, amount, kind, created_at, version,"
                                + " balance_after, hash) select debit_account, credit_account, 3, kind, now(), 2,"
                                + " balance_after, hash from transfer where version = 2 and id = any(?)"),
                Arguments.of("CHAIN_HEAD_CHANGED 5", "update account set head = sha256('x') where user_id = ?"),
                Arguments.of("CHAIN_HEAD_CHANGED 4", "update account set version = 4 where user_id = ?"),
                Arguments.of("CHAIN_HEAD_CHANGED 5", "update account set booked = booked + 1 where user_id = ?"),
                Arguments.of("CHAIN_HEAD_CHANGED 5", "update account set version = null where user_id = ?"),
                Arguments.of("TRANSFERS_CUT_OFF 6", "update account set version = 6 where user_id = ?"));
    }

    @ParameterizedTest
    @MethodSource("acts")
    void namesWhatWasDone(String expected, String act) throws SQLException {
        assertThat(whole()).isEmpty();
        // Without triggers, as whoever covers tracks does it.
        try (Connection connection = Administrator.open()) {
            Administrator.first(connection, "set session_replication_role = replica");
            UUID[] ids = database.query(
                            "select id from transfer where ? in (debit_account, credit_account)",
                            row -> Database.uuid(row, "id"),
                            user)
                    .toArray(UUID[]::new);
            Object parameter = act.contains("any(?)") ? connection.createArrayOf("uuid", ids) : user;
            Administrator.first(connection, act, parameter);
        }
        assertThat(found(whole())).containsExactly(expected);
        recent.run(null, UNHURRIED);
        assertThat(found(findings.of(List.of(user))))
                .as("by the pass over what is recent")
                .contains(expected);
        assertThat(full.run(BEGINNING, ON)).isTrue();
        assertThat(found(findings.of(List.of(user))))
                .as("by the pass over everything")
                .contains(expected);
        JsonPath told = bank.post("/internal/reconciliation/accounts/by-id", "{\"ids\": [\"" + user + "\"]}")
                .jsonPath();
        assertThat(told.getList("tampered.kind", String.class)).contains(expected.substring(0, expected.indexOf(' ')));
        assertThat(bank.post("/internal/reconciliation/orders/recent", "{\"seconds\": 1, \"limit\": 1000}")
                        .jsonPath()
                        .getList("user_ids", String.class))
                .contains(user.toString());
    }

    @Test
    void closesWhatWasMended() {
        Administrator.run("update account set booked = booked + 1 where user_id = ?", user);
        recent.run(null, UNHURRIED);
        assertThat(found(findings.of(List.of(user)))).containsExactly("CHAIN_HEAD_CHANGED 5");
        Administrator.run("update account set booked = booked - 1 where user_id = ?", user);
        recent.run(null, UNHURRIED);
        assertThat(findings.of(List.of(user))).isEmpty();
    }

    @Test
    void namesWhoeverRewritesAChainWholeByItsSeal() {
        // What other tests have left broken is sealed anew.
        Administrator.run("delete from seal");
        Administrator.run(
                "update chain_finding set closed_at = now() where kind = 'SEAL_BROKEN' and closed_at is null");
        Seal seal = sealed();
        full.run(BEGINNING, ON);
        assertThat(broken(seal.number())).isFalse();
        JsonPath check = check(seal);
        assertThat(check.getBoolean("known")).isTrue();
        assertThat(check.getBoolean("unbroken")).isTrue();
        assertThat(given().get("/admin/seals?limit=1").jsonPath().getString("digest[0]"))
                .isEqualTo(seal.digest());

        Administrator.run("""
                with recursive edited as (
                    select *, account_of(debit_account, credit_account) as owner,
                           case when version = 2 then amount - 1 else amount end as new_amount from transfer
                     where account_of(debit_account, credit_account) = ?),
                summed as (
                    select *, sum(case when owner = credit_account then new_amount else -new_amount end)
                               over (order by version) as new_sum from edited),
                chained as (
                    select id, version, new_amount, new_sum,
                           transfer_hash('', id, kind, debit_account, credit_account, new_amount, order_id, refund_id, version,
                                         new_sum, created_at, actor, actor_digest) as new_hash
                      from summed where version = 1
                    union all
                    select summed.id, summed.version, summed.new_amount, summed.new_sum,
                           transfer_hash(chained.new_hash, summed.id, kind, debit_account, credit_account,
                                         summed.new_amount, order_id, refund_id, summed.version, summed.new_sum, created_at, actor,
                                         actor_digest)
                      from chained join summed on summed.version = chained.version + 1),
                headed as (
                    update account set (booked, head) =
                        (select new_sum, new_hash from chained order by version desc limit 1)
                     where user_id = ?)
                update transfer set amount = new_amount, balance_after = new_sum, hash = new_hash
                  from chained where chained.id = transfer.id
                """, user, user);
        assertThat(whole()).as("by the chain alone").isEmpty();
        full.run(BEGINNING, ON);
        assertThat(broken(seal.number())).isTrue();
        assertThat(check(seal).getBoolean("unbroken")).isFalse();
        assertThat(bank.post("/internal/reconciliation/accounts", "{\"limit\": 1}")
                        .jsonPath()
                        .getList("tampered.kind", String.class))
                .contains("SEAL_BROKEN");
        assertThat(given().get("/admin/seals/check?number=1&digest=" + "0".repeat(64))
                        .jsonPath()
                        .getBoolean("known"))
                .isFalse();
        for (String wrong :
                List.of("number=1", "digest=" + "0".repeat(64), "number=1&digest=12", "number=x&digest=12")) {
            assertThat(given().get("/admin/seals/check?" + wrong).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void sealsOnlyWhatIsNewAndOneAfterAnother() {
        Seal first = sealed();
        bank.deposit(user, "1").then().statusCode(200);
        bank.deposit(user, "2").then().statusCode(200);
        Seal second = sealed();
        assertThat(second.number()).isEqualTo(first.number() + 1);
        assertThat(second.transfers()).isGreaterThanOrEqualTo(2);
        assertThat(seals.sealNext(Duration.ofHours(1), UNHURRIED)).as("not due").isEmpty();
    }

    @Test
    void namesATransferOfAnAccountThatIsNotThere() throws SQLException {
        UUID nobody = UUID.randomUUID();
        Administrator.run(
                "insert into transfer (debit_account, credit_account, amount, kind, created_at)"
                        + " values ('00000000-0000-0000-0000-000000000001', ?, 3, 'DEPOSIT', now())",
                nobody);
        sealed();
        full.run(BEGINNING, ON);
        assertThat(found(findings.of(List.of(nobody)))).containsExactly("TRANSFER_INSERTED 0");
        Administrator.run("delete from transfer where credit_account = ?", nobody);
    }

    private List<ChainFinding> whole() {
        return Objects.requireNonNull(chains.whole(user, UNHURRIED)).findings();
    }

    private Seal sealed() {
        Seal[] seal = {null};
        // The mark counts once those who wrote before it have ended.
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            bank.deposit(user, "1").then().statusCode(200);
            seal[0] = seals.sealNext(Duration.ZERO, UNHURRIED).orElse(null);
            return seal[0] != null
                    && database.only(
                            "select count(*) from transfer where id <= ? and credit_account = ?",
                            row -> row.getInt(1) >= 4,
                            seal[0].lastTransfer(),
                            user);
        });
        return seal[0];
    }

    private boolean broken(long number) {
        return findings.of(List.of(ChainFinding.NO_USER)).stream()
                .anyMatch(finding -> finding.kind() == FindingKind.SEAL_BROKEN && finding.version() == number);
    }

    private static JsonPath check(Seal seal) {
        return given().get("/admin/seals/check?number=" + seal.number() + "&digest=" + seal.digest())
                .jsonPath();
    }

    private static List<String> found(List<ChainFinding> findings) {
        return findings.stream()
                .map(finding -> finding.kind() + " " + finding.version())
                .toList();
    }
}
