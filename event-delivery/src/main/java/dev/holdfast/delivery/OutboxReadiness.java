package dev.holdfast.delivery;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Names the outbox' backlog in {@code /q/health/ready}, always UP: requests are served while events wait, and a service
 * taken out of the balancing would send them no sooner.
 */
@Readiness
@ApplicationScoped
class OutboxReadiness implements HealthCheck {
    private final OutboxGauge gauge;

    OutboxReadiness(OutboxGauge gauge) {
        this.gauge = gauge;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("outbox")
                .up()
                .withData("unsent", gauge.unsent())
                .withData("oldest_unsent_seconds", gauge.oldestSeconds())
                .build();
    }
}
