package dev.holdfast.payment.account;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AllAccountsIT {
    private static final String URL = "/admin/accounts";

    @Inject
    Bank bank;

    @Test
    void pagesThroughAllNewestFirstWhileOthersAreOpened() {
        List<UUID> opened = opened(7);
        Instant from = openedAt(opened.getFirst());
        List<UUID> seen = new ArrayList<>();
        @Nullable String page = URL + "?limit=3&from=" + from;
        int pages = 0;
        while (page != null) {
            Response answer = given().urlEncodingEnabled(false).get(page);
            seen.addAll(users(answer));
            page = next(answer);
            bank.account("0");
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(seen).isEqualTo(opened.reversed());
        assertThat(given().get(URL).jsonPath().getList("")).hasSizeBetween(10, 50);
    }

    @Test
    void fromIsTheFirstMomentAndToTheFirstThatIsNotMeant() {
        List<UUID> opened = opened(4);
        Instant second = openedAt(opened.get(1));
        Instant last = openedAt(opened.get(3));
        assertThat(users(given().get(URL + "?from=" + second + "&to=" + last)))
                .containsExactly(opened.get(2), opened.get(1));
        assertThat(users(given().get(URL + "?from=" + second + "&to=" + second)))
                .isEmpty();
        assertThat(users(given().get(URL + "?held_only=false&from=" + last + "&to=" + last.plus(1, ChronoUnit.MICROS))))
                .containsExactly(opened.get(3));
        assertWrong("from=" + last + "&to=" + second, "to");
    }

    @Test
    void showsWhatGetShows() {
        UUID user = bank.account("10");
        bank.held(user, "2");
        UUID expired = bank.held(user, "3");
        bank.expire(expired);
        Response account = bank.get(user);
        for (String filter : List.of("from=" + openedAt(user), "held_only=true&limit=200")) {
            Response page = given().get(URL + "?" + filter);
            assertThat(page.jsonPath().getList("user_id")).contains(user.toString());
            String shown = account.asString().replaceAll(",\"created_at.*", "");
            assertThat(shown).contains("\"held\":2.00", "\"available\":8.00");
            assertThat(page.asString()).contains(shown);
        }
    }

    @Test
    void listsThoseWithMoneyHeldByTheUsersIds() {
        List<UUID> opened = Stream.generate(() -> bank.account("10")).limit(6).toList();
        List<UUID> holders = opened.subList(0, 4);
        for (UUID user : holders) {
            for (int i = 0; i < 3; i++) {
                bank.held(user, "1");
            }
        }
        UUID released = bank.held(opened.get(4), "1");
        bank.release(opened.get(4), released).then().statusCode(200);
        bank.expire(bank.held(opened.get(5), "1"));

        List<UUID> all = walk(URL + "?held_only=true&limit=200");
        assertThat(all.stream().map(UUID::toString)).isSorted().doesNotHaveDuplicates();
        assertThat(all).containsAll(holders).doesNotContain(opened.get(4), opened.get(5));
        assertThat(walk(URL + "?held_only=true&limit=1")).isEqualTo(all);
    }

    @Test
    void namesWhatIsWrong() {
        assertWrong("limit=0", "limit");
        assertWrong("limit=201", "limit");
        assertWrong("cursor=abc", "cursor");
        assertWrong("from=yesterday", "from");
        assertWrong("to=2026-01-31T12:00:00", "to");
        assertWrong("held_only=1", "held_only");
        assertWrong("held_only=true&from=2026-01-31T12:00:00Z", "held_only");
        assertWrong("held_only=true&to=2026-01-31T12:00:00Z", "held_only");
    }

    private static void assertWrong(String query, String field) {
        Response answer = given().get(URL + "?" + query);
        assertThat(answer.statusCode()).as(query).isEqualTo(400);
        assertThat(answer.jsonPath().getString("code")).isEqualTo("validation_failed");
        assertThat(answer.jsonPath().getList("errors.field")).as(query).containsExactly(field);
    }

    /** The oldest first. */
    private List<UUID> opened(int count) {
        return Stream.generate(() -> bank.account("0")).limit(count).toList();
    }

    private Instant openedAt(UUID user) {
        return Instant.parse(bank.get(user).jsonPath().getString("created_at"));
    }

    private static List<UUID> walk(String link) {
        List<UUID> users = new ArrayList<>();
        for (@Nullable String page = link; page != null; ) {
            Response answer = given().urlEncodingEnabled(false).get(page);
            users.addAll(users(answer));
            page = next(answer);
        }
        return users;
    }

    private static List<UUID> users(Response page) {
        assertThat(page.statusCode()).as(page.asString()).isEqualTo(200);
        return page.jsonPath().getList("user_id", UUID.class);
    }

    private static @Nullable String next(Response page) {
        String link = page.header("Link");
        return link == null ? null : link.substring(1, link.indexOf(">; rel=\"next\""));
    }
}
