package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts one stack of each size for all system tests of the run, and checks it after each. */
final class OnStack implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(OnStack.class);
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(60);

    @Override
    public void beforeAll(ExtensionContext context) {
        stack(context);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        assertSound(stack(context));
    }

    /** It has come to rest, and nothing is wrong with it. */
    static void assertSound(StackUnderTest stack) throws Exception {
        stack.quiescence().await(QUIET_TIMEOUT);
        assertThat(stack.invariants().check())
                .as("violations of the invariants")
                .isEmpty();
        assertThat(stack.internalErrors()).as("requests that were answered 500").isEmpty();
        assertThat(stack.secretsInLogs())
                .as("log lines with a secret or a token")
                .isEmpty();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == StackUnderTest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return stack(context);
    }

    private static StackUnderTest stack(ExtensionContext context) {
        int replicas =
                context.getRequiredTestClass().getAnnotation(SystemTest.class).replicas();
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(
                        replicas, ignored -> StackUnderTest.start(replicas, System.out::println), StackUnderTest.class);
    }
}
