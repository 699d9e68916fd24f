package dev.ephemeris.loadtests;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the policy's engine costs with the ten thousand rules of {@link Company}: a decision of each
 * kind, decisions on a thousand places in turn, and a grant for one principal; with the bytes that
 * each allocates.
 *
 * <p>Public, as are its parts, for the code that JMH makes.
 */
@BenchmarkMode(Mode.AverageTime)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PolicyBenchmark {

  /** Arguments: those of JMH's own command line. */
  public static void main(String[] args) throws RunnerException, CommandLineOptionException {
    new Runner(
            new OptionsBuilder()
                .parent(new CommandLineOptions(args))
                .addProfiler(GCProfiler.class)
                .addProfiler(ProcessorTime.class)
                .build())
        .run();
  }

  /** One question, asked again and again. */
  @State(Scope.Benchmark)
  public static class Asked {
    @Param private Question question = Question.HIT;
    private final Policy policy = Company.policy();
    private Grant grant = policy.compile(question.principal(), Company.accounts());
    private dev.ephemeris.policy.Scope place = question.scope();

    @Setup
    public void ready() {
      grant = policy.compile(question.principal(), Company.accounts());
      place = question.scope();
    }
  }

  /**
   * Whether to delete, in many places in turn: allowed here, denied there, of no rule elsewhere.
   */
  @State(Scope.Benchmark)
  public static class AskedInTurn {
    private static final int PLACES = 1024;

    private final Grant grant =
        Company.policy().compile(Company.memberOfEverything(), Company.accounts());
    private final List<dev.ephemeris.policy.Scope> places = places();
    private int next;

    private static List<dev.ephemeris.policy.Scope> places() {
      List<dev.ephemeris.policy.Scope> places = new ArrayList<>(Company.containers());
      Collections.shuffle(places, new Random(17));
      return List.copyOf(places.subList(0, PLACES));
    }

    dev.ephemeris.policy.Scope next() {
      next = (next + 1) % PLACES;
      return places.get(next);
    }
  }

  /** Whose grant is compiled. */
  public enum Whose {
    DEVELOPER,
    MEMBER_OF_EVERYTHING
  }

  /** A policy and accounts, before anybody has come. */
  @State(Scope.Benchmark)
  public static class Compiled {
    @Param private Whose whose = Whose.DEVELOPER;
    private final Policy policy = Company.policy();
    private final List<AccountFacts> accounts = Company.accounts();
    private Principal principal = Company.developer();

    @Setup
    public void choose() {
      principal =
          switch (whose) {
            case DEVELOPER -> Company.developer();
            case MEMBER_OF_EVERYTHING -> Company.memberOfEverything();
          };
    }
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public Decision decide(Asked asked) {
    return asked.question.ask(asked.grant, asked.place);
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  public Decision decideInTurn(AskedInTurn asked) {
    return Question.DENIED.ask(asked.grant, asked.next());
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public Grant compile(Compiled compiled) {
    return compiled.policy.compile(compiled.principal, compiled.accounts);
  }
}
