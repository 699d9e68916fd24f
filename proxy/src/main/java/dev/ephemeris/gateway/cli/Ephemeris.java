package dev.ephemeris.gateway.cli;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.journal.RecordType;
import dev.ephemeris.policy.FieldPath;
import dev.ephemeris.policy.azure.AccountId;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code ephemeris} command.
 *
 * <p>Exit codes: 0 done, 1 refused by the gateway or its policy or something that a command found,
 * 2 wrong usage, 3 not signed in, 4 the gateway or the issuer can't be reached or can't answer now,
 * 5 a fault on this machine. What was asked for is on stdout; a failure is one line on stderr.
 */
@Command(
    name = "ephemeris",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Short-lived, scoped credentials for Azure Cosmos DB, by who you are.",
    exitCodeList = {
      "0:done",
      "1:refused by the gateway or its policy, or a command found something",
      "2:wrong usage",
      "3:not signed in",
      "4:the gateway or the issuer can't be reached, or can't answer now",
      "5:a fault on this machine"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris login --gateway https://gateway.example.com",
      "  ephemeris lease orders-prod/shop/orders --role data-reader --ttl 1h",
      "  ephemeris exec orders-prod/shop/orders -- node report.mjs",
      "  ephemeris explain items/delete orders-prod/shop/orders"
    })
public final class Ephemeris implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  private Ephemeris() {}

  /**
   * The whole command. Not thread-safe.
   *
   * @param additional subcommands of other modules, as picocli takes them
   */
  public static CommandLine commandLine(Object... additional) {
    // What goes into files is UTF-8, whatever the locale: a name with a '?' in it is another name.
    return in(Surroundings.ofThisProcess(), additional)
        .setOut(new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
  }

  static CommandLine in(Surroundings surroundings, Object... additional) {
    CommandLine cli = new CommandLine(new Ephemeris());
    cli.getCommandSpec().addOption(help("-V", "--version").versionHelp(true).build());
    CommandLine audit =
        new CommandLine(new Audit())
            .addSubcommand(new AuditTail(surroundings))
            .addSubcommand(new AuditSearch(surroundings))
            .addSubcommand(new AuditKey())
            .addSubcommand(new AuditVerify())
            .addSubcommand(new AuditProve())
            .addSubcommand(new AuditVerifyProof())
            .addSubcommand(new AuditSchema())
            .addSubcommand(new AuditSession(surroundings))
            .addSubcommand(new AuditAccess(surroundings))
            .addSubcommand(new AuditReport(surroundings));
    CommandLine policy =
        new CommandLine(new PolicyCommand())
            .addSubcommand(new PolicyCheck())
            .addSubcommand(new PolicyTest())
            .addSubcommand(new PolicyCoverage())
            .addSubcommand(new PolicyLint())
            .addSubcommand(new PolicyImport())
            .addSubcommand(new PolicyExport())
            .addSubcommand(new PolicyDrift())
            .addSubcommand(new PolicyApply(surroundings))
            .addSubcommand(new ComparePolicies())
            .addSubcommand(new PolicyWhoCan())
            .addSubcommand(new PolicyExplain(surroundings))
            .addSubcommand(new PolicySuggest());
    CommandLine agents =
        new CommandLine(new ListAgents(surroundings)).addSubcommand(new StopAgent(surroundings));
    CommandLine account =
        new CommandLine(new AccountCommand())
            .addSubcommand(new ListAccounts(surroundings))
            .addSubcommand(new AddAccount(surroundings))
            .addSubcommand(new RemoveAccount(surroundings))
            .addSubcommand(new CheckAccount(surroundings))
            .addSubcommand(new AccountKeys(surroundings))
            .addSubcommand(new RotateKeys(surroundings))
            .addSubcommand(new PanicAboutAccount(surroundings));
    CommandLine rootKey =
        new CommandLine(new RootKeyCommand())
            .addSubcommand(new ListRootKeys(surroundings))
            .addSubcommand(new RotateRootKey(surroundings))
            .addSubcommand(new RevokeRootKey(surroundings));
    cli.addSubcommand(new Login(surroundings))
        .addSubcommand(new Logout(surroundings))
        .addSubcommand(new Whoami(surroundings))
        .addSubcommand(new ListSessions(surroundings))
        .addSubcommand(agents)
        .addSubcommand(new IssueLease(surroundings))
        .addSubcommand(new ListLeases(surroundings))
        .addSubcommand(new Renew(surroundings))
        .addSubcommand(new Revoke(surroundings))
        .addSubcommand(new Exec(surroundings))
        .addSubcommand(new Mcp(surroundings))
        .addSubcommand(new OpenTunnel(surroundings))
        .addSubcommand(new RequestAccess(surroundings))
        .addSubcommand(new ListAccessRequests(surroundings))
        .addSubcommand(new PickUp(surroundings))
        .addSubcommand(new Withdraw(surroundings))
        .addSubcommand(new Approve(surroundings))
        .addSubcommand(new Deny(surroundings))
        .addSubcommand(new Review(surroundings))
        .addSubcommand(new ListBlocks(surroundings))
        .addSubcommand(new Unblock(surroundings))
        .addSubcommand(new Kill(surroundings))
        .addSubcommand(new Suspend(surroundings))
        .addSubcommand(new Explain(surroundings))
        .addSubcommand(new DoctorCommand(surroundings))
        .addSubcommand(new Scan())
        .addSubcommand(account)
        .addSubcommand(rootKey)
        .addSubcommand(audit)
        .addSubcommand(policy)
        .addSubcommand(new Serve())
        .addSubcommand(new Completion());
    List.of(additional).forEach(cli::addSubcommand);
    layOut(cli, cli.getCommandSpec().usageMessage().exitCodeList());
    choices(cli).forEach(each -> takeAsWritten(cli, each));
    return cli.addSubcommand(new HelpCommand())
        .registerConverter(ResourceScope.class, Ephemeris::scope)
        .registerConverter(LeaseSource.class, Ephemeris::leaseSource)
        .registerConverter(LeaseId.class, Ephemeris::leaseId)
        .registerConverter(SessionId.class, Ephemeris::sessionId)
        .registerConverter(AccessRequestId.class, Ephemeris::accessRequestId)
        .registerConverter(AccountId.class, Ephemeris::accountId)
        .registerConverter(AccountName.class, Ephemeris::accountName)
        .registerConverter(ResourceId.class, Ephemeris::resourceId)
        .registerConverter(Kid.class, Ephemeris::kid)
        .registerConverter(RecordType.class, Ephemeris::recordType)
        .registerConverter(BlockId.class, Ephemeris::blockId)
        .registerConverter(FieldPath.class, Ephemeris::fieldPath)
        .registerConverter(Duration.class, Ephemeris::duration)
        .registerConverter(Instant.class, text -> Moments.parse(text, surroundings.now()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        // An argument is what it says, for a command that is run with it most of all.
        .setExpandAtFiles(false)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setParameterExceptionHandler((e, args) -> wrongUsage(e))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  @Override
  public Integer call() {
    return commandMissing(spec);
  }

  /** What a command answers that only has subcommands: which there are. */
  static int commandMissing(CommandSpec spec) {
    CommandLine command = spec.commandLine();
    command.usage(command.getErr());
    return Failure.Kind.USAGE.exitCode;
  }

  /** What the help of every command has in common; some have exit codes of their own. */
  private static void layOut(CommandLine command, Map<String, String> exitCodes) {
    CommandSpec spec = command.getCommandSpec();
    Map<String, String> own = spec.usageMessage().exitCodeList();
    if (spec.findOption("--help") == null) {
      spec.addOption(help("-h", "--help").usageHelp(true).build());
    }
    spec.usageMessage()
        .descriptionHeading("%n")
        .parameterListHeading("%n")
        .optionListHeading("%n")
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(own.isEmpty() ? exitCodes : own);
    command.getSubcommands().values().forEach(each -> layOut(each, exitCodes));
  }

  /** What there is to choose from, in all options and parameters. */
  private static Stream<Class<?>> choices(CommandLine command) {
    return Stream.concat(
        command.getCommandSpec().args().stream()
            .flatMap(arg -> Stream.of(arg.auxiliaryTypes()))
            .filter(Class::isEnum),
        command.getSubcommands().values().stream().flatMap(Ephemeris::choices));
  }

  /** Picocli's own message has the names that Java has for them. */
  private static <T> void takeAsWritten(CommandLine cli, Class<T> choice) {
    List<T> all = List.of(Objects.requireNonNull(choice.getEnumConstants()));
    cli.registerConverter(
        choice,
        text ->
            all.stream()
                .filter(each -> each.toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(
                    () ->
                        new TypeConversionException(
                            all.stream()
                                .map(each -> each.toString().toLowerCase(Locale.ROOT))
                                .collect(
                                    Collectors.joining(
                                        ", ", "expected one of ", ", not '" + text + "'")))));
  }

  private static OptionSpec.Builder help(String shortName, String name) {
    return OptionSpec.builder(shortName, name).description("Show the " + name.substring(2) + ".");
  }

  private static int wrongUsage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("ephemeris: " + Text.line(String.valueOf(e.getMessage())));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Usage: " + command.getHelp().synopsis("Usage: ".length()).stripTrailing());
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return Failure.Kind.USAGE.exitCode;
  }

  private static int failed(Exception e, CommandLine command) {
    PrintWriter err = command.getErr();
    if (e instanceof Failure failure) {
      err.println("ephemeris: " + failure.line());
      return failure.kind().exitCode;
    }
    // Not its message: nobody has made sure that there is no secret in it.
    String where = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
    err.println("ephemeris: this is a defect, please report it: " + e.getClass().getName() + where);
    return Failure.Kind.LOCAL.exitCode;
  }

  private static ResourceScope scope(String text) {
    return ResourceScope.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no scope; write account/database/container"));
  }

  private static LeaseSource leaseSource(String text) {
    return LeaseSource.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is neither account/database/container nor lease:REFERENCE"));
  }

  private static LeaseId leaseId(String text) {
    return LeaseId.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no lease id; see 'ephemeris leases'"));
  }

  private static AccessRequestId accessRequestId(String text) {
    return AccessRequestId.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no access request's id; see 'ephemeris requests'"));
  }

  private static SessionId sessionId(String text) {
    return SessionId.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no session id; see 'ephemeris sessions --any'"));
  }

  private static BlockId blockId(String text) {
    return BlockId.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no block id; see 'ephemeris blocks'"));
  }

  private static AccountId accountId(String text) {
    try {
      return AccountId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  private static AccountName accountName(String text) {
    return AccountName.parse(text)
        .orElseThrow(() -> new TypeConversionException("'" + text + "' is no account's name"));
  }

  private static ResourceId resourceId(String text) {
    try {
      return ResourceId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is no resource id; " + e.getMessage());
    }
  }

  private static RecordType recordType(String text) {
    return RecordType.of(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + text
                        + "' is no type of records; expected one of "
                        + Arrays.stream(RecordType.values())
                            .map(RecordType::code)
                            .collect(Collectors.joining(", "))));
  }

  private static Kid kid(String text) {
    return Kid.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no kid; see 'ephemeris root-key list'"));
  }

  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException("'" + text + "' is no duration; write 30m, 1h or 1d"));
  }

  private static FieldPath fieldPath(String text) {
    try {
      return new FieldPath(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
