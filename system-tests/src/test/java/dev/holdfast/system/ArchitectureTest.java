package dev.holdfast.system;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The layout of the code, as sentences. */
class ArchitectureTest {
    private static final List<String> MODULES = List.of(
            "event-model",
            "event-delivery",
            "rest-contract",
            "replicas",
            "service-runtime",
            "payment-service",
            "order-service",
            "gateway-service",
            "local-stack",
            "invariants",
            "benchmark",
            "fault-suite");
    private static final String EVENTS = "dev.holdfast.event..";
    private static final String MONEY = "dev.holdfast.money..";
    private static final String DELIVERY = "dev.holdfast.delivery..";
    private static final String REST = "dev.holdfast.rest..";
    private static final String REPLICAS = "dev.holdfast.replica..";
    private static final String PAYMENTS = "dev.holdfast.payment..";
    private static final String ORDERS = "dev.holdfast.order..";
    private static final String GATEWAY = "dev.holdfast.gateway..";
    private static final Set<String> FEATURED = Set.of("order", "payment", "gateway", "delivery", "faults", "bench");
    private static final String ENTITY = "jakarta.persistence.Entity";

    private static JavaClasses code;

    @BeforeAll
    static void read() {
        List<Path> compiled = MODULES.stream()
                .map(module -> Path.of("..", module, "target", "classes"))
                .toList();
        assertThat(compiled).allSatisfy(classes -> assertThat(classes).isDirectory());
        code = new ClassFileImporter().importPaths(compiled);
    }

    @Test
    void paymentsDoNotKnowOrdersOrTheGateway() {
        noClasses()
                .that()
                .resideInAPackage(PAYMENTS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ORDERS, GATEWAY)
                .check(code);
    }

    @Test
    void ordersDoNotKnowPaymentsOrTheGateway() {
        noClasses()
                .that()
                .resideInAPackage(ORDERS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(PAYMENTS, GATEWAY)
                .check(code);
    }

    @Test
    void theGatewayKnowsNeitherServicesNorEvents() {
        noClasses()
                .that()
                .resideInAPackage(GATEWAY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ORDERS, PAYMENTS, EVENTS, DELIVERY)
                .check(code);
    }

    @Test
    void eventsNeedOnlyTheJdkAndJson() {
        classes()
                .that()
                .resideInAPackage(EVENTS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(EVENTS, MONEY, "java..", "com.fasterxml.jackson..", "org.jspecify..")
                .check(code);
    }

    @Test
    void deliveryKnowsNoBusiness() {
        noClasses()
                .that()
                .resideInAPackage(DELIVERY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ORDERS, PAYMENTS, GATEWAY)
                .check(code);
    }

    @Test
    void ofDeliveryOnlyItsDeadLettersAndItsAuditSpeakRest() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.holdfast.delivery", "dev.holdfast.delivery.database")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        REST, "jakarta.ws.rs..", "dev.holdfast.delivery.deadletter..", "dev.holdfast.delivery.audit..")
                .check(code);
    }

    @Test
    void theRestContractKnowsNoBusinessAndNoMessaging() {
        noClasses()
                .that()
                .resideInAPackage(REST)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ORDERS, PAYMENTS, GATEWAY, EVENTS, DELIVERY)
                .check(code);
    }

    @Test
    void replicasNeedOnlyTheJdk() {
        classes()
                .that()
                .resideInAPackage(REPLICAS)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(REPLICAS, "java..", "org.jspecify..")
                .check(code);
    }

    @Test
    void entitiesKnowNeitherHttpNorMessaging() {
        noClasses()
                .that()
                .areAnnotatedWith(ENTITY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        REST,
                        "jakarta.ws.rs..",
                        "org.eclipse.microprofile..",
                        "io.smallrye.reactive..",
                        "io.vertx..",
                        "com.rabbitmq..")
                .check(code);
    }

    @Test
    void nothingDependsOnRestResources() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Resource")
                .and()
                .resideInAnyPackage(ORDERS, PAYMENTS)
                .should()
                .dependOnClassesThat()
                .haveSimpleNameEndingWith("Resource")
                .check(code);
    }

    /** The package above the features counts as one of them: they may use it, and it uses none of them. */
    @Test
    void featuresOfAServiceDependOnOneAnotherInOneDirection() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        List<String> names = List.of(type.getPackageName().split("\\."));
                        return names.size() > 2 && FEATURED.contains(names.get(2))
                                ? SliceIdentifier.of(names.get(2), names.size() > 3 ? names.get(3) : "above")
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "features";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(code);
    }

    @Test
    void packagesAreNamedAfterFeaturesAndNotAfterLayers() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..dto..",
                        "..dtos..",
                        "..util..",
                        "..utils..",
                        "..common..",
                        "..impl..",
                        "..manager..",
                        "..model..",
                        "..service..",
                        "..repository..",
                        "..controller..")
                .check(code);
    }

    @Test
    void servicesAskTheirClockForTheTime() {
        noClasses()
                .that(resideInAPackage(PAYMENTS).or(resideInAPackage(ORDERS)).or(resideInAPackage(DELIVERY)))
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(OffsetDateTime.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(code);
    }

    @Test
    void moneyNeverPassesThroughADouble() {
        noClasses()
                .that()
                .resideInAnyPackage(PAYMENTS, ORDERS, EVENTS, REST)
                .should()
                .callMethod(BigDecimal.class, "doubleValue")
                .orShould()
                .callMethod(BigDecimal.class, "floatValue")
                .orShould()
                .callConstructor(BigDecimal.class, double.class)
                .orShould()
                .callMethod(BigDecimal.class, "valueOf", double.class)
                .check(code);
        fields().that()
                .haveNameMatching("amount|balance|held|available")
                .and()
                .areDeclaredInClassesThat(
                        resideInAnyPackage(PAYMENTS, ORDERS, EVENTS).and(not(simpleNameEndingWith("Metrics"))))
                .should()
                .haveRawType(BigDecimal.class)
                .check(code);
    }

    @Test
    void beansAreGivenWhatTheyNeedByTheirConstructors() {
        noFields()
                .should()
                .beAnnotatedWith("jakarta.inject.Inject")
                .orShould()
                .beAnnotatedWith("org.eclipse.microprofile.config.inject.ConfigProperty")
                .check(code);
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        List<String> unmarked = code.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> name.startsWith("dev.holdfast"))
                .filter(name -> code.stream()
                        .noneMatch(type -> type.getName().equals(name + ".package-info")
                                && type.isAnnotatedWith("org.jspecify.annotations.NullMarked")))
                .sorted()
                .toList();

        assertThat(unmarked).isEmpty();
    }

    @Test
    void logsGoThroughALogger() {
        noClasses()
                .that(resideInAPackage(PAYMENTS)
                        .or(resideInAPackage(ORDERS))
                        .or(resideInAPackage(GATEWAY))
                        .or(resideInAPackage(DELIVERY))
                        .or(resideInAPackage(REST)))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(code);
    }
}
