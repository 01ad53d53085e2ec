package dev.holdfast.delivery;

import static dev.holdfast.delivery.DeadLetterCalls.acts;
import static dev.holdfast.delivery.DeadLetterCalls.awaitOne;
import static dev.holdfast.delivery.DeadLetterCalls.deadLetter;
import static dev.holdfast.delivery.DeadLetterCalls.discard;
import static dev.holdfast.delivery.DeadLetterCalls.list;
import static dev.holdfast.delivery.DeadLetterCalls.problem;
import static dev.holdfast.delivery.DeadLetterCalls.replay;
import static dev.holdfast.delivery.DeadLetterCalls.replayMany;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.Topology;
import dev.holdfast.rest.Page;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators do with dead letters, over HTTP. */
@QuarkusTest
@QuarkusTestResource(RealInfrastructure.class)
class DeadLetterActsIT extends DeliveryFixture {
    @Inject
    Database database;

    @Test
    void listsThePoisonAmongAThousandAndAppliesItOnceWhenItIsReplayedAfterItsCauseIsMended() throws Exception {
        List<PaymentEvent> events = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            events.add(requested(i == 500 ? RecordingHandler.POISON : BigDecimal.TEN));
        }
        PaymentEvent poison = events.get(500);
        publish(events);
        await().atMost(TIMEOUT).until(() -> handler.applied.size() >= 999);
        JsonPath deadLetter = awaitOne("?order_id=" + poison.orderId());
        assertThat(new HashSet<>(handler.applied)).hasSize(999).doesNotContain(poison.eventId());
        assertThat(deadLetter.getString("reason")).isEqualTo("poison of order " + poison.orderId());
        assertThat(deadLetter.getString("queue")).isEqualTo(Topology.PAYMENT_REQUESTS);
        assertThat(deadLetter.getString("event_id")).isEqualTo(poison.eventId().toString());
        assertThat(deadLetter.getString("type")).isEqualTo("payment_requested");
        assertThat(deadLetter.getString("status")).isEqualTo("WAITING");
        assertThat(deadLetter.getInt("times_dead_lettered")).isEqualTo(1);
        assertThat(list("").getList("")).hasSize(1);
        await().atMost(TIMEOUT)
                .until(() -> metrics.get("holdfast.dead.letters.waiting")
                                .tag("queue", Topology.PAYMENT_REQUESTS)
                                .gauge()
                                .value()
                        == 1);

        String id = deadLetter.getString("id");
        handler.mended.set(true);
        replay(id).then().statusCode(200);
        await().atMost(TIMEOUT).until(() -> handler.applied.contains(poison.eventId()));
        JsonPath replayedAgain = given().header("X-Operator", "anna@shop.example")
                .post(DeadLetterCalls.URL + "/" + id + "/replay")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(replayedAgain.getString("status")).isEqualTo("REPLAYED");
        await().atMost(TIMEOUT).until(() -> handler.duplicates.contains(poison.eventId()));

        assertThat(handler.applied).hasSize(1_000).doesNotHaveDuplicates();
        JsonPath acts = acts(id);
        assertThat(acts.getList("act")).containsExactly("REPLAY", "REPLAY");
        assertThat(acts.getList("operator")).containsExactly("anna@shop.example", null);
        assertThat(acts.getList("event_id")).containsOnly(poison.eventId().toString());
        assertThat(acts.getList("reason")).containsOnly("poison of order " + poison.orderId());
        assertThat(deadLetter(id).getString("status")).isEqualTo("REPLAYED");
    }

    @Test
    void replaysTheLettersOfAReasonStepByStepAndTellsHowManyRemain() throws Exception {
        List<PaymentEvent> poison = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            poison.add(requested(RecordingHandler.POISON));
        }
        publish(poison);
        publishRaw(null, "{other".getBytes(StandardCharsets.UTF_8));
        await().atMost(TIMEOUT).until(() -> list("").getList("").size() == 26);
        handler.mended.set(true);

        JsonPath first = replayMany("{\"reason\":\"poison of order\",\"limit\":20}");
        assertThat(first.getInt("replayed")).isEqualTo(20);
        assertThat(first.getInt("failed")).isZero();
        assertThat(first.getInt("remaining")).isEqualTo(5);
        assertThat(first.getString("stopped_because")).isNull();
        JsonPath second = replayMany("{\"reason\":\"poison of order\"}");
        assertThat(second.getInt("replayed")).isEqualTo(5);
        assertThat(second.getInt("remaining")).isZero();

        await().atMost(TIMEOUT).until(() -> handler.applied.size() == 25);
        assertThat(handler.applied)
                .containsExactlyInAnyOrderElementsOf(
                        poison.stream().map(PaymentEvent::eventId).toList());
        assertThat(list("?status=WAITING").getString("[0].reason")).startsWith("not a payment event in JSON");
    }

    @Test
    void discardsWithANoteThatTheAuditKeeps() throws Exception {
        publish(requested(RecordingHandler.POISON));
        String id = awaitOne("").getString("id");
        JsonPath discarded = given().header("X-Operator", "not\tclean")
                .contentType(ContentType.JSON)
                .body("{\"note\":\"sent by a test\"}")
                .post(DeadLetterCalls.URL + "/" + id + "/discard")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(discarded.getString("status")).isEqualTo("DISCARDED");
        assertThat(discarded.getString("handled_at")).isNotNull();
        assertThat(list("?status=WAITING").getList("")).isEmpty();
        assertThat(list("?status=DISCARDED").getList("")).hasSize(1);

        problem(replay(id), 409, "dead_letter_discarded");
        problem(discard(id, "{\"note\":\"again\"}"), 409, "dead_letter_discarded");
        sql("delete from dead_letter");
        JsonPath acts = acts(id);
        assertThat(acts.getList("act")).containsExactly("DISCARD");
        assertThat(acts.getString("[0].note")).isEqualTo("sent by a test");
        assertThat(acts.getString("[0].operator")).isNull();
        assertThat(handler.applied).isEmpty();
    }

    @Test
    void eachActIsInTheAuditOnceAndSoIsEachRefusal() throws Exception {
        publish(requested(RecordingHandler.POISON));
        String id = awaitOne("").getString("id");
        given().contentType(ContentType.JSON)
                .header("X-Operator", "anna")
                .body("{\"note\":\"sent by a test\"}")
                .post(DeadLetterCalls.URL + "/" + id + "/discard")
                .then()
                .statusCode(200);
        problem(replay(id), 409, "dead_letter_discarded");

        JsonPath records = audit(id);
        assertThat(records.getList("action")).containsExactly("replay", "discard");
        assertThat(records.getList("result")).containsExactly("REFUSED", "DONE");
        assertThat(records.getList("code")).containsExactly("dead_letter_discarded", null);
        assertThat(records.getList("subject")).containsExactly(null, "anna");
        assertThat(records.getList("proven")).containsOnly(false);
        assertThat(records.getList("object_type")).containsOnly("dead_letter");
        assertThat(records.getString("[1].details.note")).isEqualTo("sent by a test");
        assertThat(records.getString("[1].details.queue")).isEqualTo(Topology.PAYMENT_REQUESTS);
    }

    @Test
    void whatAReplicaOfTheVersionBeforeDidIsInTheAuditToo() throws Exception {
        UUID letter = UUID.randomUUID();
        // By the role of the service.
        database.query(
                "insert into dead_letter_audit (operator, act, dead_letter_id, queue, message_id, reason, note) values ('anna',"
                        + " 'DISCARD', '" + letter
                        + "', 'payment_requests', 'message', 'a reason', 'a note') returning id",
                row -> row.getString(1));
        JsonPath acts = acts(letter.toString());
        assertThat(acts.getList("act")).containsExactly("DISCARD");
        assertThat(acts.getString("[0].operator")).isEqualTo("anna");
        assertThat(acts.getString("[0].message_id")).isEqualTo("message");
        assertThat(acts.getString("[0].event_id")).isNull();
        assertThat(acts.getString("[0].reason")).isEqualTo("a reason");
        assertThat(acts.getString("[0].note")).isEqualTo("a note");
        JsonPath records = given().get("/admin/tests/audit?object_id=" + letter).jsonPath();
        assertThat(records.getList("id")).isEqualTo(acts.getList("id"));
        assertThat(records.getBoolean("[0].proven")).isFalse();
    }

    private static JsonPath audit(String letter) {
        return given().get("/admin/tests/audit?object_id=" + letter).jsonPath();
    }

    /** As where the process dies after the letter was applied and before that is written down. */
    @Test
    void theAuditSaysWhoBeganAReplayThatWasAppliedAndNeverEnded() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        sql("alter table dead_letter add constraint never_ends check (status <> 'REPLAYED')");
        try {
            given().header("X-Operator", "anna")
                    .post(DeadLetterCalls.URL + "/" + id + "/replay")
                    .then()
                    .statusCode(500);
        } finally {
            sql("alter table dead_letter drop constraint never_ends");
        }
        assertThat(handler.applied).containsExactly(poison.eventId());
        assertThat(audit(id).getList("result")).containsExactly("STARTED");
        assertThat(audit(id).getList("action")).containsExactly("replay");
        assertThat(audit(id).getList("subject")).containsExactly("anna");
        assertThat(audit(id).getString("[0].details.order_id"))
                .isEqualTo(poison.orderId().toString());

        sql("update dead_letter set claimed_until = null");
        replay(id).then().statusCode(200);
        assertThat(handler.applied).hasSize(1);
        assertThat(audit(id).getList("result")).containsExactly("DONE", "STARTED", "STARTED");
        assertThat(acts(id).getList("act")).containsExactly("REPLAY");
    }

    @Test
    void aReplayThatCannotBeWrittenDownIsNotBegun() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        sql("alter table audit_record add constraint nothing_starts check (result <> 'STARTED') not valid");
        try {
            replay(id).then().statusCode(500);
        } finally {
            sql("alter table audit_record drop constraint nothing_starts");
        }
        assertThat(handler.applied).isEmpty();
        replay(id).then().statusCode(200);
        assertThat(handler.applied).containsExactly(poison.eventId());
    }

    @Test
    void whatFailsAgainIsNotCountedAsReplayed() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        publishRaw("odd", "{broken".getBytes(StandardCharsets.UTF_8));
        await().atMost(TIMEOUT).until(() -> list("").getList("").size() == 2);
        String id = list("?order_id=" + poison.orderId()).getString("[0].id");
        // Mended as an operator never could: it fails for another reason now.
        sql("update dead_letter set payload = '{other' where id = '" + id + "'");
        double replayed = replaysCounted("holdfast.dead.letters.replayed");
        double failed = replaysCounted("holdfast.dead.letters.failed.again");

        JsonPath answer = replay(id).then().statusCode(200).extract().jsonPath();
        assertThat(answer.getString("status")).isEqualTo("WAITING");
        assertThat(answer.getString("reason")).startsWith("not a payment event in JSON");
        assertThat(audit(id).getList("result")).containsExactly("REFUSED", "STARTED");
        assertThat(audit(id).getString("[0].code")).isEqualTo("dead_letter_failed_again");
        assertThat(audit(id).getString("[0].details.reason")).startsWith("poison of order");
        assertThat(audit(id).getString("[0].details.new_reason")).startsWith("not a payment event in JSON");
        assertThat(acts(id).getList("")).isEmpty();
        JsonPath many = replayMany("{\"reason\":\"JSON\"}");
        assertThat(many.getInt("replayed")).isZero();
        assertThat(many.getInt("failed")).isEqualTo(2);
        assertThat(many.getInt("remaining")).isEqualTo(2);
        assertThat(replaysCounted("holdfast.dead.letters.replayed")).isEqualTo(replayed);
        assertThat(replaysCounted("holdfast.dead.letters.failed.again")).isEqualTo(failed + 3);
    }

    @Test
    void noReasonNamesClassesOrStatements() throws Exception {
        publishRaw("unreadable", RecordingHandler.UNREADABLE);
        String id = awaitOne("").getString("id");
        assertThat(deadLetter(id).getString("reason")).isEqualTo("cannot be read, the log says why");
        assertThat(replay(id).jsonPath().getString("reason")).isEqualTo("cannot be read, the log says why");

        replace(id, requested(RecordingHandler.BUG));
        assertThat(replay(id).jsonPath().getString("reason")).isEqualTo("failed, the log says with what");
        assertThat(audit(id).getString("[0].details.new_reason")).isEqualTo("failed, the log says with what");

        replace(id, requested(RecordingHandler.LOCKED));
        handler.locked.set(true);
        Response later = replay(id);
        problem(later, 503, "replay_not_taken");
        assertThat(later.jsonPath().getString("detail"))
                .isEqualTo("Nothing was replayed: the database did not take it, the log says why.");
    }

    /** As an operator never could. */
    private void replace(String letter, PaymentEvent event) throws Exception {
        sql("update dead_letter set payload = '"
                + new String(PaymentEventJson.write(event), StandardCharsets.UTF_8).replace("'", "''")
                + "' where id = '"
                + letter + "'");
    }

    private double replaysCounted(String counter) {
        return metrics.counter(counter, "queue", Topology.PAYMENT_REQUESTS).count();
    }

    @Test
    void aLetterGoesOnWaitingWhileARowThatItNeedsIsLocked() throws Exception {
        PaymentEvent bad = requested(RecordingHandler.CONTENDED);
        publishRaw(bad.eventId().toString(), "{broken".getBytes(StandardCharsets.UTF_8));
        String id = awaitOne("").getString("id");
        replace(id, bad);
        handler.locked.set(true);
        problem(replay(id), 503, "replay_not_taken");
        Response many = given().contentType(ContentType.JSON)
                .body("{\"reason\":\"JSON\"}")
                .post(DeadLetterCalls.URL + "/replay");
        problem(many, 503, "replay_not_taken");
        assertThat(many.header("Retry-After")).isNotNull();
        assertThat(deadLetter(id).getString("status")).isEqualTo("WAITING");
        assertThat(acts(id).getList("")).isEmpty();
        assertThat(audit(id).getList("result")).containsExactly("REFUSED", "STARTED", "REFUSED", "STARTED");
        assertThat(audit(id).getList("code")).containsExactly("replay_not_taken", null, "replay_not_taken", null);
        handler.locked.set(false);
        replay(id).then().statusCode(200);
        assertThat(handler.applied).containsExactly(bad.eventId());
    }

    @Test
    void aReplayNeedsNoBroker() throws Exception {
        PaymentEvent poison = requested(RecordingHandler.POISON);
        publish(poison);
        String id = awaitOne("").getString("id");
        handler.mended.set(true);
        broker.stop();
        try {
            replay(id).then().statusCode(200);
            assertThat(handler.applied).containsExactly(poison.eventId());
        } finally {
            broker.start();
        }
    }

    @Test
    void showsWhatANewerVersionWroteAndTouchesItNot() throws Exception {
        publish(requested(RecordingHandler.POISON));
        String id = awaitOne("").getString("id");
        sql("alter table dead_letter drop constraint dead_letter_status_is_known");
        try {
            sql("update dead_letter set status = 'ARCHIVED', handled_at = now()");
            sql(
                    "insert into audit_record (proven, action, object_type, object_id, result, details) values (true, 'archive',"
                            + " 'dead_letter', '" + id
                            + "', 'DONE', '{\"queue\": \"payment_requests\", \"reason\": \"\"}')");
            assertThat(list("").getList("status")).containsExactly("UNKNOWN");
            assertThat(deadLetter(id).getString("status")).isEqualTo("UNKNOWN");
            assertThat(acts(id).getList("act")).containsExactly("UNKNOWN");
            problem(replay(id), 409, "dead_letter_unknown");
            problem(discard(id, "{\"note\":\"x\"}"), 409, "dead_letter_unknown");
        } finally {
            sql("truncate dead_letter");
            sql("alter table dead_letter add constraint dead_letter_status_is_known"
                    + " check (status in ('WAITING', 'REPLAYED', 'DISCARDED'))");
        }
    }

    @Test
    void listsPageByPageNewestFirst() throws Exception {
        sql("insert into dead_letter (id, queue, properties, headers, payload, payload_bytes, truncated, reason, death,"
                + " first_at) select gen_random_uuid(), 'payment_requests', '{}', '{}', '', 0, false, 'reason ' || n, '',"
                + " now() - make_interval(secs => n / 3) from generate_series(1, 25) as n");
        List<String> ids = new ArrayList<>();
        String next = DeadLetterCalls.URL + "?limit=10&reason=reason";
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            ids.addAll(page.jsonPath().getList("id", String.class));
            String link = page.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(ids).hasSize(25).doesNotHaveDuplicates();
        assertThat(list("?reason=reason 25").getList("")).hasSize(1);
    }

    @Test
    void pagesOfTheAuditEndBeforeTheyAreLong() throws Exception {
        UUID letter = UUID.randomUUID();
        sql(
                "insert into audit_record (subject, proven, action, object_type, object_id, result, details) select repeat('\u0001', 255),"
                        + " true, 'discard', 'dead_letter', '" + letter
                        + "', 'DONE', jsonb_build_object('queue', 'payment_requests',"
                        + " 'message_id', repeat('\"', 255), 'reason', repeat('\u00e4', 1000), 'note', n::text)"
                        + " from generate_series(1, 200) as n");
        for (String first : List.of(
                "/admin/tests/audit?limit=200&object_id=" + letter,
                DeadLetterCalls.URL + "/audit?limit=200&dead_letter_id=" + letter)) {
            List<String> ids = new ArrayList<>();
            String next = first;
            while (next != null) {
                Response page = given().urlEncodingEnabled(false).get(next);
                assertThat(page.asByteArray()).hasSizeBetween(1_000, Page.BYTES_MAX);
                ids.addAll(page.jsonPath().getList("id", String.class));
                String link = page.header("Link");
                next = link == null ? null : link.substring(1, link.indexOf('>'));
            }
            assertThat(ids).hasSize(200).doesNotHaveDuplicates();
        }
    }

    @Test
    void findsTheActsOfWhoeverATokenNames() throws Exception {
        UUID letter = UUID.randomUUID();
        sql("insert into audit_record (subject, proven, action, object_type, object_id, result)"
                + " values ('anna' || chr(8238) || chr(7), true, 'discard', 'dead_letter', '" + letter + "', 'DONE')");
        JsonPath records = given().urlEncodingEnabled(false)
                .get("/admin/tests/audit?subject=anna%E2%80%AE%07&action=discard")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(records.getList("object_id")).containsExactly(letter.toString());
        problem(given().urlEncodingEnabled(false).get("/admin/tests/audit?subject=%00"), 400, "validation_failed");
    }

    @ParameterizedTest
    @CsvSource({
        "?limit=0,limit",
        "?limit=201,limit",
        "?limit=ten,limit",
        "?cursor=x,cursor",
        "?status=LOST,status",
        "?order_id=1,order_id",
        "?reason=%00,reason",
        "/1-1-1-1-1,id",
        "/audit?limit=0,limit",
        "/audit?dead_letter_id=x,dead_letter_id"
    })
    void namesWhatIsWrongInARequestToRead(String request, String field) {
        Response answer = given().urlEncodingEnabled(false).get(DeadLetterCalls.URL + request);
        problem(answer, 400, "validation_failed");
        assertThat(answer.jsonPath().getList("errors.field")).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/%s/discard | {}                          | 400 | validation_failed     | note",
                "/%s/discard | {\"note\":\" \"}            | 400 | validation_failed     | note",
                "/%s/discard | {\"note\":5}                | 400 | validation_failed     | note",
                "/%s/discard | {\"note\":\"x\",\"a\":1}    | 400 | validation_failed     | a",
                "/%s/discard | {\"note\":                  | 400 | malformed_json        | note",
                "/x/discard  | {\"note\":\"x\"}            | 400 | validation_failed     | id",
                "/%s/discard | {\"note\":\"x\"}            | 404 | dead_letter_not_found |",
                "/replay     | {}                          | 400 | validation_failed     | reason",
                "/replay     | {\"reason\":\"\"}           | 400 | validation_failed     | reason",
                "/replay     | {\"reason\":\"x\",\"limit\":0}   | 400 | validation_failed | limit",
                "/replay     | {\"reason\":\"x\",\"limit\":201} | 400 | validation_failed | limit",
                "/replay     | {\"reason\":\"x\",\"limit\":\"9\"} | 400 | validation_failed | limit"
            })
    void namesWhatIsWrongInAnAct(String path, String body, int status, String code, String field) {
        Response answer = given().contentType(ContentType.JSON)
                .body(body.strip())
                .post(DeadLetterCalls.URL + path.strip().formatted(UUID.randomUUID()));
        problem(answer, status, code.strip());
        if (field != null) {
            assertThat(answer.jsonPath().getList("errors.field")).containsExactly(field.strip());
        }
    }

    @Test
    void refusesNotesAndReasonsThatAreTooLong() {
        Response note = discard(UUID.randomUUID().toString(), "{\"note\":\"" + "x".repeat(1_001) + "\"}");
        problem(note, 400, "validation_failed");
        Response reason = given().contentType(ContentType.JSON)
                .body("{\"reason\":\"" + "x".repeat(201) + "\"}")
                .post(DeadLetterCalls.URL + "/replay");
        problem(reason, 400, "validation_failed");
        problem(given().get(DeadLetterCalls.URL + "/" + UUID.randomUUID()), 404, "dead_letter_not_found");
        problem(replay(UUID.randomUUID().toString()), 404, "dead_letter_not_found");
    }
}
