package dev.holdfast.system.linkage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** The classes of some jars as this JVM would load them, and behind them those of the JDK. */
final class ClassPath {
    private static final String CLASS = ".class";

    private final Map<String, byte[]> classes = new HashMap<>();
    private final Map<String, Path> jdk;

    /** @param jars of two classes of one name the first counts, as when classes are loaded */
    ClassPath(List<Path> jars) {
        jars.forEach(this::read);
        jdk = jdk();
    }

    /** A class that is not in a jar. */
    void add(String internalName, byte[] bytes) {
        classes.put(internalName, bytes);
    }

    /** Those of the jars, by internal name. */
    Map<String, byte[]> classes() {
        return classes;
    }

    /** @return null where there is no such class, neither in the jars nor in the JDK */
    byte @Nullable [] find(String internalName) {
        byte[] found = classes.get(internalName);
        Path ofJdk = found == null ? jdk.get(internalName) : null;
        try {
            return ofJdk == null ? found : Files.readAllBytes(ofJdk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path jar) {
        try (JarFile file = new JarFile(jar.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            List<String> names = file.versionedStream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(CLASS) && !name.startsWith("META-INF/"))
                    .toList();
            for (String name : names) {
                String internalName = name.substring(0, name.length() - CLASS.length());
                if (!classes.containsKey(internalName)) {
                    try (InputStream bytes = file.getInputStream(file.getJarEntry(name))) {
                        classes.put(internalName, bytes.readAllBytes());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(jar.toString(), e);
        }
    }

    private static Map<String, Path> jdk() {
        Map<String, Path> found = new HashMap<>();
        Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
        try (Stream<Path> files = Files.walk(modules)) {
            // /modules/MODULE/PACKAGE/CLASS.class
            files.filter(file -> file.getNameCount() > 2 && file.toString().endsWith(CLASS))
                    .forEach(file -> {
                        String name = file.subpath(2, file.getNameCount()).toString();
                        found.put(name.substring(0, name.length() - CLASS.length()), file);
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
