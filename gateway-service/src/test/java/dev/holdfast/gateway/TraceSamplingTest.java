package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceSamplingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @ParameterizedTest
    @CsvSource({
        "0, remote, 01, DROP",
        "0, remote, 00, DROP",
        "1, remote, 00, RECORD_AND_SAMPLE",
        "1, remote, 01, RECORD_AND_SAMPLE",
        "0, local, 01, RECORD_AND_SAMPLE",
        "1, local, 00, DROP"
    })
    void aClientsHeaderDecidesNothingAndTheGatewaysOwnSpanAll(
            double ratio, String parent, String flags, SamplingDecision expected) {
        TraceFlags sampled = TraceFlags.fromHex(flags, 0);
        SpanContext context = parent.equals("remote")
                ? SpanContext.createFromRemoteParent(TRACE, SPAN, sampled, TraceState.getDefault())
                : SpanContext.create(TRACE, SPAN, sampled, TraceState.getDefault());
        Sampler sampler = TraceSampling.atTheDoor(ratio);

        assertThat(sampler.shouldSample(
                                Context.root().with(Span.wrap(context)),
                                TRACE,
                                "GET",
                                SpanKind.SERVER,
                                Attributes.empty(),
                                List.of())
                        .getDecision())
                .isEqualTo(expected);
    }
}
