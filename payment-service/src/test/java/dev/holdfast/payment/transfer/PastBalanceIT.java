package dev.holdfast.payment.transfer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class PastBalanceIT {
    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Database database;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void tellsWhatTheBalanceWasWithEachTransferAndAtItsMoment() {
        UUID user = bank.account("100");
        for (int i = 0; i < 70; i++) {
            bank.deposit(user, "1").then().statusCode(200);
        }
        UUID order = bank.held(user, "4");
        captures.on(List.of(OrderSide.request(user, order, "4")));
        bank.withdraw(user, "66").then().statusCode(200);

        JsonPath lines =
                given().get("/accounts/" + user + "/transfers?limit=200").jsonPath();
        List<Integer> versions = lines.getList("version");
        assertThat(versions).hasSize(73);
        for (int i = 0; i < versions.size(); i++) {
            Instant at = Instant.parse(lines.getString("created_at[" + i + "]"));
            JsonPath with = then(user, "version=" + versions.get(i));
            assertThat(with.getFloat("balance")).isEqualTo(lines.getFloat("balance_after[" + i + "]"));
            assertThat(Instant.parse(with.getString("at"))).isEqualTo(at);
            assertThat(then(user, "at=" + at).getInt("version")).isEqualTo(versions.get(i));
            JsonPath before = then(user, "at=" + at.minus(1, ChronoUnit.MICROS));
            assertThat(before.getInt("version")).isEqualTo(versions.get(i) - 1);
        }
        assertThat(then(user, "version=73").getFloat("balance")).isEqualTo(100f);
        JsonPath beforeAll = then(user, "version=0");
        assertThat(beforeAll.getFloat("balance")).isZero();
        assertThat(then(user, "at=" + beforeAll.getString("at")).getInt("version"))
                .isZero();
    }

    @Test
    void refusesWhatIsStillToComeBothAtOnceAndWhatWasBeforeTheAccount() {
        UUID user = bank.account("1");
        assertThat(code(user, "at=" + Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MICROS), 400))
                .isEqualTo("validation_failed");
        assertThat(code(user, "at=2026-01-31T12:00:00Z&version=1", 400)).isEqualTo("validation_failed");
        assertThat(code(user, "at=yesterday", 400)).isEqualTo("validation_failed");
        for (String wrong : List.of("-1", "01", "1.0", "a", "1000000000000000")) {
            assertThat(code(user, "version=" + wrong, 400)).as(wrong).isEqualTo("validation_failed");
        }
        assertThat(code(user, "at=2020-01-31T12:00:00Z", 404)).isEqualTo("account_not_found");
        assertThat(code(user, "version=2", 404)).isEqualTo("version_not_found");
        assertThat(code(user, "version=999999999999999", 404)).isEqualTo("version_not_found");
        assertThat(code(UUID.randomUUID(), "version=0", 404)).isEqualTo("account_not_found");
        assertThat(code(UUID.randomUUID(), "at=" + now(), 404)).isEqualTo("account_not_found");
    }

    @Test
    void answersTheSameForEverAlsoAboutAMomentInWhichMoneyMoves() throws Exception {
        UUID user = bank.account("1000");
        record Answer(Instant at, int version, float balance) {}
        List<List<Answer>> answers = Parallel.run(6, client -> {
            List<Answer> told = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                if (client % 2 == 0) {
                    bank.post("/accounts/" + user + "/deposit", "{\"amount\": 1}");
                } else {
                    Instant at = now();
                    Response answer = Bank.patiently(() -> given().get("/accounts/" + user + "?at=" + at));
                    answer.then().statusCode(200);
                    told.add(new Answer(
                            at,
                            answer.jsonPath().getInt("version"),
                            answer.jsonPath().getFloat("balance")));
                }
            }
            return told;
        });
        List<Answer> all = answers.stream().flatMap(List::stream).toList();
        assertThat(all).hasSize(75);
        assertThat(all.stream().map(Answer::version).distinct().count()).isGreaterThan(3);
        for (Answer answer : all) {
            JsonPath again = then(user, "at=" + answer.at);
            assertThat(new Answer(answer.at, again.getInt("version"), again.getFloat("balance")))
                    .isEqualTo(answer);
        }
    }

    @Test
    void waitsForATransferWhoseMomentIsOverAndWhichIsNotCommitted() throws Exception {
        UUID user = bank.account("5");
        try (AutoCloseable lock = bank.lock(List.of(user))) {
            given().get("/accounts/" + user + "?at=" + now()).then().statusCode(503);
            // What is older than any transaction needs no lock.
            given().get("/accounts/" + user + "?version=1").then().statusCode(200);
        }
        given().get("/accounts/" + user + "?at=" + now()).then().statusCode(200);
    }

    private Instant now() {
        return database.only(
                "select clock_timestamp()", row -> row.getTimestamp(1).toInstant());
    }

    private static JsonPath then(UUID user, String when) {
        Response answer = given().get("/accounts/" + user + "?" + when);
        assertThat(answer.statusCode()).as(when).isEqualTo(200);
        return answer.jsonPath();
    }

    private static String code(UUID user, String when, int status) {
        Response answer = given().get("/accounts/" + user + "?" + when);
        assertThat(answer.statusCode()).as(when).isEqualTo(status);
        return answer.jsonPath().getString("code");
    }
}
