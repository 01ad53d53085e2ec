package dev.holdfast.tls;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import javax.net.ssl.X509KeyManager;

/** The certificate of a service, with those between it and its authority, and its key. */
record KeyPairFiles(PemFile certificate, PemFile key) {
    private static final byte[] MESSAGE = "whatever is signed".getBytes(StandardCharsets.US_ASCII);

    /**
     * All that is in both files now.
     *
     * @throws IllegalArgumentException where one of them cannot be used, or the key is that of another certificate
     */
    String read(Vertx vertx) {
        String certificates = certificate.certificates();
        String privateKey = key.key();
        PemKeyCertOptions pair = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(certificates))
                .addKeyValue(Buffer.buffer(privateKey));
        boolean fits;
        try {
            fits = fits(pair.loadKeyStore(vertx), (X509KeyManager)
                    pair.getKeyManagerFactory(vertx).getKeyManagers()[0]);
        } catch (Exception e) {
            throw new IllegalArgumentException(key + " holds a key that cannot be used: " + e.getMessage(), e);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    key + " holds the key of another certificate than is in " + certificate.path());
        }
        return certificates + privateKey;
    }

    /** Whether what the key signs is signed by whom the certificate names. */
    static boolean fits(KeyStore store, X509KeyManager keys) throws GeneralSecurityException {
        String alias = store.aliases().nextElement();
        PrivateKey key = keys.getPrivateKey(alias);
        Certificate certificate = store.getCertificate(alias);
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                });
        signature.initSign(key);
        signature.update(MESSAGE);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(MESSAGE);
        return signature.verify(signed);
    }
}
