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

/**
 * Text that is kept and shown to others as it was sent; optional, as null is valid. What steers a terminal or turns the
 * direction of text around it is refused, so that nobody is shown another text than was stored.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Text.Validator.class)
public @interface Text {
    /** Control characters but tab and line feed, and what changes the direction of text (Unicode, UAX 9, 2). */
    String UNSHOWN = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";

    /** What JSON Schema can say of it besides the length. */
    String PATTERN = "^(?:[^" + UNSHOWN + "]|\\r\\n)*$";

    /** The same together with {@code @NotBlank}, which takes all up to the space for blank. */
    String PATTERN_NOT_BLANK =
            "^(?:[^" + UNSHOWN + "]|\\r\\n)*[^\\u0000-\\u0020" + UNSHOWN + "](?:[^" + UNSHOWN + "]|\\r\\n)*$";

    /** What JSON Schema can say of a {@link #isSearched}. */
    String PATTERN_SEARCHED = "^[^\\u0000]*$";

    String RULE_SEARCHED = "must have at most {max} characters, none of them U+0000 or half of a surrogate pair";

    /** The most characters (Unicode code points, as PostgreSQL counts them). */
    int max();

    /** Whether it is only compared with what others wrote, and so may have every character that could be stored. */
    boolean isSearched() default false;

    String message() default
            "must have at most {max} characters, none of them a control character other than tab and line break, a"
                    + " character that changes the direction of text, or half of a surrogate pair";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** PostgreSQL refuses U+0000; half of a surrogate pair has no UTF-8 form and would be stored as a question mark. */
    final class Validator implements ConstraintValidator<Text, String> {
        private int max;
        private boolean isSearched;

        @Override
        public void initialize(Text text) {
            max = text.max();
            isSearched = text.isSearched();
        }

        @Override
        public boolean isValid(@Nullable String text, ConstraintValidatorContext context) {
            return text == null
                    || (text.codePointCount(0, text.length()) <= max
                            && (isSearched ? text.indexOf('\0') < 0 : isShownAsItIs(text))
                            && StandardCharsets.UTF_8.newEncoder().canEncode(text));
        }

        private static boolean isShownAsItIs(String text) {
            for (int i = 0; i < text.length(); i++) {
                char character = text.charAt(i);
                boolean isLineBreak = character == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
                if (isUnshown(character) && !isLineBreak) {
                    return false;
                }
            }
            return true;
        }

        /** As {@link #UNSHOWN} has them. */
        private static boolean isUnshown(char character) {
            return switch (character) {
                case '\t', '\n' -> false;
                case '\u061c', '\u200e', '\u200f' -> true;
                default ->
                    Character.isISOControl(character)
                            || (character >= '\u202a' && character <= '\u202e')
                            || (character >= '\u2066' && character <= '\u2069');
            };
        }
    }
}
