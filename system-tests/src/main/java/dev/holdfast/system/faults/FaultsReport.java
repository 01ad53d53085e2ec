package dev.holdfast.system.faults;

import dev.holdfast.system.invariants.Violation;
import dev.holdfast.system.load.Terminals;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of the orders of a fault run.
 *
 * @param faults how many of each kind
 * @param answers how many answers of each kind the client saw, its repeated requests included
 * @param orders the orders that were answered 201, by what became of them
 * @param chargedTwice orders with more than one capture
 * @param chargedTooMuch what is gone from the accounts beyond the price of the finished orders
 */
record FaultsReport(
        Map<String, Integer> faults,
        Map<String, Long> answers,
        Map<String, Long> orders,
        long chargedTwice,
        BigDecimal chargedTooMuch,
        double quietAfterSeconds,
        List<Violation> violations) {

    boolean sound() {
        return stuck() == 0 && lost() == 0 && chargedTwice == 0 && chargedTooMuch.signum() == 0 && violations.isEmpty();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "%nfaults            %s", faults);
        line(text, "answers           %s", answers);
        line(
                text,
                "orders placed     %8d",
                orders.values().stream().mapToLong(Long::longValue).sum());
        line(text, "  finished        %8d", orders.getOrDefault("FINISHED", 0L));
        line(text, "  cancelled       %8d", orders.getOrDefault("CANCELLED", 0L));
        line(text, "  stuck           %8d", stuck());
        line(text, "  lost            %8d", lost());
        line(text, "  charged twice   %8d", chargedTwice);
        line(text, "charged too much  %8s", chargedTooMuch.toPlainString());
        line(text, "quiet after       %8.1f s", quietAfterSeconds);
        line(text, "violations        %8d", violations.size());
        violations.forEach(violation -> line(text, "  %s", violation));
        return text.toString();
    }

    private long stuck() {
        return orders.getOrDefault("NEW", 0L);
    }

    private long lost() {
        return orders.getOrDefault(Terminals.LOST, 0L);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
