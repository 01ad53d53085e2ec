package dev.holdfast.money;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** The bounds of an amount of money: what {@code NUMERIC(18,2)} keeps, exactly. */
public final class Money {
    /** Digits after the point. */
    public static final int DECIMALS = 2;
    /** Digits before the point. */
    public static final int INTEGER_DIGITS = 16;

    /** The smallest amount, of which all others are multiples. */
    public static final BigDecimal UNIT = BigDecimal.ONE.movePointLeft(DECIMALS);
    /** The largest amount and the largest balance. */
    public static final BigDecimal MAX = BigDecimal.TEN.pow(INTEGER_DIGITS).subtract(UNIT);

    public static final String RULE = "must be greater than 0, with at most " + INTEGER_DIGITS
            + " digits before the point and " + DECIMALS + " after";

    private Money() {}

    /** Looks at digits and exponent only, so that 1e999999999 is refused without being written out. */
    public static boolean isAmount(@Nullable BigDecimal amount) {
        return amount != null
                && amount.signum() > 0
                && amount.scale() <= DECIMALS
                && (long) amount.precision() - amount.scale() <= INTEGER_DIGITS;
    }

    /**
     * The same amount, written with all decimals.
     *
     * @throws ArithmeticException when it has more of them
     */
    public static BigDecimal exact(BigDecimal amount) {
        return amount.setScale(DECIMALS, RoundingMode.UNNECESSARY);
    }
}
