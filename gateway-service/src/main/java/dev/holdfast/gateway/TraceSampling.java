package dev.holdfast.gateway;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Decides anew whether a request's trace is recorded, also where a client's {@code traceparent} says so; the client keeps
 * the id of its trace. Otherwise clients could have all their requests recorded, in every service. The id does not decide
 * either, as it is the client's.
 */
final class TraceSampling {
    @Produces
    @Singleton
    static Sampler sampler(GatewayConfig config) {
        return atTheDoor(config.tracesRatio());
    }

    /** What the gateway does for a request is recorded where the request is. */
    static Sampler atTheDoor(double ratio) {
        Sampler anew = new AtRandom(ratio);
        return Sampler.parentBasedBuilder(anew)
                .setRemoteParentSampled(anew)
                .setRemoteParentNotSampled(anew)
                .build();
    }

    /** @param ratio the share of traces that are recorded, 0 to 1 */
    private record AtRandom(double ratio) implements Sampler {
        @Override
        public SamplingResult shouldSample(
                Context parent,
                String traceId,
                String name,
                SpanKind kind,
                Attributes attributes,
                List<LinkData> links) {
            return ThreadLocalRandom.current().nextDouble() < ratio
                    ? SamplingResult.recordAndSample()
                    : SamplingResult.drop();
        }

        @Override
        public String getDescription() {
            return "AtRandom{" + ratio + '}';
        }
    }
}
