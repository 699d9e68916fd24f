package dev.ephemeris.gateway.cli;

import static java.util.stream.Collectors.groupingBy;

import dev.ephemeris.policy.TestResult;
import dev.ephemeris.policy.TestResult.Mismatch;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Results of tests as CI servers read them: a suite for each file, as Surefire's schema and that of
 * Jenkins's xUnit plugin have it.
 */
final class JUnitXml {

  private final XMLStreamWriter xml;

  private JUnitXml(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static String of(List<TestResult> results) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
      new JUnitXml(xml).write(results);
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("text in memory takes all that is written", e);
    }
    return text.toString();
  }

  private void write(List<TestResult> results) throws XMLStreamException {
    Map<String, List<TestResult>> byFile =
        results.stream()
            .collect(
                groupingBy(
                    result -> result.test().file(), LinkedHashMap::new, Collectors.toList()));
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeCharacters("\n");
    xml.writeStartElement("testsuites");
    for (Map.Entry<String, List<TestResult>> suite : byFile.entrySet()) {
      writeSuite(suite.getKey(), suite.getValue());
    }
    xml.writeEndElement();
    xml.writeCharacters("\n");
    xml.writeEndDocument();
  }

  private void writeSuite(String file, List<TestResult> results) throws XMLStreamException {
    long failures = results.stream().filter(result -> !result.passed()).count();
    xml.writeStartElement("testsuite");
    attribute("name", file);
    attribute("tests", Integer.toString(results.size()));
    attribute("failures", Long.toString(failures));
    attribute("errors", "0");
    attribute("skipped", "0");
    for (TestResult result : results) {
      xml.writeStartElement("testcase");
      attribute("name", result.test().message());
      attribute("classname", file);
      // Surefire's schema requires one; deciding takes none that anybody would look at.
      attribute("time", "0");
      if (!result.passed()) {
        writeFailure(result);
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private void writeFailure(TestResult result) throws XMLStreamException {
    Mismatch first = result.mismatches().getFirst();
    xml.writeStartElement("failure");
    attribute("type", "mismatch");
    attribute(
        "message",
        "%s: expected %s; got %s".formatted(first.asked(), first.expected(), first.got()));
    xml.writeCharacters(legal(result.toText()));
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, legal(value));
  }

  /** The text without what XML 1.0 can't hold, escaped or not. */
  private static String legal(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().map(c -> isLegal(c) ? c : '\uFFFD').forEach(out::appendCodePoint);
    return out.toString();
  }

  /** XML 1.0 §2.2, Char. */
  private static boolean isLegal(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
