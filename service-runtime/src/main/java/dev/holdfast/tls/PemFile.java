package dev.holdfast.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A PEM file that a setting names. Each method returns all that is in the file now.
 *
 * @param variable which names it
 */
record PemFile(String variable, String path) {
    private static final Pattern CERTIFICATE = Pattern.compile("-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----");
    private static final Pattern CERTIFICATES = Pattern.compile(CERTIFICATE + "[^-]+-----END [A-Z0-9 ]+-----");

    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z]+ )?PRIVATE KEY-----");

    /** @throws IllegalArgumentException where there is no such file, or no certificate in it */
    String certificates() {
        String text = text();
        try {
            if (CERTIFICATE.matcher(text).find() && !parsed(text).isEmpty()) {
                return text;
            }
        } catch (CertificateException e) {
            throw new IllegalArgumentException(this + " holds a broken certificate: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(this + " holds no certificates in PEM");
    }

    /** When the first of the certificates in this text expires; keys may be in it as well. */
    static Instant firstExpiry(String pem) {
        String certificates =
                CERTIFICATES.matcher(pem).results().map(MatchResult::group).collect(Collectors.joining("\n"));
        try {
            return parsed(certificates).stream()
                    .map(certificate ->
                            ((X509Certificate) certificate).getNotAfter().toInstant())
                    .min(Instant::compareTo)
                    .orElseThrow();
        } catch (CertificateException e) {
            throw new IllegalArgumentException("A certificate is broken: " + e.getMessage(), e);
        }
    }

    private static Collection<? extends Certificate> parsed(String text) throws CertificateException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** @throws IllegalArgumentException where there is no such file, or no private key in it */
    String key() {
        String text = text();
        if (!KEY.matcher(text).find()) {
            throw new IllegalArgumentException(this + " holds no private key in PEM");
        }
        return text;
    }

    /** Comments in it may be of any encoding. */
    private String text() {
        try {
            return Files.readString(Path.of(path), StandardCharsets.ISO_8859_1);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(this + " cannot be read: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "The file " + path + ", which " + variable + " names,";
    }
}
