package dev.holdfast.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TextTest {
    private static final Pattern DOCUMENTED = Pattern.compile(Text.PATTERN);
    private static final Pattern DOCUMENTED_NOT_BLANK = Pattern.compile(Text.PATTERN_NOT_BLANK);

    private record Card(@Text(max = 10) @Nullable String text) {}

    private record Search(
            @Text(max = 10, isSearched = true, message = Text.RULE_SEARCHED) @Nullable
            String text) {}

    @Test
    void refusesWhatSteersATerminalOrTurnsTheDirectionOfText() {
        List<Integer> refused = IntStream.concat(
                        IntStream.concat(IntStream.rangeClosed(0x00, 0x1f), IntStream.rangeClosed(0x7f, 0x9f)),
                        IntStream.of(
                                0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
                                0x2069))
                .filter(character -> character != '\t' && character != '\n')
                .boxed()
                .toList();
        List<Integer> found = IntStream.rangeClosed(0, Character.MAX_VALUE)
                .filter(character -> !Character.isSurrogate((char) character))
                .filter(character -> !takes("a" + (char) character + "b"))
                .boxed()
                .toList();

        assertThat(found).isEqualTo(refused);
    }

    @Test
    void takesTabsAndLineBreaksAsEverySystemWritesThem() {
        assertThat(List.of("a\tb", "a\nb", "a\r\nb", "\r\n")).allMatch(this::takes);
        assertThat(List.of("a\rb", "\r", "\n\r", "\r\r\n")).noneMatch(this::takes);
    }

    @Test
    void documentsExactlyWhatItTakes() {
        List<String> texts = Stream.concat(
                        IntStream.rangeClosed(0, Character.MAX_VALUE)
                                .filter(character -> !Character.isSurrogate((char) character))
                                .mapToObj(character -> "a" + (char) character),
                        Stream.of("", "a\r\nb", "\r\r\n", "☕"))
                .toList();

        assertThat(texts)
                .allSatisfy(text -> assertThat(DOCUMENTED.matcher(text).matches())
                        .as(text)
                        .isEqualTo(takes(text))
                        .isEqualTo(text.isEmpty()
                                || DOCUMENTED_NOT_BLANK.matcher(text).matches()));
        assertThat(List.of("", " ", "\t\r\n ")).noneMatch(DOCUMENTED_NOT_BLANK.asMatchPredicate());
    }

    @Test
    void findsWhatWasStoredBeforeSuchCharactersWereRefused() {
        assertThat(isValid(new Search("a\u202e\u001b"))).isTrue();
        assertThat(isValid(new Search("a\0"))).isFalse();
        assertThat(isValid(new Search("a\ud800"))).isFalse();
    }

    private boolean takes(String text) {
        return isValid(new Card(text));
    }

    private static boolean isValid(Object bean) {
        return VALIDATOR.validate(bean).isEmpty();
    }

    private static final Validator VALIDATOR;

    static {
        try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
            VALIDATOR = factory.getValidator();
        }
    }
}
