package dev.holdfast.system.faults;

import dev.holdfast.system.invariants.Violation;
import dev.holdfast.system.load.Terminals;
import java.math.BigDecimal;
import java.util.Formatter;
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
        Formatter text = new Formatter(Locale.ROOT);
        text.format("%nfaults            %s%n", faults);
        text.format("answers           %s%n", answers);
        text.format(
                "orders placed     %8d%n",
                orders.values().stream().mapToLong(Long::longValue).sum());
        text.format("  finished        %8d%n", orders.getOrDefault("FINISHED", 0L));
        text.format("  cancelled       %8d%n", orders.getOrDefault("CANCELLED", 0L));
        text.format("  stuck           %8d%n", stuck());
        text.format("  lost            %8d%n", lost());
        text.format("  charged twice   %8d%n", chargedTwice);
        text.format("charged too much  %8s%n", chargedTooMuch.toPlainString());
        text.format("quiet after       %8.1f s%n", quietAfterSeconds);
        text.format("violations        %8d%n", violations.size());
        violations.forEach(violation -> text.format("  %s%n", violation));
        return text.toString();
    }

    private long stuck() {
        return orders.getOrDefault("NEW", 0L);
    }

    private long lost() {
        return orders.getOrDefault(Terminals.LOST, 0L);
    }
}
