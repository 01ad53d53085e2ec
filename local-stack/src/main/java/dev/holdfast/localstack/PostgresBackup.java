package dev.holdfast.localstack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A base backup of a {@link LocalPostgres} and the archive of its write-ahead log: what is restored from them is as of any
 * moment since the backup, to the transaction. The binaries that we have are without pg_basebackup, so it is taken by
 * PostgreSQL's own functions, while the server works.
 */
public final class PostgresBackup {
    /** A moment to restore, by the clock of the database, and the segment of the log that it is in. */
    public record Moment(String time, String segment) {}

    /** So much is lost at most when the disk is. */
    public static final Duration ARCHIVE_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration ARCHIVED_WITHIN = ARCHIVE_TIMEOUT.multipliedBy(6);
    /** Of a segment that is being archived. */
    private static final String INCOMPLETE = ".part";
    /** Of a running server, and remade by the next one. */
    private static final Set<String> NOT_COPIED = Set.of("postmaster.pid", "postmaster.opts");

    private final LocalPostgres postgres;
    private final Path base;
    private final Path archive;

    private PostgresBackup(LocalPostgres postgres, Path directory) {
        this.postgres = postgres;
        this.base = directory.resolve("base");
        this.archive = directory.resolve("archive");
    }

    /** Lets the server archive its log from now on, for which it is restarted. Nothing is backed up yet. */
    public static PostgresBackup of(LocalPostgres postgres, Path directory) throws IOException, SQLException {
        PostgresBackup backup =
                new PostgresBackup(postgres, directory.toAbsolutePath().normalize());
        Files.createDirectories(backup.base);
        Files.createDirectories(backup.archive);
        // Under its name only once it is complete.
        String target = quoted(backup.archive) + "/%f";
        String command = "cp \"%p\" " + target + INCOMPLETE + " && mv " + target + INCOMPLETE + " " + target;
        try (Connection connection = postgres.connect(LocalPostgres.SUPERUSER);
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set archive_mode = on");
            statement.execute("alter system set archive_command = " + literal(command));
            statement.execute("alter system set archive_timeout = '" + ARCHIVE_TIMEOUT.toSeconds() + "s'");
        }
        postgres.restart();
        return backup;
    }

    /** Takes the base backup; returns when it and the log that it needs are complete. */
    public void take() throws IOException, SQLException {
        try (Connection connection = postgres.connect(LocalPostgres.SUPERUSER);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('drill', fast => true)");
            copy(postgres.data(), base);
            try (ResultSet stopped = statement.executeQuery("select labelfile from pg_backup_stop()")) {
                stopped.next();
                Files.writeString(base.resolve("backup_label"), stopped.getString(1));
            }
        }
    }

    /** What was committed by now is restored, and nothing that is committed later. */
    public Moment now() throws SQLException {
        try (Connection connection = postgres.connect(LocalPostgres.SUPERUSER);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select clock_timestamp()::text, pg_walfile_name(pg_current_wal_lsn())")) {
            row.next();
            return new Moment(row.getString(1), row.getString(2));
        }
    }

    /** Waits until the moment could be restored. Something has to be committed after it. */
    public void awaitArchived(Moment moment) {
        if (!Waiting.until(ARCHIVED_WITHIN, () -> Files.exists(archive.resolve(moment.segment())))) {
            throw new StackException("PostgreSQL has not archived " + moment.segment() + " within "
                    + ARCHIVED_WITHIN.toSeconds() + " s; see " + postgres.log());
        }
    }

    /** When the last segment was archived: all that is newer is lost with the disk. */
    public Instant archivedUntil() throws IOException {
        try (Stream<Path> segments = Files.list(archive)) {
            Path newest = segments.filter(segment -> !segment.toString().endsWith(INCOMPLETE))
                    .max(Comparator.comparing(PostgresBackup::lastModified))
                    .orElseThrow(() -> new IOException("Nothing is in " + archive));
            return lastModified(newest);
        }
    }

    /** A server of its own on a free port, started, with all databases as of that moment. */
    public LocalPostgres restore(Moment moment, Path directory) throws IOException {
        Path data = directory.resolve("data");
        copy(base, data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        copy(postgres.passwordDirectory(), directory.resolve("passwords"));
        Files.createFile(data.resolve("recovery.signal"));
        // Its own log is of another timeline, and for another archive. Nobody is let in before it has come to its
        // target.
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                """
                archive_mode = off
                hot_standby = off
                restore_command = %s
                recovery_target_time = '%s'
                recovery_target_action = promote
                """.formatted(literal("cp " + quoted(archive) + "/%f \"%p\""), moment.time()),
                StandardOpenOption.APPEND);
        return LocalPostgres.start(directory, 0);
    }

    /** A server goes on writing, and removes files meanwhile: what that makes of a copy, the log mends. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path name = from.relativize(file);
                if (!name.startsWith("pg_wal") && !NOT_COPIED.contains(name.toString())) {
                    try {
                        Files.copy(file, to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                    } catch (NoSuchFileException removed) {
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    private static Instant lastModified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a shell, in a setting where % has a meaning of its own. */
    private static String quoted(Path path) {
        return "\"" + path.toString().replace("%", "%%") + "\"";
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
