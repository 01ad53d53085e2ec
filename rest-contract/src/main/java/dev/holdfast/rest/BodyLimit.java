package dev.holdfast.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.ConstrainedTo;
import jakarta.ws.rs.RuntimeType;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The largest body of a request that is read. {@link EarlyRefusals} looks at its announced length; this counts where there is none. */
@Provider
// A REST client would take it for its own, and cut the answers of other services.
@ConstrainedTo(RuntimeType.SERVER)
public final class BodyLimit implements ReaderInterceptor {
    /** Far more than any request of the contract needs. */
    static final int BYTES = 64 * 1024;

    @Override
    public @Nullable Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        if (context.getHeaders().getFirst(HttpHeaders.CONTENT_LENGTH) == null) {
            context.setInputStream(new Counting(context.getInputStream()));
        }
        return context.proceed();
    }

    private static final class Counting extends FilterInputStream {
        private int left = BYTES;

        Counting(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int read) {
            left -= read;
            if (left < 0) {
                throw HttpProblem.builder(Problem.of(413, StatusProblems.code(413), StatusProblems.detail(413)))
                        .withHeader("Connection", "close")
                        .build();
            }
        }
    }
}
