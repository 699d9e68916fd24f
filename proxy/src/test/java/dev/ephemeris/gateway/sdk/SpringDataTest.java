package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClientBuilder;
import com.azure.spring.data.cosmos.config.AbstractCosmosConfiguration;
import com.azure.spring.data.cosmos.core.mapping.Container;
import com.azure.spring.data.cosmos.core.mapping.PartitionKey;
import com.azure.spring.data.cosmos.core.query.CosmosPageRequest;
import com.azure.spring.data.cosmos.repository.CosmosRepository;
import com.azure.spring.data.cosmos.repository.Query;
import com.azure.spring.data.cosmos.repository.config.EnableCosmosRepositories;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Sort;
import org.springframework.data.repository.query.Param;

/** A repository of Spring Data's, round by round, beside a map of what must be there. */
class SpringDataTest {

  private static final String PARCELS = "parcels";
  private static final int CUSTOMERS = 5;

  private static SdkWorld world;

  private final Map<String, Parcel> there = new HashMap<>();
  private final Random random = new Random(20);

  @Container(containerName = PARCELS)
  record Parcel(@Id String id, @PartitionKey String customerId, int weight) {

    com.azure.cosmos.models.PartitionKey key() {
      return new com.azure.cosmos.models.PartitionKey(customerId);
    }
  }

  interface Parcels extends CosmosRepository<Parcel, String> {

    List<Parcel> findByCustomerId(String customerId);

    @Query("SELECT * FROM c WHERE c.weight > @weight")
    List<Parcel> heavierThan(@Param("weight") int weight);
  }

  @Configuration
  @EnableCosmosRepositories(considerNestedRepositories = true)
  static class SetUp extends AbstractCosmosConfiguration {

    private final String database;

    SetUp(@Value("${cosmos.database}") String database) {
      this.database = database;
    }

    @Override
    protected String getDatabaseName() {
      return database;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    world.letTimePass();
  }

  @AfterAll
  static void stop() throws IOException {
    world.close();
  }

  @Test
  void keepsWhatItIsGiven() throws Exception {
    run(Rounds.few(3));
  }

  @Tag("full")
  @Test
  void doesSoForAMinute() throws Exception {
    run(Rounds.forAMinute());
  }

  private void run(Rounds rounds) throws Exception {
    world.createContainer(PARCELS, "/customerId");
    try (Watch watch = new Watch(world);
        AnnotationConfigApplicationContext spring = new AnnotationConfigApplicationContext()) {
      String token = world.lease().token();
      spring
          .getEnvironment()
          .getPropertySources()
          .addFirst(
              new MapPropertySource("test", Map.of("cosmos.database", world.database("shop"))));
      spring.registerBean(
          CosmosClientBuilder.class,
          () ->
              new CosmosClientBuilder()
                  .endpoint(world.gateway().toString())
                  .key(token)
                  .gatewayMode());
      spring.register(SetUp.class);
      spring.refresh();
      Parcels parcels = spring.getBean(Parcels.class);
      int round = 0;
      for (; rounds.goOnAfter(round); round++) {
        write(parcels, round);
        read(parcels);
      }
      parcels.deleteAll();
      assertThat(parcels.count()).isZero();

      int requests = watch.assertNothingWentWrong().size();
      Rounds.report("Spring Data", round, there.size() + " items at the end", requests);
    } finally {
      world.deleteContainer(PARCELS);
    }
  }

  private void write(Parcels parcels, int round) {
    List<Parcel> several = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      several.add(parcel("s" + round + "-" + i, round));
    }
    assertThat(parcels.saveAll(several)).containsExactlyInAnyOrderElementsOf(several);
    several.forEach(parcel -> there.put(parcel.id(), parcel));

    Parcel one = parcel("p" + random.nextInt(20), round);
    assertThat(parcels.save(one)).isEqualTo(one);
    there.put(one.id(), one);

    List<Parcel> all = List.copyOf(there.values());
    for (int i = 0; i < 4; i++) {
      Parcel gone = all.get(random.nextInt(all.size()));
      if (there.remove(gone.id()) != null) {
        parcels.deleteById(gone.id(), gone.key());
      }
    }
  }

  private void read(Parcels parcels) {
    assertThat(parcels.count()).isEqualTo(there.size());
    assertThat(parcels.findAll()).containsExactlyInAnyOrderElementsOf(there.values());
    Parcel some = there.values().iterator().next();
    assertThat(parcels.findById(some.id(), some.key())).contains(some);
    assertThat(parcels.findById(some.id())).contains(some);
    assertThat(parcels.findByCustomerId(some.customerId()))
        .containsExactlyInAnyOrderElementsOf(
            there.values().stream()
                .filter(parcel -> parcel.customerId().equals(some.customerId()))
                .toList());
    assertThat(parcels.heavierThan(some.weight()))
        .containsExactlyInAnyOrderElementsOf(
            there.values().stream().filter(parcel -> parcel.weight() > some.weight()).toList());

    List<Parcel> paged = new ArrayList<>();
    Pageable next = new CosmosPageRequest(0, 7, null);
    while (true) {
      Page<Parcel> page = parcels.findAll(next);
      assertThat(page.getTotalElements()).isEqualTo(there.size());
      paged.addAll(page.getContent());
      if (!page.hasNext()) {
        break;
      }
      next = page.nextPageable();
    }
    assertThat(paged).containsExactlyInAnyOrderElementsOf(there.values());
    assertThat(parcels.findAll(Sort.by("id")))
        .extracting(Parcel::id)
        .isEqualTo(there.keySet().stream().sorted().toList());
  }

  private static Parcel parcel(String id, int weight) {
    return new Parcel(id, "c" + Math.floorMod(id.hashCode(), CUSTOMERS), weight);
  }
}
