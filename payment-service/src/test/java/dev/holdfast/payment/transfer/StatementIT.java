package dev.holdfast.payment.transfer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class StatementIT {
    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void pagesFromTheNewestToTheOldestWithoutGapsWhileMoneyMoves() {
        UUID user = bank.account("0");
        for (int i = 1; i <= 12; i++) {
            bank.deposit(user, "0.0" + (1 + i % 9)).then().statusCode(200);
        }
        List<String> ids = new ArrayList<>();
        List<String> times = new ArrayList<>();
        @Nullable String path = "/accounts/" + user + "/transfers?limit=5";
        int pages = 0;
        while (path != null) {
            Response page = given().urlEncodingEnabled(false).get(path);
            assertThat(page.statusCode()).isEqualTo(200);
            ids.addAll(page.jsonPath().getList("id"));
            times.addAll(page.jsonPath().getList("created_at"));
            String link = page.header("Link");
            path = link == null ? null : link.substring(1, link.indexOf('>'));
            bank.deposit(user, "1").then().statusCode(200);
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(new HashSet<>(ids)).hasSize(12).hasSameSizeAs(ids);
        assertThat(times).isSortedAccordingTo(Collections.reverseOrder());
    }

    @Test
    void showsWhatCameInAndWentOut() {
        UUID user = bank.account("25.5");
        Response page = given().get("/accounts/" + user + "/transfers");
        assertThat(page.asString()).contains("\"kind\":\"DEPOSIT\"", "\"amount\":25.50", "\"order_id\":null");
        assertThat(page.header("Link")).isNull();
    }

    @Test
    void showsWithdrawalsAmongAllElseInTheOrderInWhichItMovedPageByPage() {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "4");
        captures.on(List.of(OrderSide.request(user, order, "4")));
        bank.withdraw(user, "30").then().statusCode(200);
        bank.refund(user, order).then().statusCode(200);
        bank.withdraw(user, "70").then().statusCode(200);
        bank.deposit(user, "1").then().statusCode(200);

        List<String> kinds = new ArrayList<>();
        List<Float> amounts = new ArrayList<>();
        List<@Nullable String> orders = new ArrayList<>();
        @Nullable String path = "/accounts/" + user + "/transfers?limit=1";
        while (path != null) {
            Response page = given().urlEncodingEnabled(false).get(path);
            kinds.addAll(page.jsonPath().getList("kind"));
            amounts.addAll(page.jsonPath().getList("amount"));
            orders.addAll(page.jsonPath().getList("order_id"));
            String link = page.header("Link");
            path = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(kinds).containsExactly("DEPOSIT", "WITHDRAWAL", "REFUND", "WITHDRAWAL", "CAPTURE", "DEPOSIT");
        assertThat(amounts).containsExactly(1f, 70f, 4f, 30f, 4f, 100f);
        assertThat(orders).containsExactly(null, null, order.toString(), null, order.toString(), null);
    }

    @Test
    void showsTheTransfersOfATimePageByPage() {
        UUID user = bank.account("1");
        for (int i = 2; i <= 9; i++) {
            bank.deposit(user, "1").then().statusCode(200);
        }
        List<String> times =
                given().get("/accounts/" + user + "/transfers").jsonPath().getList("created_at");
        // The newest is first: those of the numbers 3 to 7.
        String range = "from=" + times.get(6) + "&to=" + times.get(1);
        List<Integer> versions = new ArrayList<>();
        @Nullable String path = "/accounts/" + user + "/transfers?limit=2&" + range;
        while (path != null) {
            Response page = given().urlEncodingEnabled(false).get(path);
            versions.addAll(page.jsonPath().getList("version"));
            String link = page.header("Link");
            path = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(versions).containsExactly(7, 6, 5, 4, 3);
        assertThat(given().get("/accounts/" + user + "/transfers?from=" + times.get(1) + "&to=" + times.get(6))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void isEmptyForANewAccountAndMissingWithoutOne() {
        assertThat(given().get("/accounts/" + bank.account("0") + "/transfers").asString())
                .isEqualTo("[]");
        assertThat(given().get("/accounts/" + UUID.randomUUID() + "/transfers").statusCode())
                .isEqualTo(404);
    }
}
