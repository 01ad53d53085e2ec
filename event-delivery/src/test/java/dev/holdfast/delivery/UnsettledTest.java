package dev.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which frames are sent; the channel only writes down what it is asked for. */
class UnsettledTest {
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private volatile @Nullable RuntimeException failure;
    private final Demand demand = new Demand(10);
    private final Unsettled unsettled = new Unsettled(recording(Channel.class), demand);

    UnsettledTest() {
        LongStream.rangeClosed(1, 5).forEach(tag -> unsettled.add(tag, 1));
    }

    @Test
    void allUpToTheFirstThatIsNotSettledShareAFrame() throws Exception {
        acknowledgeTogether(1, 2, 3);
        assertThat(sent).containsExactly("basicAck[3, true]");
    }

    @Test
    void thoseBehindAGapAreAcknowledgedOneByOne() throws Exception {
        acknowledgeTogether(1, 3, 5);
        assertThat(sent).containsExactly("basicAck[1, true]", "basicAck[3, false]", "basicAck[5, false]");
        acknowledgeTogether(2, 4);
        assertThat(sent).endsWith("basicAck[4, true]").hasSize(4);
    }

    @Test
    void oneThatWasGivenBackIsNoGap() throws Exception {
        unsettled.giveBack(2);
        acknowledgeTogether(1, 3);
        assertThat(sent).containsExactly("basicNack[2, false, true]", "basicAck[3, true]");
    }

    @Test
    void whatIsAcknowledgedLaterIsSentToo() throws Exception {
        for (long tag = 1; tag <= 5; tag++) {
            unsettled.acknowledge(tag).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
        assertThat(sent).hasSize(5).endsWith("basicAck[5, true]");
    }

    @Test
    void theLastOneIsSentAtOnceAsNoOtherCanFollow() throws Exception {
        acknowledgeTogether(1, 2, 3, 4);
        assertThat(unsettled.acknowledge(5).toCompletableFuture()).isDone();
        assertThat(sent).containsExactly("basicAck[4, true]", "basicAck[5, true]");
    }

    @Test
    void anAcknowledgementToAChannelThatIsGoneChangesNothing() throws Exception {
        failure = new AlreadyClosedException(new ShutdownSignalException(false, false, null, null));
        acknowledgeTogether(1);
        failure = null;
        acknowledgeTogether(2);
        assertThat(sent).containsExactly("basicAck[1, true]", "basicAck[2, true]");
    }

    @Test
    void aFailureThatNobodyExpectsClosesTheConnection() throws Exception {
        failure = new IllegalStateException("a bug");
        acknowledgeTogether(1);
        assertThat(sent).containsExactly("basicAck[1, true]", "getConnection", "abort[2000]");
    }

    /** The lock keeps the sender waiting until all of them are there. */
    private void acknowledgeTogether(long... tags) throws Exception {
        List<CompletionStage<Void>> acknowledged;
        synchronized (unsettled) {
            acknowledged = Arrays.stream(tags).mapToObj(unsettled::acknowledge).toList();
        }
        for (CompletionStage<Void> each : acknowledged) {
            each.toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    private <T> T recording(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    sent.add(method.getName() + (arguments == null ? "" : Arrays.toString(arguments)));
                    if (method.getName().equals("getConnection")) {
                        return recording(Connection.class);
                    }
                    RuntimeException fails = failure;
                    if (fails != null && type == Channel.class) {
                        throw fails;
                    }
                    return null;
                }));
    }
}
