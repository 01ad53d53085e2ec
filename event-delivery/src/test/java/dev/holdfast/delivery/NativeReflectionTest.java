package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class NativeReflectionTest {
    @Test
    void namesAClassThatExists() {
        assertThatCode(() -> Class.forName(NativeReflection.WIRE)).doesNotThrowAnyException();
    }
}
