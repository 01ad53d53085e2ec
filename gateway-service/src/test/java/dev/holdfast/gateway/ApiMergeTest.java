package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApiMergeTest {
    private static final JsonObject TEXT = new JsonObject().put("type", "string");
    private static final JsonObject NUMBER = new JsonObject().put("type", "number");

    @Test
    void putsThePathsOfAllServicesTogether() {
        JsonObject merged = merge(
                document("/orders", "list", "Order", schemas("Order", TEXT)),
                document("/accounts/{id}", "read", "Account", schemas("Account", NUMBER)));

        assertThat(merged.getJsonObject("paths").fieldNames()).containsExactly("/orders", "/accounts/{id}");
        assertThat(at(merged, "/components/schemas/Order")).isEqualTo(TEXT);
        assertThat(at(merged, "/components/schemas/Account")).isEqualTo(NUMBER);
        assertThat(at(merged, "/servers/0/url")).isEqualTo("/");
    }

    @Test
    void leavesOutInternalPathsAndWhatOnlyTheyReferTo() {
        JsonObject payments = document(
                "/accounts",
                "read",
                "Account",
                schemas("Account", NUMBER).put("Refund", refer("Reason")).put("Reason", TEXT));
        payments.getJsonObject("paths").put("/refunds", pathItem("refund", "Refund"));

        JsonObject merged = merge(new JsonObject(), payments);

        assertThat(merged.getJsonObject("paths").fieldNames()).containsExactly("/accounts");
        assertThat(merged.getJsonObject("components").getJsonObject("schemas").fieldNames())
                .containsExactly("Account");
    }

    @Test
    void keepsOneCopyOfWhatIsTheSame() {
        JsonObject merged = merge(
                document("/orders", "list", "Problem", schemas("Problem", TEXT)),
                document("/accounts", "read", "Problem", schemas("Problem", TEXT)));

        assertThat(merged.getJsonObject("components").getJsonObject("schemas").fieldNames())
                .containsExactly("Problem");
    }

    @Test
    void tellsApartWhatHasTheSameNameOnly() {
        JsonObject merged = merge(
                document("/orders", "list", "Problem", schemas("Problem", TEXT)),
                document("/accounts", "list", "Problem", schemas("Problem", NUMBER)));

        assertThat(at(merged, "/components/schemas/Problem")).isEqualTo(TEXT);
        assertThat(at(merged, "/components/schemas/Problem_payments")).isEqualTo(NUMBER);
        assertThat(at(merged, "/paths/~1orders/get/responses/200")).isEqualTo(refer("Problem"));
        assertThat(at(merged, "/paths/~1accounts/get/responses/200")).isEqualTo(refer("Problem_payments"));
        assertThat(at(merged, "/paths/~1orders/get/operationId")).isEqualTo("list");
        assertThat(at(merged, "/paths/~1accounts/get/operationId")).isEqualTo("list_payments");
    }

    @Test
    void tellsApartEqualSchemasThatReferToDifferentOnes() {
        JsonObject orders = schemas("Problem", refer("Fault")).put("Fault", TEXT);
        JsonObject payments = schemas("Problem", refer("Fault")).put("Fault", NUMBER);

        JsonObject merged = merge(
                document("/orders", "list", "Problem", orders), document("/accounts", "read", "Problem", payments));

        assertThat(at(merged, "/components/schemas/Problem")).isEqualTo(refer("Fault"));
        assertThat(at(merged, "/components/schemas/Problem_payments")).isEqualTo(refer("Fault_payments"));
        assertThat(at(merged, "/components/schemas/Fault_payments")).isEqualTo(NUMBER);
    }

    @Test
    void followsSchemasThatReferToThemselves() {
        JsonObject merged =
                merge(document("/orders", "list", "Tree", schemas("Tree", refer("Tree"))), new JsonObject());

        assertThat(at(merged, "/components/schemas/Tree")).isEqualTo(refer("Tree"));
    }

    @Test
    void carriesTheSecurityOfADocumentIntoItsOperations() {
        JsonArray bearer = new JsonArray().add(new JsonObject().put("bearer", new JsonArray()));
        JsonObject orders =
                document("/orders", "list", "Order", schemas("Order", TEXT)).put("security", bearer);
        orders.getJsonObject("components")
                .put("securitySchemes", new JsonObject().put("bearer", new JsonObject().put("type", "http")));

        JsonObject merged = merge(orders, document("/accounts", "read", "Account", schemas("Account", TEXT)));

        assertThat(at(merged, "/paths/~1orders/get/security")).isEqualTo(bearer);
        assertThat(at(merged, "/paths/~1accounts/get/security")).isNull();
        assertThat(at(merged, "/components/securitySchemes/bearer/type")).isEqualTo("http");
    }

    @Test
    void saysWhatTheGatewayAnswersInPlaceOfAService() {
        JsonObject merged = merge(document("/orders", "list", "Order", schemas("Order", TEXT)), new JsonObject());

        assertThat(at(merged, "/paths/~1orders/get/responses/504/$ref"))
                .isEqualTo("#/components/responses/Gateway_504");
        assertThat(at(merged, "/paths/~1orders/get/responses/408")).isNull();
        assertThat(at(merged, "/components/responses/Gateway_504/content/application~1problem+json/schema/$ref"))
                .isEqualTo("#/components/schemas/Problem");
        assertThat(at(merged, "/components/responses/Gateway_504/headers/Retry-After/required"))
                .isEqualTo(true);
    }

    @Test
    void tellsTheLicenseAndTheTagsInOrder() {
        JsonObject orders = document("/orders", "list", "Order", schemas("Order", TEXT))
                .put("info", new JsonObject().put("license", new JsonObject().put("name", "Apache-2.0")))
                .put("tags", new JsonArray().add(new JsonObject().put("name", "orders")));
        JsonObject payments = document("/accounts", "read", "Account", schemas("Account", TEXT))
                .put("tags", new JsonArray().add(new JsonObject().put("name", "accounts")));
        orders.getJsonObject("paths")
                .getJsonObject("/orders")
                .getJsonObject("get")
                .put("tags", new JsonArray().add("orders"));
        payments.getJsonObject("paths")
                .getJsonObject("/accounts")
                .getJsonObject("get")
                .put("tags", new JsonArray().add("accounts"));

        JsonObject merged = merge(orders, payments);

        assertThat(at(merged, "/info/license/name")).isEqualTo("Apache-2.0");
        assertThat(at(merged, "/tags/0/name")).isEqualTo("accounts");
        assertThat(at(merged, "/tags/1/name")).isEqualTo("orders");
    }

    @Test
    void saysWhichServiceIsMissing() {
        assertThat(at(ApiMerge.merge(List.of(), List.of("orders", "payments")), "/info/description"))
                .asString()
                .startsWith("Incomplete")
                .contains("orders, payments");
    }

    private static JsonObject merge(JsonObject orders, JsonObject payments) {
        return ApiMerge.merge(
                List.of(
                        new ApiMerge.Part("orders", orders, path -> path.startsWith("/orders")),
                        new ApiMerge.Part("payments", payments, path -> path.startsWith("/accounts"))),
                List.of());
    }

    private static JsonObject document(String path, String operationId, String schema, JsonObject schemas) {
        return new JsonObject()
                .put("openapi", "3.1.0")
                .put("paths", new JsonObject().put(path, pathItem(operationId, schema)))
                .put("components", new JsonObject().put("schemas", schemas));
    }

    private static JsonObject pathItem(String operationId, String schema) {
        return new JsonObject()
                .put(
                        "get",
                        new JsonObject()
                                .put("operationId", operationId)
                                .put("responses", new JsonObject().put("200", refer(schema))));
    }

    private static JsonObject schemas(String name, JsonObject schema) {
        return new JsonObject().put(name, schema);
    }

    private static JsonObject refer(String schema) {
        return new JsonObject().put("$ref", "#/components/schemas/" + schema);
    }

    private static @Nullable Object at(JsonObject document, String pointer) {
        return JsonPointer.from(pointer).queryJson(document);
    }
}
