package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.gateway.AfterFailure.Answer;
import dev.holdfast.gateway.AfterFailure.BreakOff;
import dev.holdfast.gateway.AfterFailure.SendAgain;
import dev.holdfast.gateway.AfterFailure.TryNextReplica;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AfterFailureTest {
    private static final Throwable REFUSED = new ConnectException("connection refused");
    private static final Throwable CLOSED = new HttpClosedException("closed before it was used");
    private static final Throwable RESET = new IOException("connection reset");
    private static final Throwable TIMEOUT = new TimeoutException();

    @Test
    void aReplicaThatTakesNoConnectionIsPassedOverWhileThereIsAnother() {
        assertThat(withoutConnection(REFUSED, true, false)).isEqualTo(new TryNextReplica());
        assertThat(withoutConnection(REFUSED, true, true)).isEqualTo(new TryNextReplica());
        assertThat(withoutConnection(CLOSED, true, false)).isEqualTo(new TryNextReplica());
    }

    @Test
    void aServiceWhoseReplicasTakeNoConnectionCannotBeReached() {
        assertAnswer(withoutConnection(REFUSED, false, false), Problem.UPSTREAM_UNREACHABLE, 503);
    }

    @Test
    void aConnectionThatWasClosedBeforeItWasUsedIsReplacedOnce() {
        assertThat(withoutConnection(CLOSED, false, false)).isEqualTo(new SendAgain());
        assertAnswer(withoutConnection(CLOSED, false, true), Problem.UPSTREAM_UNREACHABLE, 503);
    }

    @Test
    void aRequestThatWaitedTooLongForAConnectionGoesNowhereElse() {
        assertAnswer(withoutConnection(TIMEOUT, true, false), Problem.OVERLOADED, 503);
        assertAnswer(withoutConnection(TIMEOUT, false, false), Problem.OVERLOADED, 503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void aRequestWithoutAnEffectIsSentOnceMoreWhereItsConnectionWasLost(String method) {
        assertThat(withoutAnswer(RESET, method, false)).isEqualTo(new SendAgain());
        assertThat(withinAnswer(false, method, false)).isEqualTo(new SendAgain());
        assertAnswer(withoutAnswer(RESET, method, true), Problem.UPSTREAM_LOST, 502);
        assertAnswer(withinAnswer(false, method, true), Problem.UPSTREAM_LOST, 502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
    void aRequestThatMayHaveHadAnEffectIsNeverSentAgain(String method) {
        assertAnswer(withoutAnswer(RESET, method, false), Problem.UPSTREAM_LOST, 502);
        assertAnswer(withoutAnswer(CLOSED, method, false), Problem.UPSTREAM_LOST, 502);
        assertAnswer(withinAnswer(false, method, false), Problem.UPSTREAM_LOST, 502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void whatIsNotAnsweredInTimeIsNotSentAgain(String method) {
        assertAnswer(withoutAnswer(TIMEOUT, method, false), Problem.UPSTREAM_TIMEOUT, 504);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void anAnswerOfWhichTheClientHasAPartIsBrokenOff(String method) {
        assertThat(withinAnswer(true, method, false)).isEqualTo(new BreakOff());
    }

    private static AfterFailure withoutConnection(Throwable cause, boolean untried, boolean sentAgain) {
        return AfterFailure.withoutConnection("orders", cause, untried, sentAgain);
    }

    private static AfterFailure withoutAnswer(Throwable cause, String method, boolean sentAgain) {
        return AfterFailure.withoutAnswer("orders", cause, HttpMethod.valueOf(method), sentAgain);
    }

    private static AfterFailure withinAnswer(boolean passedOn, String method, boolean sentAgain) {
        return AfterFailure.withinAnswer("orders", passedOn, HttpMethod.valueOf(method), sentAgain);
    }

    private static void assertAnswer(AfterFailure next, Problem problem, int status) {
        assertThat(next)
                .asInstanceOf(InstanceOfAssertFactories.type(Answer.class))
                .satisfies(answer -> {
                    assertThat(answer.problem()).isEqualTo(problem);
                    assertThat(answer.problem().status).isEqualTo(status);
                    assertThat(answer.problem().retryAfterSeconds).isPositive();
                    assertThat(answer.detail()).contains("orders");
                });
    }
}
