package dev.holdfast.payment.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.Parallel;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class RefundIT {
    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @AfterEach
    void booksBalance() {
        bank.assertBooksBalance();
    }

    @Test
    void givesCapturedMoneyBackOnce() throws Exception {
        UUID user = bank.account("100");
        UUID order = bank.held(user, "30");
        captures.on(List.of(OrderSide.request(user, order, "30")));
        bank.assertMoney(user, "70.00", "0.00");
        List<Response> answers = Parallel.run(10, i -> bank.refund(user, order));
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.asString())
                    .isEqualTo("{\"status\":\"refunded\",\"order_id\":\"" + order + "\",\"amount\":30.00}");
        });
        assertThat(bank.transfers(order, "REFUND")).isEqualTo(1);
        bank.assertMoney(user, "100.00", "0.00");
    }

    @Test
    void refundsNothingThatWasNotCapturedFromThisUser() {
        UUID user = bank.account("100");
        UUID held = bank.held(user, "30");
        UUID captured = bank.held(user, "30");
        captures.on(List.of(OrderSide.request(user, captured, "30")));
        assertThat(bank.refund(user, held).statusCode()).isEqualTo(404);
        assertThat(bank.refund(bank.account("0"), captured).statusCode()).isEqualTo(404);
        assertThat(bank.refund(user, UUID.randomUUID()).jsonPath().getString("code"))
                .isEqualTo("capture_not_found");
    }
}
