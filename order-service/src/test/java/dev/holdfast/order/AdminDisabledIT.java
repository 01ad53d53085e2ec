package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Management;
import dev.holdfast.localstack.LocalBroker;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(AdminDisabledIT.Disabled.class)
class AdminDisabledIT extends OrderServiceTesting {
    LocalBroker localBroker;

    /** As {@code ADMIN_ENABLED=false} sets it. */
    public static class Disabled implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("ADMIN_ENABLED", "false");
        }
    }

    @Test
    void nothingIsFoundBelowAdmin() {
        for (String path : new String[] {"", "/audit", "/6e3a1f1e-9a55-4f0c-8a0c-2d8f1c7b6a10"}) {
            Response answer = given().get("/admin/orders/dead-letters" + path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.jsonPath().getString("code")).isEqualTo("not_found");
        }
        assertThat(given().get("/admin/orders").statusCode()).isEqualTo(404);
        assertThat(given().get("/admin/reconciliation").statusCode()).isEqualTo(404);
        assertThat(given().post("/admin/reconciliation/runs").statusCode()).isEqualTo(404);
        assertThat(given().get("/orders?user_id=6e3a1f1e-9a55-4f0c-8a0c-2d8f1c7b6a10")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void noOtherWayLeadsThereAndNothingTellsOfIt() {
        for (String path : new String[] {
            "/admin",
            "/admin/",
            "//admin/reconciliation",
            "/%61dmin/reconciliation",
            "/x/../admin/reconciliation",
            "/admin;a=b/reconciliation",
            "/admin/reconciliation/"
        }) {
            for (String method : new String[] {"GET", "DELETE", "OPTIONS"}) {
                Response answer = given().urlEncodingEnabled(false).request(method, path);
                assertThat(answer.statusCode()).as(method + " " + path).isIn(400, 404);
                assertThat(answer.contentType()).isEqualTo("application/problem+json");
            }
        }
        assertThat(given().get("/openapi?format=json")
                        .jsonPath()
                        .getMap("paths")
                        .keySet())
                .contains("/orders")
                .noneMatch(path -> path.toString().startsWith("/admin"));
    }

    @Test
    void deadLettersAreMovedAllTheSameAndBeforeAnyMessageCame() throws Exception {
        UUID order = UUID.randomUUID();
        try (TestBroker broker = new TestBroker(localBroker)) {
            broker.publishDeadLetter("{\"order_id\":\"" + order + "\"}");
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> "1".equals(query("select count(*) from dead_letter where order_id = ?", order)));
        assertThat(Management.get("/q/metrics").asString())
                .contains("holdfast_dead_letters_waiting{queue=\"payment_results\"}");
    }
}
