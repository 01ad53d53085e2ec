package dev.holdfast.order.placement;

import dev.holdfast.order.payments.HoldAnswer;
import dev.holdfast.order.payments.PaymentsUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * The orders of a batch, sorted by what is to be done about each once payments was asked to hold their money.
 *
 * @param toStore their money is held
 * @param settled what became of those that are done
 * @param idUsedUp to be tried under their next ids
 * @param refusedWithKey to be refused, unless another request with the same key has placed the order meanwhile
 * @param undecided to be asked for again: their accounts are locked, or payments could not decide
 * @param unknown to be given up: their money may be held, and no answer says so
 */
record HoldOutcomes(
        List<PendingOrder> toStore,
        Map<PendingOrder, Placement> settled,
        List<PendingOrder> idUsedUp,
        Map<PendingOrder, HoldAnswer.Refused> refusedWithKey,
        List<PendingOrder> undecided,
        List<PendingOrder> unknown) {
    private HoldOutcomes() {
        this(
                new ArrayList<>(),
                new HashMap<>(),
                new ArrayList<>(),
                new HashMap<>(),
                new ArrayList<>(),
                new ArrayList<>());
    }

    /** @param answers what payments said, by order id */
    static HoldOutcomes of(List<PendingOrder> batch, Map<UUID, HoldAnswer> answers) {
        HoldOutcomes outcomes = new HoldOutcomes();
        for (PendingOrder each : batch) {
            boolean hasKey = EarlierOrders.hasKey(each);
            switch (answers.get(each.id())) {
                case HoldAnswer.Held held -> outcomes.toStore.add(each);
                case HoldAnswer.AccountBusy busy -> outcomes.undecided.add(each);
                case HoldAnswer.Unclear unclear -> outcomes.unknown.add(each);
                case HoldAnswer.Refused refused when hasKey && refused.blocksOnlyTheId() -> outcomes.idUsedUp.add(each);
                case HoldAnswer.Refused refused when hasKey -> outcomes.refusedWithKey.put(each, refused);
                case HoldAnswer.Refused refused -> outcomes.settled.put(each, new Placement.Refused(refused));
                // One of payments' replicas is of another version.
                case null -> outcomes.undecided.add(each);
            }
        }
        return outcomes;
    }

    /** @param failure why there are no answers */
    static HoldOutcomes unanswered(List<PendingOrder> batch, Throwable failure) {
        boolean nothingIsHeld = failure instanceof CircuitBreakerOpenException
                || failure instanceof PaymentsUnavailableException known && !known.mayHaveArrived();
        HoldOutcomes outcomes = new HoldOutcomes();
        if (nothingIsHeld) {
            batch.forEach(each -> outcomes.settled.put(each, new Placement.PaymentsUnavailable()));
        } else {
            outcomes.unknown.addAll(batch);
        }
        return outcomes;
    }

    /** These, and those of other orders of the batch. */
    HoldOutcomes and(HoldOutcomes others) {
        toStore.addAll(others.toStore);
        settled.putAll(others.settled);
        idUsedUp.addAll(others.idUsedUp);
        refusedWithKey.putAll(others.refusedWithKey);
        undecided.addAll(others.undecided);
        unknown.addAll(others.unknown);
        return this;
    }

    /** Those whose money is held: the ones that are charged by themselves together, and the others; none is empty. */
    List<List<PendingOrder>> toStoreByCapture() {
        if (toStore.stream().noneMatch(each -> each.request().manual())) {
            return toStore.isEmpty() ? List.of() : List.of(toStore);
        }
        return toStore.stream()
                .collect(Collectors.partitioningBy(each -> each.request().manual()))
                .values()
                .stream()
                .filter(held -> !held.isEmpty())
                .toList();
    }

    boolean needStatements() {
        return !toStore.isEmpty() || !refusedWithKey.isEmpty() || !unknown.isEmpty();
    }
}
