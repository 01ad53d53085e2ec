package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SystemTest
class WrongInputIT {
    private final StackUnderTest stack;

    WrongInputIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void wrongInputIsToldWhatIsWrongAndMovesNoMoney(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("100.00");

        List<String> violations = WrongInputs.all().stream()
                .map(input -> input.check(input.send(shop, user)))
                .filter(violation -> !violation.isEmpty())
                .toList();

        assertThat(violations).isEmpty();
        shop.awaitAccount(user, "100.00", "0.00");
        assertThat(shop.get("/orders?user_id=" + user).expect(200).json()).isEmpty();
    }
}
