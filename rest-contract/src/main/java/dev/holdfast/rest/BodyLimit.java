package dev.holdfast.rest;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The largest body of a request that is read. {@link EarlyRefusals} looks at its announced length; this counts where there is none. */
@Provider
// No ReaderInterceptor: where there is one, the annotations of the parameters are parsed anew for each request.
public final class BodyLimit implements ContainerRequestFilter {
    /** Far more than any request of the contract needs. */
    static final int BYTES = 64 * 1024;

    private static final String TRANSFER_ENCODING = "Transfer-Encoding";

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getHeaderString(TRANSFER_ENCODING) != null) {
            request.setEntityStream(new Counting(request.getEntityStream()));
        }
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
