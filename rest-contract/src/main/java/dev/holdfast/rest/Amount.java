package dev.holdfast.rest;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An amount of money, required: greater than 0, at most 16 digits before the point and 2 after, as
 * {@code NUMERIC(18,2)} keeps it.
 *
 * <p>One validator rather than {@code @Digits}, which calculates {@code precision - scale} in an int: 1e2147483647
 * overflows that and would be let through.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Amount.Validator.class)
public @interface Amount {
    int DECIMALS = 2;
    int INTEGER_DIGITS = 16;

    String RULE = "must be greater than 0, with at most 16 digits before the point and 2 after";

    String message() default RULE;

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Looks at digits and exponent only, so that 1e999999999 is refused without being written out. */
    final class Validator implements ConstraintValidator<Amount, BigDecimal> {
        @Override
        public boolean isValid(@Nullable BigDecimal amount, ConstraintValidatorContext context) {
            return isAmount(amount);
        }

        static boolean isAmount(@Nullable BigDecimal amount) {
            return amount != null
                    && amount.signum() > 0
                    && amount.scale() <= DECIMALS
                    && (long) amount.precision() - amount.scale() <= INTEGER_DIGITS;
        }
    }
}
