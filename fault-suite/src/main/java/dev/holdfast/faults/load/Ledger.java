package dev.holdfast.faults.load;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Violation;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the customers of a {@link RandomLoad} were told.
 *
 * @param answers how many of each, by kind of request, status and problem code
 * @param placed orders that were answered 201
 * @param unclear operations without a clear answer, because they have no key or were not settled in time; the first
 *     {@value #UNCLEAR_NAMED}
 * @param slowestAnswer from a request's start to its answer or its timeout
 * @param skipped steps that were due while too much was under way
 * @param violations what was wrong with the answers themselves
 */
public record Ledger(
        Map<String, Long> answers,
        long placed,
        List<String> unclear,
        Duration slowestAnswer,
        long skipped,
        Names names,
        List<CustomerLedger> customers,
        List<Operation> operations,
        List<Violation> violations) {
    static final int UNCLEAR_NAMED = 1_000;

    /** All customers, those with most traffic first. */
    public List<UUID> users() {
        return customers.stream().map(customer -> customer.user).toList();
    }

    /** Null where the number is none of an operation. */
    @Nullable
    Operation operation(OptionalInt number) {
        return number.isPresent() && number.getAsInt() < operations.size() ? operations.get(number.getAsInt()) : null;
    }

    /**
     * Compares what the customers were told with what the system shows by REST and in its databases; returns the
     * violations, those of the answers themselves included. The system must be quiet.
     *
     * @param gateway where the customers look
     * @param tokens what they prove themselves by
     */
    public List<Violation> check(URI gateway, ClientTokens tokens, Database orders, Database payments)
            throws SQLException, InterruptedException {
        List<Violation> all = new ArrayList<>(violations);
        all.addAll(new LedgerCheck(this, gateway, tokens, orders, payments).check());
        return all;
    }

    /**
     * Sends all deposits with a key that were answered 200 once more, as a shop does whose payments were restored: those that
     * are there are answered as before, and those that were lost are made again.
     *
     * @return how many of each answer, by status and problem code
     */
    public Map<String, Integer> repeatDeposits(URI payments, ClientTokens tokens) throws InterruptedException {
        return repeat(Operation.Kind.DEPOSIT, payments, tokens);
    }

    /**
     * Does the same with all withdrawals with a key that were answered 200: their money is with the customers already.
     *
     * @return how many of each answer, by status and problem code
     */
    public Map<String, Integer> repeatWithdrawals(URI payments, ClientTokens tokens) throws InterruptedException {
        return repeat(Operation.Kind.WITHDRAWAL, payments, tokens);
    }

    /**
     * Sends all orders with a key that were answered 201 once more, as customers do whose order is gone.
     *
     * @return how many of each answer, by status and problem code
     */
    public Map<String, Integer> repeatOrders(URI gateway, ClientTokens tokens) throws InterruptedException {
        return repeat(Operation.Kind.ORDER, gateway, tokens);
    }

    private Map<String, Integer> repeat(Operation.Kind kind, URI service, ClientTokens tokens)
            throws InterruptedException {
        Map<String, Integer> repeated = new TreeMap<>();
        try (Caller caller = new Caller(service, tokens, 1)) {
            for (Operation operation : operations) {
                if (operation.kind == kind && operation.repeatable && operation.applied) {
                    Request request = names.keyed(operation, operation.cents);
                    repeated.merge(caller.send(request).kind(), 1, Integer::sum);
                }
            }
        }
        return repeated;
    }
}
