package dev.ephemeris.gateway.journal.evidence;

import static dev.ephemeris.gateway.journal.evidence.Topic.ACCESS_ENDED;
import static dev.ephemeris.gateway.journal.evidence.Topic.ACCESS_GRANTED;
import static dev.ephemeris.gateway.journal.evidence.Topic.ACCOUNTS;
import static dev.ephemeris.gateway.journal.evidence.Topic.CLIENTS;
import static dev.ephemeris.gateway.journal.evidence.Topic.FAILED_SIGN_INS;
import static dev.ephemeris.gateway.journal.evidence.Topic.KEYS;
import static dev.ephemeris.gateway.journal.evidence.Topic.PASSED;
import static dev.ephemeris.gateway.journal.evidence.Topic.POLICY;
import static dev.ephemeris.gateway.journal.evidence.Topic.PRIVILEGED;
import static dev.ephemeris.gateway.journal.evidence.Topic.REFUSED;
import static dev.ephemeris.gateway.journal.evidence.Topic.SIGN_INS;
import static dev.ephemeris.gateway.journal.evidence.Topic.UNKNOWN;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a report is made for: which controls the journal has evidence for. */
@SuppressWarnings("ImmutableEnumChecker") // a list that nobody can change, of records
public enum Framework {
  /** SOC 2, by the Trust Services Criteria of 2017 with the points of focus of 2022. */
  SOC2(
      "soc2",
      "SOC 2 (Trust Services Criteria)",
      List.of(
          new Control(
              "CC6.1",
              "Access to protected data is restricted by access controls.",
              "What the gateway refused, with the rule or the reason; what passed in report mode;"
                  + " credentials that were not accepted; keys turned over; who has what now.",
              "Access that goes around the gateway: account keys in other hands, role assignments"
                  + " that somebody else made, the network. “ephemeris account check” and Azure's"
                  + " logs show those.",
              true,
              List.of(REFUSED, PASSED, FAILED_SIGN_INS, KEYS)),
          new Control(
              "CC6.2",
              "People get credentials once they are registered and authorised, and lose them when"
                  + " they no longer are.",
              "Which sessions began, what was given in them, under which rule and until when, and"
                  + " what was ended before.",
              "How people are registered and leave: that is on record at the identity provider and"
                  + " in the catalog.",
              false,
              List.of(SIGN_INS, ACCESS_GRANTED, ACCESS_ENDED)),
          new Control(
              "CC6.3",
              "Access follows roles and duties, is no wider than needed, and is changed or removed"
                  + " when duties change.",
              "Who has what by the policy in force and when it was last used; which leases were"
                  + " given under which rule; when policy and groups changed.",
              "Whether a rule is right for somebody's duties: that is for the owner of the data to"
                  + " say.",
              true,
              List.of(ACCESS_GRANTED, ACCESS_ENDED, PRIVILEGED, POLICY)),
          new Control(
              "CC6.6",
              "Threats from outside the system's boundary are kept out.",
              "Credentials that were not accepted and requests that were refused, with addresses"
                  + " and reasons.",
              "Firewalls, TLS at other listeners, and attempts that never reached the gateway.",
              false,
              List.of(FAILED_SIGN_INS, REFUSED, CLIENTS)),
          new Control(
              "CC7.2",
              "The system is watched for what may be an attack or a fault.",
              "What there was to be seen: failures, refusals, requests of unknown outcome.",
              "That somebody looked, and what alerts fired.",
              false,
              List.of(FAILED_SIGN_INS, REFUSED, PASSED, UNKNOWN)),
          new Control(
              "CC7.3",
              "What may be an incident is evaluated and dealt with.",
              "Access that was ended by force with the reason given, keys changed because they may"
                  + " have leaked.",
              "How incidents were found, judged and told.",
              false,
              List.of(ACCESS_ENDED, KEYS, PRIVILEGED)),
          new Control(
              "CC8.1",
              "Changes are authorised, recorded and put in place as intended.",
              "When which policy, catalog, configuration, account or key took the place of another,"
                  + " by digest.",
              "Who approved a change: compare digests with the repository that the files come"
                  + " from.",
              false,
              List.of(POLICY, ACCOUNTS, KEYS)))),
  /** ISO/IEC 27001:2022, Annex A. */
  ISO27001(
      "iso27001",
      "ISO/IEC 27001:2022, Annex A",
      List.of(
          new Control(
              "A.5.15",
              "Rules for access are set and kept.",
              "When which policy took the place of another, and what was refused by it.",
              "Access that goes around the gateway, and whether the rules fit the business.",
              true,
              List.of(POLICY, REFUSED, PASSED)),
          new Control(
              "A.5.16",
              "Identities are managed from their start to their end.",
              "Sign-ins, by principals as their issuers name them, and clients that registered"
                  + " themselves.",
              "The life of identities at the identity provider and in the catalog.",
              false,
              List.of(SIGN_INS, CLIENTS)),
          new Control(
              "A.5.17",
              "Secrets by which somebody is authenticated are managed.",
              "Keys of accounts and root keys that were turned over, and credentials not accepted.",
              "Secrets that the gateway doesn't hold, such as passwords.",
              false,
              List.of(KEYS, FAILED_SIGN_INS)),
          new Control(
              "A.5.18",
              "Access rights are given, reviewed, changed and taken away by a process.",
              "Who has what now and when it was last used; what was granted and ended in the"
                  + " period.",
              "Approvals that were given outside the gateway, and that somebody made the review.",
              true,
              List.of(ACCESS_GRANTED, ACCESS_ENDED)),
          new Control(
              "A.5.28",
              "Evidence is collected so that it holds.",
              "The log's name and size and, if it has one, its signed checkpoint: by that, each"
                  + " record that is named here can be proven to be in the log.",
              "Whether something was missing before the first checkpoint that you kept yourself.",
              false,
              List.of()),
          new Control(
              "A.8.2",
              "Privileged access is restricted and managed.",
              "What people did to the gateway itself, and who may do so now.",
              "Privileged access to Azure, hosts and the identity provider.",
              true,
              List.of(PRIVILEGED)),
          new Control(
              "A.8.3",
              "Access to information is restricted by policy.",
              "What was refused and why, what passed in report mode, and under which rules leases"
                  + " were given.",
              "Data that left by other ways than the gateway.",
              false,
              List.of(REFUSED, PASSED, ACCESS_GRANTED)),
          new Control(
              "A.8.5",
              "Authentication is secure.",
              "Sign-ins, and credentials that were not accepted.",
              "How people prove who they are to the identity provider; a rule may ask for several"
                  + " factors.",
              false,
              List.of(SIGN_INS, FAILED_SIGN_INS)),
          new Control(
              "A.8.15",
              "What happens is logged, and logs are protected.",
              "How many records there are of each type, requests without an outcome, and hours"
                  + " without any record.",
              "Logs of other systems. In the lanes token and rbac, requests are in Azure's logs"
                  + " only.",
              false,
              List.of(UNKNOWN)),
          new Control(
              "A.8.16",
              "Systems are watched for what is out of the ordinary.",
              "What there was to be seen: failures, refusals, requests of unknown outcome.",
              "That somebody looked, and what alerts fired.",
              false,
              List.of(FAILED_SIGN_INS, REFUSED, UNKNOWN)),
          new Control(
              "A.8.18",
              "Programs that can override controls are restricted.",
              "Who did what to the gateway itself, and what passed in report mode.",
              "Tools of the host and of Azure.",
              false,
              List.of(PRIVILEGED, PASSED)),
          new Control(
              "A.8.24",
              "Keys are managed through their life.",
              "Keys made, turned over and revoked.",
              "Keys of other systems, and how Key Vault keeps them.",
              false,
              List.of(KEYS)),
          new Control(
              "A.8.32",
              "Changes follow a process.",
              "When which policy, catalog, configuration or account took the place of another, by"
                  + " digest.",
              "Who approved a change: compare digests with the repository that the files come"
                  + " from.",
              false,
              List.of(POLICY, ACCOUNTS))));

  private final String id;
  private final String title;
  private final List<Control> controls;

  Framework(String id, String title, List<Control> controls) {
    this.id = id;
    this.title = title;
    this.controls = List.copyOf(controls);
  }

  /** The one of that id, if it is one's. */
  public static Optional<Framework> named(String id) {
    return Arrays.stream(values()).filter(framework -> framework.id.equals(id)).findFirst();
  }

  /** For example {@code soc2}. */
  public String id() {
    return id;
  }

  /** For people. */
  public String title() {
    return title;
  }

  public List<Control> controls() {
    return controls;
  }
}
