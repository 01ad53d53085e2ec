package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.stack.StackUnderTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who did what, as the tokens of a whole system say it. */
@SystemTest
class AuditIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final StackUnderTest stack;

    AuditIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void namesTheSubjectOfTheTokenWhateverTheRequestClaims() {
        Shop operator = Door.GATEWAY.open(stack);
        Shop backend = operator.as(stack.tokens().backend());
        UUID user = operator.openAccount("0");
        backend.deposit(user, "5.00", "X-Operator", "mallory", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .expect(200);

        JsonNode records = operator.get("/admin/payments/audit?object_id=" + user)
                .expect(200)
                .json();
        assertThat(records).hasSize(1);
        JsonNode record = records.path(0);
        assertThat(record.path("subject").asText()).isEqualTo("local-backend");
        assertThat(record.path("client").asText()).isEqualTo("holdfast-cli");
        assertThat(record.path("role").asText()).isEqualTo("backend");
        assertThat(record.path("proven").asBoolean()).isTrue();
        assertThat(record.path("trace_id").asText()).isEqualTo(TRACE);

        UUID letter = UUID.randomUUID();
        operator.post("/admin/orders/dead-letters/" + letter + "/replay", "", "X-Operator", "mallory")
                .expect(404);
        JsonNode refused = operator.get("/admin/orders/audit?object_id=" + letter)
                .expect(200)
                .json();
        assertThat(refused.path(0).path("subject").asText()).isEqualTo("local-operator");
        assertThat(refused.path(0).path("code").asText()).isEqualTo("dead_letter_not_found");
    }

    @Test
    void hasNoRecordOfWhatOrdersDo() throws Exception {
        Shop operator = Door.GATEWAY.open(stack);
        UUID user = operator.openAccount("10.00");
        UUID order = operator.placeOrder(user, "4.00").expect(201).id();
        operator.awaitStatus(user, order, "FINISHED");
        assertThat(operator.get("/admin/payments/audit?object_id=" + order)
                        .expect(200)
                        .json())
                .isEmpty();
        assertThat(stack.paymentsDatabase().texts("select actor from transfer where order_id = '" + order + "'"))
                .containsExactly("order-service");
    }
}
