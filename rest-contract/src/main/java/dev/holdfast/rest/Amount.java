package dev.holdfast.rest;

import dev.holdfast.money.Money;
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
 * An amount of {@link Money}, required unless it is optional.
 *
 * <p>One validator rather than {@code @Digits}, which calculates {@code precision - scale} in an int: 1e2147483647
 * overflows that and would be let through.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Amount.Validator.class)
public @interface Amount {
    /** Whether null is valid. */
    boolean optional() default false;

    String message() default Money.RULE;

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    final class Validator implements ConstraintValidator<Amount, BigDecimal> {
        private boolean optional;

        @Override
        public void initialize(Amount amount) {
            optional = amount.optional();
        }

        @Override
        public boolean isValid(@Nullable BigDecimal amount, ConstraintValidatorContext context) {
            return (amount == null && optional) || Money.isAmount(amount);
        }
    }
}
