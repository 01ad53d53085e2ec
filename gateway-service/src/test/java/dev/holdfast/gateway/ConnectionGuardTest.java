package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The decoder's messages go in, what Vert.x gets comes out, step by step. */
class ConnectionGuardTest {
    private static final HttpContent END = LastHttpContent.EMPTY_LAST_CONTENT;

    private final CountedTurns turns = new CountedTurns();
    private final EmbeddedChannel connection = new EmbeddedChannel(new ConnectionGuard(turns));

    @AfterEach
    void close() {
        connection.finishAndReleaseAll();
    }

    @Test
    void aRequestIsPassedOnOnceTheOneBeforeItIsAnswered() {
        HttpRequest first = request();
        HttpRequest second = request();
        connection.writeInbound(first, END, second, END);
        assertThat(connection.inboundMessages()).containsExactly(first, END);
        assertThat(connection.config().isAutoRead()).isFalse();

        answer(HttpResponseStatus.OK, "keep-alive");
        assertThat(connection.inboundMessages()).containsExactly(first, END, second, END);
        assertThat(connection.config().isAutoRead()).isTrue();
    }

    @Test
    void aRequestThatIsAnsweredBeforeItsEndIsStillReadToIt() {
        HttpRequest first = request();
        HttpContent body = new DefaultHttpContent(Unpooled.EMPTY_BUFFER);
        HttpRequest second = request();
        connection.writeInbound(first, body);
        answer(HttpResponseStatus.OK, "keep-alive");
        assertThat(turns.answered).isOne();
        assertThat(turns.ended).isZero();
        connection.writeInbound(END, second);
        assertThat(connection.inboundMessages()).containsExactly(first, body, END, second);
    }

    @Test
    void anInterimAnswerDoesNotEndARequest() {
        HttpRequest first = request();
        connection.writeInbound(first, END, request());
        answer(HttpResponseStatus.CONTINUE, "keep-alive");
        assertThat(connection.inboundMessages()).containsExactly(first, END);
    }

    @Test
    void nothingBehindABrokenRequestIsPassedOn() {
        HttpRequest broken = request();
        broken.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("no request line")));
        connection.writeInbound(broken, request(), END);
        assertThat(connection.inboundMessages()).containsExactly(broken);

        HttpResponse answer = answer(HttpResponseStatus.BAD_REQUEST, "keep-alive");
        assertThat(answer.headers().get("Connection")).isEqualTo("close");
        assertThat(connection.inboundMessages()).containsExactly(broken);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void nothingBehindTheLastRequestOfAClientIsPassedOn() {
        HttpRequest last = request("Connection", "close");
        connection.writeInbound(last, END, request(), END);
        assertThat(answer(HttpResponseStatus.OK, "keep-alive").headers().get("Connection"))
                .isEqualTo("close");
        assertThat(connection.inboundMessages()).containsExactly(last, END);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void nothingBehindAnAnswerThatClosesTheConnectionIsPassedOn() {
        HttpRequest first = request();
        connection.writeInbound(first, END, request(), END);
        answer(HttpResponseStatus.OK, "close");
        assertThat(connection.inboundMessages()).containsExactly(first, END);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aBodyThatBreaksEndsAndItsRequestIsBroken() {
        HttpRequest first = request();
        HttpContent broken = new DefaultHttpContent(Unpooled.EMPTY_BUFFER);
        broken.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("no chunk size")));
        connection.writeInbound(first, broken, request(), END);
        assertThat(connection.inboundMessages()).containsExactly(first, END);
        assertThat(first.decoderResult().isFailure()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadItsAnswersGetsNoFurtherOnes() {
        HttpRequest first = request();
        setWritable(false);
        connection.writeInbound(first, END);
        assertThat(connection.inboundMessages()).isEmpty();
        setWritable(true);
        assertThat(connection.inboundMessages()).containsExactly(first, END);
    }

    @Test
    void aTransferCodingThatCouldBeReadInTwoWaysIsRefused() {
        HttpRequest request = request("Transfer-Encoding", "gzip, chunked");
        connection.writeInbound(request, END);
        assertRefused(request, Problem.MALFORMED_REQUEST);
        HttpRequest chunked = request("Transfer-Encoding", "Chunked");
        new EmbeddedChannel(new ConnectionGuard(turns)).writeInbound(chunked, END);
        assertThat(chunked.decoderResult().isSuccess()).isTrue();
    }

    @Test
    void anotherVersionOfHttpIsRefused() {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.valueOf("HTTP/1.2"), HttpMethod.GET, "/orders");
        connection.writeInbound(request, END);
        assertRefused(request, Problem.VERSION_NOT_SUPPORTED);
        assertThat(request.protocolVersion()).isEqualTo(HttpVersion.HTTP_1_1);
    }

    @Test
    void tellsOfEachRequestOnceWhenItBeginsAndWhenItIsReadAndAnswered() {
        HttpContent body = new DefaultHttpContent(Unpooled.EMPTY_BUFFER);
        connection.writeInbound(request(), body);
        assertThat(turns.begun).isOne();
        answer(HttpResponseStatus.OK, "keep-alive");
        assertThat(turns.ended).isZero();
        connection.writeInbound(END);
        assertThat(turns.ended).isOne();
        connection.writeInbound(request(), END);
        assertThat(turns.begun).isEqualTo(2);
        assertThat(turns.ended).isOne();
    }

    @Test
    void aHeadThatDoesNotEndIsAnsweredAndNothingBehindItIsPassedOn() {
        connection.pipeline().get(ConnectionGuard.class).refuseUnread(Problem.REQUEST_TIMEOUT, "too slow");
        HttpRequest unread = connection.readInbound();
        assertRefused(unread, Problem.REQUEST_TIMEOUT);

        connection.writeInbound(request(), END);
        assertThat(connection.inboundMessages()).isEmpty();
        assertThat(answer(HttpResponseStatus.REQUEST_TIMEOUT, "keep-alive")
                        .headers()
                        .get("Connection"))
                .isEqualTo("close");
    }

    private static HttpRequest request(String... header) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/orders");
        if (header.length > 0) {
            request.headers().set(header[0], header[1]);
        }
        return request;
    }

    private HttpResponse answer(HttpResponseStatus status, String connectionHeader) {
        HttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
        answer.headers().set("Connection", connectionHeader);
        connection.writeOutbound(answer);
        connection.runPendingTasks();
        return answer;
    }

    private void setWritable(boolean writable) {
        connection.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        connection.runPendingTasks();
    }

    private static void assertRefused(HttpRequest request, Problem problem) {
        assertThat(request.decoderResult().cause())
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.problem).isEqualTo(problem));
    }

    private static final class CountedTurns implements ConnectionGuard.Turns {
        private int begun;
        private int answered;
        private int ended;

        @Override
        public void requestBegins() {
            begun++;
        }

        @Override
        public void requestIsAnswered() {
            answered++;
        }

        @Override
        public void requestEnds() {
            ended++;
        }
    }
}
