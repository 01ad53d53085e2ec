package dev.holdfast.access;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;

/** Keys as OpenSSL writes them (RFC 7468), which have no names. */
final class PemKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    private interface Decoder<K extends Key> {
        K decode(KeyFactory factory, byte[] encoded) throws GeneralSecurityException;
    }

    private PemKeys() {}

    /** All public keys in the text. */
    static List<PublicJsonWebKey> publicKeys(String pem) throws JoseException {
        List<PublicJsonWebKey> keys = new ArrayList<>();
        for (PublicKey key :
                keys(pem, "PUBLIC KEY", (factory, bytes) -> factory.generatePublic(new X509EncodedKeySpec(bytes)))) {
            keys.add(PublicJsonWebKey.Factory.newPublicJwk(key));
        }
        return keys;
    }

    /**
     * The pair of keys in the text: one PRIVATE KEY (PKCS #8) and the PUBLIC KEY that belongs to it. Its id is its thumbprint (RFC
     * 7638), so nobody has to name it.
     */
    static PublicJsonWebKey pair(String pem) throws JoseException {
        List<PublicJsonWebKey> publicKeys = publicKeys(pem);
        List<PrivateKey> privateKeys =
                keys(pem, "PRIVATE KEY", (factory, bytes) -> factory.generatePrivate(new PKCS8EncodedKeySpec(bytes)));
        if (publicKeys.size() != 1 || privateKeys.size() != 1) {
            throw new JoseException("It must hold one PRIVATE KEY and its PUBLIC KEY");
        }
        PublicJsonWebKey pair = publicKeys.getFirst();
        pair.setPrivateKey(privateKeys.getFirst());
        pair.setKeyId(pair.calculateBase64urlEncodedThumbprint("SHA-256"));
        return pair;
    }

    private static <K extends Key> List<K> keys(String pem, String label, Decoder<K> decoder) throws JoseException {
        List<K> keys = new ArrayList<>();
        Matcher block = BLOCK.matcher(pem);
        while (block.find()) {
            if (block.group(1).equals(label)) {
                keys.add(decode(Base64.getMimeDecoder().decode(block.group(2)), label, decoder));
            }
        }
        return keys;
    }

    private static <K extends Key> K decode(byte[] encoded, String label, Decoder<K> decoder) throws JoseException {
        for (String algorithm : ALGORITHMS) {
            try {
                return decoder.decode(KeyFactory.getInstance(algorithm), encoded);
            } catch (GeneralSecurityException anotherAlgorithm) {
                // The next one may fit.
            }
        }
        throw new JoseException("It holds a " + label + " that is none of " + ALGORITHMS);
    }
}
