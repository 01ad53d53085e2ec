package dev.holdfast.payment.transfer;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The transfers that change an account's balance, in parts of which each is read by an index of its own. Together they are
 * all of them: a new kind belongs into one of these, or into a new one with its index.
 */
public enum TransferPart {
    /** By the index {@code transfer_in}. */
    CAME_IN("credit_account", "'DEPOSIT', 'REFUND'", "+"),
    /** By the index {@code transfer_out}. */
    CAPTURED("debit_account", "'CAPTURE'", "-"),
    /** By the index {@code transfer_withdrawn}. */
    WITHDRAWN("debit_account", "'WITHDRAWAL'", "-"),
    /** By the index {@code transfer_adjusted_in}. */
    ADJUSTED_IN("credit_account", "'ADJUSTMENT'", "+"),
    /** By the index {@code transfer_adjusted_out}. */
    ADJUSTED_OUT("debit_account", "'ADJUSTMENT'", "-");

    private final String end;
    private final String kinds;
    private final String sign;

    TransferPart(String end, String kinds, String sign) {
        this.end = end;
        this.kinds = kinds;
        this.sign = sign;
    }

    /**
     * The condition on rows of {@code transfer}, as its index has it.
     *
     * @param account SQL: a column, or a parameter
     */
    public String of(String account) {
        return end + " = " + account + " and kind in (" + kinds + ")";
    }

    /** What these transfers do to the balance: {@code +} or {@code -}. */
    public String sign() {
        return sign;
    }

    /** The SQL for each part, one after another. */
    public static String each(String between, Function<TransferPart, String> sql) {
        return Arrays.stream(values()).map(sql).collect(Collectors.joining(between));
    }
}
