package dev.holdfast.delivery.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.delivery.audit.AuditRecord.Result;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.Database.Text;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.JsonLength;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import dev.holdfast.rest.access.Acting;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes down who did what. The database lets the service add records, and neither change nor remove them. */
@ApplicationScoped
public class Audit {
    /** Which records are meant; what is null does not matter. */
    record Filter(
            @Nullable String subject,
            @Nullable String action,
            @Nullable UUID objectId,
            TimeRange time) {}

    private static final String RECORD = """
            insert into audit_record
                (subject, client, role, proven, trace_id, action, object_type, object_id, details, result, refusal)
            select ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?
            """;
    private static final String PAGE = """
            select id, at, subject, client, role, proven, action, object_type, object_id, result, refusal, trace_id, details
              from audit_record where (at, id) < (?, ?) and at >= ?""";
    private static final String NEWEST_FIRST = " order by at desc, id desc limit ?";
    /** Of a record without what callers and messages have sent. */
    private static final int JSON_BYTES = 450;

    private static final int COLON_AND_COMMA = 2;
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<LinkedHashMap<String, String>> TEXTS = new TypeReference<>() {};

    private final Database database;

    Audit(Database database) {
        this.database = database;
    }

    /**
     * Writes down that an act begins which other transactions do and end: in the one that lets it begin, so that whatever comes
     * of it can be told.
     */
    @Transactional(TxType.MANDATORY)
    public void started(Acting by, Act act) {
        database.update(RECORD, parameters(by, act, Result.STARTED, null));
    }

    /** Writes an act down in the transaction that does it, so that there are both or neither. */
    @Transactional(TxType.MANDATORY)
    public void done(Acting by, Act act) {
        database.update(RECORD, parameters(by, act, Result.DONE, null));
    }

    /**
     * Writes down that an act was refused, in the caller's transaction where there is one.
     *
     * @param code of the answer
     */
    public void refused(Acting by, Act act, String code) {
        database.update(RECORD, parameters(by, act, Result.REFUSED, code));
    }

    /**
     * For a statement that does the act itself: a part of it ({@code with … as}) that writes the act down for each row of
     * another part. It has the {@link #parametersOfDone}.
     */
    public static String doneForEachOf(String rows) {
        return RECORD + " from " + rows;
    }

    public static List<@Nullable Object> parametersOfDone(Acting by, Act act) {
        return Arrays.asList(parameters(by, act, Result.DONE, null));
    }

    private static @Nullable Object[] parameters(Acting by, Act act, Result result, @Nullable String refusal) {
        return new @Nullable Object[] {
            new Text(by.subject()),
            new Text(by.client()),
            new Text(by.role()),
            by.proven(),
            new Text(by.traceId()),
            act.action(),
            act.objectType(),
            act.objectId(),
            write(act),
            result.name(),
            new Text(refusal)
        };
    }

    /** A page of the records, from the newest or from behind the cursor. */
    Page<AuditRecord> page(Filter filter, PageLimit limit, @Nullable Cursor cursor) {
        Cursor start = filter.time().start(cursor);
        StringBuilder sql = new StringBuilder(PAGE);
        List<Object> parameters =
                new ArrayList<>(List.of(start.at(), start.id(), filter.time().from()));
        narrow(sql, parameters, " and subject = ?", filter.subject());
        narrow(sql, parameters, " and action = ?", filter.action());
        narrow(sql, parameters, " and object_id = ?", filter.objectId());
        parameters.add(limit.rows() + 1);
        return Page.of(
                database.query(sql.append(NEWEST_FIRST).toString(), Audit::read, parameters.toArray()),
                limit,
                Audit::jsonLength,
                last -> new Cursor(last.at(), last.id()));
    }

    private static int jsonLength(AuditRecord record) {
        int length = JSON_BYTES
                + JsonLength.of(record.subject())
                + JsonLength.of(record.client())
                + JsonLength.of(record.role());
        for (Map.Entry<String, String> detail : record.details().entrySet()) {
            length += JsonLength.of(detail.getKey()) + JsonLength.of(detail.getValue()) + COLON_AND_COMMA;
        }
        return length;
    }

    private static void narrow(StringBuilder sql, List<Object> parameters, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            parameters.add(value);
        }
    }

    private static AuditRecord read(ResultSet row) throws SQLException {
        try {
            return new AuditRecord(
                    Database.uuid(row, "id"),
                    Database.instant(row, "at"),
                    row.getString("subject"),
                    row.getString("client"),
                    row.getString("role"),
                    row.getBoolean("proven"),
                    row.getString("action"),
                    row.getString("object_type"),
                    Database.uuid(row, "object_id"),
                    Result.read(row.getString("result")),
                    row.getString("refusal"),
                    row.getString("trace_id"),
                    JSON.readValue(row.getString("details"), TEXTS));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The details of an audit record are no texts", e);
        }
    }

    private static String write(Act act) {
        try {
            return JSON.writeValueAsString(act.details());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("Texts could not be written as JSON", impossible);
        }
    }
}
