package dev.holdfast.system;

import dev.holdfast.localstack.LocalService;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts one stack with TLS for all tests that ask for a {@link TlsStack}, and checks it after each. */
final class OnTlsStack implements AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(OnTlsStack.class);

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        TlsStack system = system(context);
        system.stack.services().stream().filter(service -> !service.isAlive()).forEach(LocalService::start);
        OnStack.assertSound(system.stack);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TlsStack.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return system(context);
    }

    private static TlsStack system(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(TlsStack.class, ignored -> start(), TlsStack.class);
    }

    private static TlsStack start() {
        try {
            return new TlsStack();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
