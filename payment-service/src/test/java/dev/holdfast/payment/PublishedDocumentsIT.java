package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.Management;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class PublishedDocumentsIT {
    @Inject
    Bank bank;

    @Test
    void describeEachCallWithItsAnswersAndProblems() {
        JsonPath document = given().get("/openapi?format=json").jsonPath();
        for (String call : List.of(
                "'/accounts/{user_id}'.post 201 400 409",
                "'/accounts/{user_id}'.get 200 400 404",
                "'/admin/accounts/{user_id}/freeze'.post 200 400 404 409 503",
                "'/admin/accounts/{user_id}/unfreeze'.post 200 400 404 409 503",
                "'/admin/accounts/{user_id}/close'.post 200 400 404 409 503",
                "'/admin/adjustments'.post 201 400 404 409 422",
                "'/admin/adjustments'.get 200 400",
                "'/admin/adjustments/{id}'.get 200 400 404",
                "'/admin/adjustments/{id}/approve'.post 200 400 404 409 422 503",
                "'/admin/adjustments/{id}/reject'.post 200 400 404 409",
                "'/accounts/{user_id}/deposit'.post 200 400 404 409 422 503",
                "'/accounts/{user_id}/withdraw'.post 200 400 402 404 409 422 503",
                "'/accounts/{user_id}/hold'.post 200 400 402 404 409 503",
                "'/accounts/{user_id}/release'.post 200 400 404 409 503",
                "'/accounts/{user_id}/transfers'.get 200 400 404",
                "'/admin/payments/dead-letters'.get 200 400",
                "'/admin/payments/dead-letters/{id}'.get 200 400 404",
                "'/admin/payments/dead-letters/{id}/replay'.post 200 400 404 409 503",
                "'/admin/payments/dead-letters/replay'.post 200 400 503",
                "'/admin/payments/dead-letters/{id}/discard'.post 200 400 404 409",
                "'/admin/payments/dead-letters/audit'.get 200 400",
                "'/admin/payments/audit'.get 200 400",
                "'/admin/accounts'.get 200 400",
                "'/internal/reconciliation/orders'.post 200 400",
                "'/internal/reconciliation/orders/by-id'.post 200 400",
                "'/internal/reconciliation/orders/recent'.post 200 400",
                "'/internal/reconciliation/accounts'.post 200 400",
                "'/internal/reconciliation/accounts/by-id'.post 200 400",
                "'/internal/holds'.post 200 400 503",
                "'/internal/cancellations'.post 200 400 409 503",
                "'/internal/refunds'.post 200 400 404 422",
                "'/internal/refunds/parts'.post 200 400 404 409 422")) {
            String[] parts = call.split(" ");
            String responses = "paths." + parts[0] + ".responses.";
            for (int i = 1; i < parts.length; i++) {
                String content = responses + "'" + parts[i] + "'.content";
                String type = parts[i].startsWith("2") ? "application/json" : "application/problem+json";
                assertThat(document.getMap(content)).as(call).containsKey(type);
            }
        }
        assertThat(document.getList("paths.'/admin/payments/dead-letters'.get.tags"))
                .containsExactly("operations");
        assertThat(document.getMap("components.schemas.DeadLetter.properties"))
                .containsKeys("id", "reason", "times_dead_lettered", "payload", "payload_encoding", "headers");
        assertThat(document.getMap("components.schemas.Account.properties"))
                .containsKeys("user_id", "balance", "held", "available", "created_at", "updated_at", "status");
        assertThat(document.getMap("components.schemas.Problem.properties"))
                .containsKeys("type", "title", "status", "detail", "instance", "code", "trace_id", "errors");
    }

    @Test
    void showHealthAndMetricsButNotToClients() {
        for (String path : List.of("/q", "/q/health", "/q/health/ready", "/q/metrics", "/q/openapi")) {
            assertThat(given().get(path).statusCode()).as(path).isEqualTo(404);
        }
        bank.held(bank.account("1"), "1");
        assertThat(Management.get("/q/health/live").statusCode()).isEqualTo(200);
        assertThat(Management.get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(Management.get("/q/health/started").statusCode()).isEqualTo(200);
        assertThat(Management.get("/q/metrics").asString())
                .contains("holdfast_holds_total{outcome=\"held\"}", "holdfast_captures_total{outcome=\"captured\"}");
        assertThat(given().get("/docs/").statusCode()).isEqualTo(200);
    }
}
