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
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text that the database can keep as it was sent; optional, as null is valid. */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Text.Validator.class)
public @interface Text {
    /** What JSON Schema can say of it besides the length. */
    String PATTERN = "^[^\\u0000]*$";

    /** The same together with {@code @NotBlank}, which takes all up to the space for blank. */
    String PATTERN_NOT_BLANK = "^[^\\u0000]*[^\\u0000-\\u0020][^\\u0000]*$";

    /** The most characters (Unicode code points, as PostgreSQL counts them). */
    int max();

    String message() default "must have at most {max} characters, none of them U+0000 or half of a surrogate pair";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** PostgreSQL refuses U+0000; half of a surrogate pair has no UTF-8 form and would be stored as a question mark. */
    final class Validator implements ConstraintValidator<Text, String> {
        private int max;

        @Override
        public void initialize(Text text) {
            max = text.max();
        }

        @Override
        public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
            return text == null
                    || (text.codePointCount(0, text.length()) <= max
                            && text.indexOf('\0') < 0
                            && StandardCharsets.UTF_8.newEncoder().canEncode(text));
        }
    }
}
